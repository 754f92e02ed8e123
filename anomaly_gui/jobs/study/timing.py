"""Milliseconds an image: the app's scoring beside onnxruntime's, on the same images in the same process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.export.runtime import BundleRuntime
from anomaly_gui.imaging.load import Loaded, load
from anomaly_gui.imaging.registration import Move, aligned, brought_back
from anomaly_gui.jobs.run_facts import RunFacts
from anomaly_gui.jobs.score import batch_size, load_detector, load_normalisers
from anomaly_gui.jobs.scored_run import preparation_of
from anomaly_gui.jobs.tile_scoring import tile_network
from anomaly_gui.project.records import Run
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.normalise import Normaliser, apply
from anomaly_gui.scoring.reduce import reduce
from anomaly_gui.scoring.smooth import smooth
from anomaly_gui.scoring.tiled import combined, raw_levels

if TYPE_CHECKING:
    from anomaly_gui.detectors.base import Detector

IMAGES = 16
"""Test images that are scored again and again."""
_ROUNDS = 5
_LONGEST_S = 30.0


@dataclass(frozen=True)
class Timing:
    """Medians over rounds."""

    app_ms: float
    runtime_ms: float


def time_scoring(project: Project, run: Run, facts: RunFacts, bundle: Path) -> Timing | None:
    """Time both from decoded pixels to the score; None without a test image that can be read.

    The app scores in its batches, onnxruntime one image after the other as the line does, both with
    the run's number of threads. They take turns, so that a busy machine slows both.
    """
    images = _decoded(project, run)
    if not images:
        return None
    from anomaly_gui.detectors.compute import choose_device

    folder = project.run_folder(run.id)
    detector = load_detector(folder, facts)
    detector.to(choose_device())
    app = _App(detector, folder, facts, load_normalisers(project, run.id))
    runtime = BundleRuntime.open(bundle, facts.threads)
    app_s, runtime_s = _take_turns(lambda: app.score(images), lambda: [runtime.run(image) for image in images])
    return Timing(app_s * 1000 / len(images), runtime_s * 1000 / len(images))


def _decoded(project: Project, run: Run) -> list[Loaded]:
    """Up to IMAGES test images, evenly spread."""
    roles = project.roles(run.id)
    paths = [image.path for image in project.images() if roles.get(image.id) == "test"]
    found = []
    for place in np.unique(np.linspace(0, len(paths) - 1, min(IMAGES, len(paths))).astype(int)):
        try:
            found.append(load(paths[place], verify=False))
        except InputError:
            continue  # gone since it was scored
    return found


class _App:
    """Scoring as jobs.score does it, without files."""

    def __init__(
        self, detector: Detector, folder: RunFolder, facts: RunFacts, normalisers: Sequence[Normaliser]
    ) -> None:
        self._detector = detector
        self._facts = facts
        self._normalisers = normalisers
        self._scoring = facts.scoring()
        self._preparation = preparation_of(folder, facts)

    def score(self, images: Sequence[Loaded]) -> list[float]:
        """One score an image."""
        if self._facts.tiling is not None:
            return [self._score_by_tiles(image) for image in images]
        size = batch_size(self._facts.input_px)
        return [
            score for start in range(0, len(images), size) for score in self._score_batch(images[start : start + size])
        ]

    def _score_batch(self, images: Sequence[Loaded]) -> list[float]:
        import torch

        prepared = [self._preparation.prepare(image) for image in images]
        batch = torch.from_numpy(np.stack([one.pixels for one in prepared]))
        maps = self._detector.predict(batch).anomaly_map.cpu().numpy()
        return [self._score_map(one, seen.found.move) for one, seen in zip(maps, prepared, strict=True)]

    def _score_map(self, raw: NDArray[np.float32], move: Move | None) -> float:
        inside = self._preparation.inside
        made = apply(self._normalisers[0], smooth(raw, self._scoring.smooth_sigma_px), inside)
        placed, counted = brought_back(made, inside, self._facts.region, move)
        return reduce(placed, self._scoring, counted)

    def _score_by_tiles(self, image: Loaded) -> float:
        view = self._facts.tiled_view()
        white = 255 if image.bit_depth == 8 else self._facts.white_level
        height, width = image.pixels.shape[:2]
        inside = view.inside(height, width, view.tiling.factors[0])
        seen = aligned(image.pixels, self._preparation.registration)
        raws = raw_levels(seen.pixels, white, view, tile_network(self._detector, threads=self._facts.threads))
        made, _ = combined(raws, self._normalisers, self._scoring.smooth_sigma_px, inside)
        placed, counted = brought_back(made, inside, view.region, seen.found.move)
        return reduce(placed, self._scoring, counted)


def _take_turns(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of each, after one call that warms it up; fewer rounds where they are long."""
    first()
    second()
    spent: tuple[list[float], list[float]] = ([], [])
    behind = time.monotonic() + _LONGEST_S
    for _ in range(_ROUNDS):
        for work, seconds in zip((first, second), spent, strict=True):
            started = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - started)
        if time.monotonic() > behind:
            break
    return statistics.median(spent[0]), statistics.median(spent[1])

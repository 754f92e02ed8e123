"""Score a run: anomaly maps of the images it has not learnt from, and what the figures need of them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.masks import shrink_mask
from anomaly_gui.imaging.patience import Patience
from anomaly_gui.imaging.registration import Found, Move, brought_back, left_alone
from anomaly_gui.jobs.run_facts import RunFacts, load_facts, scoring_in_force
from anomaly_gui.jobs.run_facts import batch_size as batch_size
from anomaly_gui.jobs.run_registration import keep_moves
from anomaly_gui.jobs.scored_run import (
    defect_mask,
    drop_training_scores,
    images_by_role,
    normaliser_path,
    preparation_of,
    save_normalisers,
    scores_digest,
)
from anomaly_gui.jobs.scored_run import load_detector as load_detector
from anomaly_gui.jobs.scored_run import load_normaliser as load_normaliser
from anomaly_gui.jobs.scored_run import load_normalisers as load_normalisers
from anomaly_gui.jobs.scored_run import load_statistics as load_statistics
from anomaly_gui.jobs.scored_run import smoothings as smoothings
from anomaly_gui.jobs.scored_run import statistics_path as statistics_path
from anomaly_gui.jobs.tile_advice import keep_timing
from anomaly_gui.jobs.tile_scoring import TiledScoring
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, FileRefused, Noted, RateMeter
from anomaly_gui.project.records import Image, Run
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.normalise import Normaliser, apply, fit_normaliser
from anomaly_gui.scoring.smooth import smooth
from anomaly_gui.scoring.statistics import StatisticsBuilder

if TYPE_CHECKING:
    from anomaly_gui.detectors.base import Detector
    from anomaly_gui.training.dataset import Prepared

_SPOOL_BYTES = 256 << 20
"""Of held-out maps that are kept in memory; more lie in a temporary file."""
_SHOWN = 2
"""Good and defective images in a preview, each."""


class ScoreReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came of scoring."""

    run: int
    images: int
    """That have a score now."""
    refused: int
    """Whose file could not be read."""
    seconds: float
    images_per_s: float


def score(project: Project, run_id: int, emit: EventSink, cancel: CancelToken) -> ScoreReport | Cancelled:
    """Score a run's validation and test images with its weights.

    Statistics and normaliser for each smoothing, and the picture and map of every image by the one in force,
    go into the run's folder. Files that cannot be read are announced and left out. A cancel leaves the
    statistics of before.
    Raises InputError if the weights, or all held-out images, are unusable.
    """
    project.access.require("engineer", "score a run")
    started = time.monotonic()
    run = project.run(run_id)
    facts = load_facts(RunFolder(project.folder, run.name))
    scoring = (WholeScoring if facts.tiling is None else TiledScoring)(project, run, facts, emit, cancel)
    if not scoring.run():
        return Cancelled()
    drop_training_scores(project, run)
    seconds = time.monotonic() - started
    done = scoring.scored
    keep_timing(scoring.folder, done, seconds)
    project.record_scores(run_id, done, scores_digest(scoring.folder))
    return ScoreReport(run=run_id, images=done, refused=scoring.refused, seconds=seconds, images_per_s=done / seconds)


def preview_images(project: Project, run_id: int | None = None) -> tuple[Image, ...]:
    """Up to two good held-out and two defective images: those that training redraws after each epoch."""
    roles = project.roles(project.run(run_id).id)
    images = [image for image in project.images() if image.id in roles]
    good = [image for image in images if roles[image.id] == "validation"]
    defective = [image for image in images if roles[image.id] == "test" and image.label.kind == "defect"]
    # The first of each, and one from the middle: neighbours look alike.
    return tuple(
        group[number * len(group) // _SHOWN] for group in (good, defective) for number in range(min(_SHOWN, len(group)))
    )


class WholeScoring:
    """One call of score()."""

    def __init__(self, project: Project, run: Run, facts: RunFacts, emit: EventSink, cancel: CancelToken) -> None:
        self.project = project
        self.run_record = run
        self.folder = RunFolder(project.folder, run.name)
        self.emit = emit
        self.cancel = cancel
        self.facts = facts
        self.in_force = scoring_in_force(project, self.run_record).smooth_sigma_px
        sigmas = smoothings(self.facts.scoring().smooth_sigma_px)
        self.views = [MapView(sigma, facts) for sigma in dict.fromkeys((*sigmas, self.in_force))]
        self.images = images_by_role(project, run.id)
        self.meter = RateMeter("Scoring", sum(map(len, self.images.values())), emit)
        self.found: dict[int, Found] = {}
        """How each image was moved to the run's reference."""
        self.scored = self.refused = 0

    def run(self) -> bool:
        """False if asked to stop."""
        from anomaly_gui.detectors.compute import choose_device, set_threads

        set_threads()
        detector = load_detector(self.folder, self.facts)
        detector.to(choose_device())
        with _MapSpool(self.folder.folder, self.facts.input_px) as held_out:
            for image, raw in self.maps_of(detector, self.images["validation"]):
                held_out.add(image, raw)
            if self._stopped():
                return False
            if not held_out.images:
                raise InputError(
                    "held-out good images",
                    "none of them can be read",
                    "Put the files back or import them again",
                )
            for view in self.views:
                self._learn(view, held_out)
        for image, raw in self.maps_of(detector, self.images["test"]):
            mask = self._mask(image)
            for view in self.views:
                self._write_map(view, image, view.add(image, raw, self.move_of(image), mask))
        if self._stopped():
            return False
        self._save()
        if note := left_alone(list(self.found.values())):
            self.emit(Noted(note))
        return True

    def move_of(self, image: Image) -> Move | None:
        """Of an image whose map was made."""
        return self.found[image.id].move

    def _learn(self, view: MapView, held_out: _MapSpool) -> None:
        """The normaliser and the scale of one smoothing, and what held-out images are by them."""
        view.normaliser = fit_normaliser(
            (view.smoothed(raw) for raw in held_out.maps()), self.facts.scoring().normalise, view.inside
        )
        for image, raw in zip(held_out.images, held_out.maps(), strict=True):
            view.add(image, raw, self.move_of(image), held_out_good=True)
        view.scale = view.builder.finish().display_scale
        if view.sigma_px == self.in_force:
            for image, raw in zip(held_out.images, held_out.maps(), strict=True):
                self._write_map(view, image, view.normalised(raw, self.move_of(image))[0])

    def _write_map(self, view: MapView, image: Image, normalised: NDArray[np.float32]) -> None:
        """Pictures are drawn with one smoothing alone."""
        if view.sigma_px == self.in_force:
            lower, upper = view.scale.tolist()
            self.folder.write_map(image.id, normalised, lower, upper)

    def _save(self) -> None:
        drawn = next(view for view in self.views if view.sigma_px == self.in_force)
        for view in self.views:
            path = normaliser_path(self.project, self.run_record, view.sigma_px)
            save_normalisers(path, [view.normaliser])
            made = view.builder.finish(None if view is drawn else drawn.scale)
            made.save(statistics_path(self.project, self.run_record, view.sigma_px))
        keep_moves(self.folder, self.facts, self.found)

    def _stopped(self) -> bool:
        return self.cancel.cancelled

    def maps_of(self, detector: Detector, images: Sequence[Image]) -> Iterator[tuple[Image, NDArray[np.float32]]]:
        """Maps (H, W) as the detector gives them, of images as they are aligned; pictures are written on the way, in
        the image's own place. Ends early if asked to stop."""
        import torch

        for batch in self._batches(images):
            seen = detector.predict(torch.from_numpy(np.stack([prepared.pixels for _, prepared in batch])))
            maps = seen.anomaly_map.cpu().numpy()
            pictures = None if seen.reconstruction is None else seen.reconstruction.cpu().numpy()
            for number, (image, prepared) in enumerate(batch):
                self.found[image.id] = prepared.found
                if pictures is not None:
                    picture, move = pictures[number].transpose(1, 2, 0), prepared.found.move
                    shown = picture if move is None else move.bring_picture_back(picture)
                    self.folder.write_reconstruction(image.id, shown)
                yield image, maps[number]
            self.scored += len(batch)
            self.meter.update(self.scored + self.refused)

    def _batches(self, images: Sequence[Image]) -> Iterator[list[tuple[Image, Prepared]]]:
        from anomaly_gui.training.dataset import read_in_order

        preparation = preparation_of(self.folder, self.facts)
        size = batch_size(self.facts.input_px)
        batch: list[tuple[Image, Prepared]] = []
        for image, result in read_in_order(images, preparation.read, Patience(self.emit, self.cancel)):
            if isinstance(result, InputError):
                self.refused += 1
                self.emit(FileRefused(printable(image.path), str(result)))
                continue
            batch.append((image, result))
            if len(batch) == size:
                if self.cancel.should_stop():
                    return
                yield batch
                batch = []
        if batch and not self.cancel.should_stop():
            yield batch

    def _mask(self, image: Image) -> NDArray[np.bool_] | None:
        mask = defect_mask(image, self.emit)
        return None if mask is None else shrink_mask(mask, self.facts.input_px, self.facts.input_px)


class MapView:
    """The maps with one smoothing, and what is kept of them."""

    normaliser: Normaliser
    scale: NDArray[np.float32]

    def __init__(self, sigma_px: float, facts: RunFacts) -> None:
        self.sigma_px = sigma_px
        self.region = facts.region
        self.inside = facts.inside()
        self.builder = StatisticsBuilder()

    def smoothed(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        return smooth(raw, self.sigma_px)

    def normalised(
        self, raw: NDArray[np.float32], move: Move | None
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_] | None]:
        """The map and what of it counts, in the place of the image, which was aligned by *move*."""
        made = apply(self.normaliser, self.smoothed(raw), self.inside)
        return brought_back(made, self.inside, self.region, move)

    def add(
        self,
        image: Image,
        raw: NDArray[np.float32],
        move: Move | None,
        mask: NDArray[np.bool_] | None = None,
        *,
        held_out_good: bool = False,
    ) -> NDArray[np.float32]:
        """Keep the statistics of one map; returns it as normalised() does."""
        made, inside = self.normalised(raw, move)
        self.builder.add(image.id, made, mask, held_out_good=held_out_good, inside=inside)
        return made


class _MapSpool:
    """Maps of the held-out images, in memory or, if they are many, in a temporary file."""

    def __init__(self, folder: Path, side: int) -> None:
        self.images: list[Image] = []
        self._side = side
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(_SPOOL_BYTES, dir=str(folder))  # noqa: SIM115

    def __enter__(self) -> _MapSpool:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, image: Image, anomaly_map: NDArray[np.float32]) -> None:
        self._file.write(anomaly_map.tobytes())
        self.images.append(image)

    def maps(self) -> Iterator[NDArray[np.float32]]:
        """Each (side, side) float32, in the order they were added."""
        self._file.seek(0)
        for _ in self.images:
            data = self._file.read(self._side * self._side * 4)
            yield np.frombuffer(data, np.float32).reshape(self._side, self._side)

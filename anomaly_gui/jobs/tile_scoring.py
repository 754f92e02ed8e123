"""Score a run that looks at images by tiles: one image after the other, and no more than its maps in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.load import Loaded
from anomaly_gui.imaging.masks import shrink_mask
from anomaly_gui.imaging.patience import Patience
from anomaly_gui.imaging.registration import Found, aligned, brought_back, left_alone
from anomaly_gui.jobs.run_facts import RunFacts
from anomaly_gui.jobs.run_registration import keep_moves, registration_of
from anomaly_gui.jobs.scored_run import (
    defect_mask,
    images_by_role,
    load_detector,
    normaliser_path,
    save_normalisers,
    statistics_path,
)
from anomaly_gui.progress import CancelToken, EventSink, FileRefused, Noted, RateMeter
from anomaly_gui.project.records import Image, Run
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.normalise import GridMoments, Normaliser, equally_high
from anomaly_gui.scoring.peak import Peak, peak_box
from anomaly_gui.scoring.reduce import lowest_outside
from anomaly_gui.scoring.statistics import StatisticsBuilder
from anomaly_gui.scoring.tiled import RawLevel, TileNetwork, Tiles, combined, raw_levels, smoothed

if TYPE_CHECKING:
    from anomaly_gui.detectors.base import Detector


class TileStopped(Exception):
    """Asked to stop between two batches of tiles."""


def tile_network(detector: Detector, cancel: CancelToken | None = None, threads: int = 1) -> TileNetwork:
    """What scoring.tiled asks for. The network made raises TileStopped where *cancel* asks it to."""
    import torch

    def judge(tiles: Tiles, pictures: bool) -> tuple[Tiles | None, NDArray[np.float32]]:
        if cancel is not None and cancel.should_stop():
            raise TileStopped
        batch = torch.from_numpy(tiles)
        if not pictures:
            return None, detector.anomaly_map(batch).cpu().numpy()
        seen = detector.predict(batch)
        drawn = None if seen.reconstruction is None else seen.reconstruction.cpu().numpy()
        return drawn, seen.anomaly_map.cpu().numpy()

    return TileNetwork(judge, threads, partial(torch.set_num_threads, 1))


class TiledScoring:
    """One call of jobs.score.score().

    Held-out images are looked at twice, for the normalisers and then by them: keeping their maps would take a
    hundred megabytes each.
    """

    def __init__(self, project: Project, run: Run, facts: RunFacts, emit: EventSink, cancel: CancelToken) -> None:
        self.project = project
        self.run_record = run
        self.folder = RunFolder(project.folder, run.name)
        self.facts = facts
        self.view = facts.tiled_view()
        self.registration = registration_of(self.folder, facts)
        self.found: dict[int, Found] = {}
        """How each image was moved to the run's reference."""
        self.sigma_px = facts.scoring().smooth_sigma_px
        self.emit = emit
        self.cancel = cancel
        self.builder = StatisticsBuilder()
        self._own_scale: dict[int, float] = {}
        """Of maps that wait for the run's: the value at their upper end."""
        self.images = images_by_role(project, run.id)
        self.passes = RateMeter("Scoring", 2 * len(self.images["validation"]) + len(self.images["test"]), emit)
        self.scored = self.refused = self._seen = 0

    def run(self) -> bool:
        """False if asked to stop."""
        from anomaly_gui.detectors.compute import choose_device, set_threads

        device, threads = choose_device(), set_threads()
        detector = load_detector(self.folder, self.facts)
        detector.to(device)
        network = tile_network(detector, self.cancel, threads if device.type == "cpu" else 1)
        try:
            held_out, normalisers = self._learn(network)
            for image, loaded in self.loaded(held_out, announce=False):
                self.judge(image, loaded, network, normalisers, held_out=True)
            scale = self.builder.finish().display_scale
            self._draw_held_out(held_out, scale)
            for image, loaded in self.loaded(self.images["test"]):
                self.judge(image, loaded, network, normalisers, scale=scale)
        except TileStopped:
            return False
        finally:
            set_threads()  # What the threads that look at tiles were told is the default of new ones.
        save_normalisers(normaliser_path(self.project, self.run_record, self.sigma_px), normalisers)
        self.builder.finish().save(statistics_path(self.project, self.run_record, self.sigma_px))
        keep_moves(self.folder, self.facts, self.found)
        if note := left_alone(list(self.found.values())):
            self.emit(Noted(note))
        return True

    def _learn(self, network: TileNetwork) -> tuple[list[Image], list[Normaliser]]:
        """The held-out images that can be read, and what they show at each scale."""
        tiling = self.view.tiling
        moments = {factor: GridMoments() for factor in tiling.factors}
        held_out = []
        for image, loaded in self.loaded(self.images["validation"]):
            for raw in self._raw_levels(loaded, network):
                inside = self._inside(loaded, raw.factor)
                moments[raw.factor].add(smoothed(raw, self.sigma_px), inside)
            held_out.append(image)
        if not held_out:
            raise InputError(
                "held-out good images", "none of them can be read", "Put the files back or import them again"
            )
        mode = self.facts.scoring().normalise
        fitted = [moments[factor].fit(mode) for factor in tiling.factors]
        peaks = [moments[factor].usual_peak(made) for factor, made in zip(tiling.factors, fitted, strict=True)]
        return held_out, equally_high(fitted, peaks)

    def judge(
        self,
        image: Image,
        loaded: Loaded,
        network: TileNetwork,
        normalisers: Sequence[Normaliser],
        *,
        held_out: bool = False,
        scale: NDArray[np.float32] | None = None,
    ) -> None:
        """Keep the statistics of one image, its map and its picture, in the image's own place; without a *scale* the
        map waits for it."""
        inside = self._inside(loaded, self.view.tiling.factors[0])
        raws = self._keeping_picture(image, self._raw_levels(loaded, network, pictures=True))
        made, peak = combined(raws, normalisers, self.sigma_px, inside)
        move = self.found[image.id].move
        if move is not None:
            made, inside = brought_back(made, inside, self.view.region, move)
            peak = Peak(peak.factor, peak_box(lowest_outside(made, inside)))
        mask = defect_mask(image, self.emit)
        if mask is not None and mask.shape != made.shape:
            mask = shrink_mask(mask, *made.shape)
        self.builder.add(image.id, made, mask, held_out_good=held_out, peak=peak, inside=inside)
        if scale is None:
            # The colours are chosen by all of these: until then on a scale of its own.
            self._own_scale[image.id] = _upper(made)
            self.folder.write_map(image.id, made, 0.0, self._own_scale[image.id])
        else:
            self.folder.write_large_map(image.id, made, *scale.tolist())
        self.scored += 1

    def _draw_held_out(self, held_out: Sequence[Image], scale: NDArray[np.float32]) -> None:
        for image in held_out:
            values = self.folder.read_map(image.id).astype(np.float32) * np.float32(self._own_scale[image.id] / 65535)
            self.folder.write_large_map(image.id, values, *scale.tolist())

    def _inside(self, loaded: Loaded, factor: int) -> NDArray[np.bool_] | None:
        height, width = loaded.pixels.shape[:2]
        return self.view.inside(height, width, factor)

    def _raw_levels(self, loaded: Loaded, network: TileNetwork, *, pictures: bool = False) -> Iterator[RawLevel]:
        white = 255 if loaded.bit_depth == 8 else self.facts.white_level
        return raw_levels(loaded.pixels, white, self.view, network, pictures=pictures)

    def _keeping_picture(self, image: Image, raws: Iterator[RawLevel]) -> Iterator[RawLevel]:
        for raw in raws:
            if raw.reconstruction is not None:
                move = self.found[image.id].move
                shown = raw.reconstruction if move is None else move.bring_picture_back(raw.reconstruction)
                self.folder.write_picture(image.id, shown)
            yield raw

    def loaded(self, images: Sequence[Image], *, announce: bool = True) -> Iterator[tuple[Image, Loaded]]:
        """Each image that can be read, aligned; the next one is read meanwhile."""
        from anomaly_gui.training.dataset import read_in_order, read_pixels

        patience = Patience(self.emit, self.cancel)
        for image, result in read_in_order(images, read_pixels, patience, ahead=1, readers=1):
            if self.cancel.should_stop():
                raise TileStopped
            if not isinstance(result, InputError):
                placed = aligned(result.pixels, self.registration)
                self.found[image.id] = placed.found
                yield image, replace(result, pixels=placed.pixels)
            elif announce:
                self.refused += 1
                self.emit(FileRefused(printable(image.path), str(result)))
            self._seen += 1
            self.passes.update(self._seen)


def _upper(normalised_map: NDArray[np.float32]) -> float:
    """The highest finite value of a map, or 1 where it has none above 0."""
    highest = float(np.nan_to_num(normalised_map.max(), nan=1.0, posinf=1.0))
    return max(highest, 1.0)

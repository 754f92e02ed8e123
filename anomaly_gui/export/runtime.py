"""Inspecting with a bundle, as the line does: numpy, OpenCV and onnxruntime, never torch."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import msgspec
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.confusion import DECISIONS, decided
from anomaly_gui.export.bundle import REFERENCE, Bundle, read_bundle, require_signature
from anomaly_gui.export.manifest import Manifest
from anomaly_gui.export.model_check import check_model
from anomaly_gui.files import printable
from anomaly_gui.imaging.load import Loaded, load, to_unit
from anomaly_gui.imaging.region import Region as RegionOfInterest
from anomaly_gui.imaging.region import inside_of
from anomaly_gui.imaging.registration import Aligned, Reference, Registration, aligned, brought_back
from anomaly_gui.scoring.normalise import Normaliser
from anomaly_gui.scoring.reduce import reduce
from anomaly_gui.scoring.tiled import TiledView, TileNetwork, Tiles, combined, raw_levels

_WHITE_8_BIT = 255
_EVERYTHING = RegionOfInterest()


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A connected part of the map above the region level, in pixels of the original image."""

    x: int
    y: int
    width: int
    height: int
    area: int
    peak: float
    """The map's highest value in it, in the score's units."""


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """What the bundle says of one image."""

    path: str
    score: float | None
    """None where it is not finite: such an image is defective."""
    decision: str
    """One of DECISIONS."""
    threshold: float
    regions: list[Region]


@dataclass(frozen=True)
class Output:
    """The graph's answer for one image."""

    reconstruction: NDArray[np.float32] | None
    """(C, S, S) in [0, 1]; None where the graph sees one tile at a time."""
    anomaly_map: NDArray[np.float32]
    """(S, S), or with tiles (H, W) of the finest scale; normalised. In the image's own place, as the picture is."""
    score: float
    decision: int
    """Index into DECISIONS."""
    inside: NDArray[np.bool_] | None = None
    """Of the map's shape: what counts of it; None if that is everything."""


@dataclass(frozen=True)
class _ByTiles:
    view: TiledView
    normalisers: list[Normaliser]


def _by_tiles(manifest: Manifest, name: str) -> _ByTiles | None:
    if manifest.tiled is None:
        return None
    tiled = manifest.tiled
    if len(tiled.normalisers) != len(tiled.tiling.factors):
        raise InputError(name, "its manifest does not say how every scale is measured", "Export it again")
    normalisers = [Normaliser(np.array(g.mean, np.float32), np.array(g.scale, np.float32)) for g in tiled.normalisers]
    # One tile at once: the graph was traced so.
    return _ByTiles(TiledView(tiled.tiling, manifest.channels, 1, tiled.region), normalisers)


def _inside(manifest: Manifest, name: str) -> NDArray[np.bool_] | None:
    """(S, S): what counts of a whole image; None for everything, or where tiles each have their part of it."""
    if manifest.region is None or manifest.tiled is not None:
        return None
    inside = inside_of(manifest.region, manifest.input_px, manifest.input_px)
    if inside is None or not inside.any():
        raise InputError(name, "the region that its manifest names leaves nothing of an image", "Export it again")
    return inside


def _registration(bundle: Bundle, name: str) -> Registration | None:
    if bundle.reference is None:
        return None
    try:
        reference = Reference.from_png(bundle.reference, REFERENCE)
    except InputError as error:
        raise InputError(name, f"its {error.what} cannot be used: {error.cause}", "Export it again") from error
    return Registration(reference, turns=bundle.manifest.registration == "shift and rotation")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class BundleRuntime:
    """A bundle, ready to inspect."""

    def __init__(self, bundle: Bundle, name: str = "bundle", threads: int = 0) -> None:
        """*threads*: 0 takes as many as suit the machine. Raises InputError if the model cannot be run."""
        self.manifest = bundle.manifest
        self._by_tiles = _by_tiles(bundle.manifest, name)
        self._inside = _inside(bundle.manifest, name)
        self._registration = _registration(bundle, name)
        check_model(bundle.model, name, by_tiles=bundle.manifest.tiled is not None, inside=self._inside)
        self._threads = threads or _cores()
        options = onnxruntime.SessionOptions()
        # Each of several threads looks at tiles of its own.
        options.intra_op_num_threads = threads if self._by_tiles is None else 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(bundle.model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's exceptions share no base of their own.
            raise InputError(name, f"its model cannot be run ({error})", "Export it again") from error

    @classmethod
    def open(cls, path: Path, threads: int = 0, *, require_key: Path | None = None) -> BundleRuntime:
        """Read and check the bundle at *path*. Raises InputError; also where it is not signed with the private key
        that belongs to the public one in the file *require_key*, if that is given."""
        bundle = read_bundle(path)
        if require_key is not None:
            require_signature(bundle, require_key, printable(path))
        return cls(bundle, printable(path), threads)

    def inspect(self, path: Path) -> Inspection:
        """Score one image file. Raises InputError if it cannot be used."""
        loaded = load(path)
        output = self.run(loaded)
        height, width = loaded.pixels.shape[:2]
        return Inspection(
            path=printable(path),
            score=output.score if math.isfinite(output.score) else None,
            decision=DECISIONS[output.decision],
            threshold=self.manifest.threshold,
            regions=find_regions(output.anomaly_map, self.region_level, height, width, output.inside),
        )

    def run(self, loaded: Loaded) -> Output:
        """Run the graph on one decoded image, or on every tile of it."""
        seen = aligned(loaded.pixels, self._registration)
        white = _WHITE_8_BIT if loaded.bit_depth == 8 else self.manifest.white_level
        if self._by_tiles is not None:
            return self._run_tiled(seen, white, self._by_tiles)
        picture, anomaly_map, score, decision = self._session.run(
            ["reconstruction", "anomaly_map", "score", "decision"], {"image": to_unit(seen.pixels, white)[None]}
        )
        move = seen.found.move
        if move is None:
            return Output(picture[0], anomaly_map[0], float(score[0]), int(decision[0]), self._inside)
        shown = move.bring_picture_back(picture[0].transpose(1, 2, 0)).transpose(2, 0, 1)
        region = self.manifest.region or _EVERYTHING
        return self._judged(shown, *brought_back(anomaly_map[0], self._inside, region, move))

    def _run_tiled(self, seen: Aligned, white: int, by_tiles: _ByTiles) -> Output:
        view = by_tiles.view
        height, width = seen.pixels.shape[:2]
        inside = view.inside(height, width, view.tiling.factors[0])
        network = TileNetwork(self._judge_tile, self._threads)
        raws = raw_levels(seen.pixels, white, view, network)
        anomaly_map, _ = combined(raws, by_tiles.normalisers, self.manifest.scoring.smooth_sigma_px, inside)
        return self._judged(None, *brought_back(anomaly_map, inside, view.region, seen.found.move))

    def _judged(
        self,
        picture: NDArray[np.float32] | None,
        anomaly_map: NDArray[np.float32],
        inside: NDArray[np.bool_] | None,
    ) -> Output:
        """Of a map that the graph has not judged itself."""
        score = reduce(anomaly_map, self.manifest.scoring, inside)
        decision = decided(np.array([score]), self.manifest.threshold, self.manifest.recheck_threshold)
        return Output(picture, anomaly_map, score, int(decision[0]), inside)

    def _judge_tile(self, tiles: Tiles, _pictures: bool) -> tuple[Tiles | None, NDArray[np.float32]]:
        (raw_map,) = self._session.run(["raw_map"], {self._session.get_inputs()[0].name: tiles})
        return None, raw_map

    @property
    def region_level(self) -> float:
        """From where the map counts as a region: the pixel threshold, or without one the threshold if the score is
        the map's maximum, otherwise the highest that nine of ten good images reach, the middle of the colour scale."""
        if self.manifest.pixel_threshold is not None:
            return self.manifest.pixel_threshold
        if self.manifest.scoring.reduction == "max":
            return self.manifest.threshold
        return sum(self.manifest.display_scale) / 2


def find_regions(
    anomaly_map: NDArray[np.float32],
    level: float,
    height: int,
    width: int,
    inside: NDArray[np.bool_] | None = None,
) -> list[Region]:
    """Connected parts of (S, S) at or above *level*, strongest first, scaled to *height* × *width*; none of them lies
    outside of *inside* (S, S)."""
    shown = ~(anomaly_map < level)
    above = (shown if inside is None else shown & inside).astype(np.uint8)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(above, connectivity=8)
    down, across = height / anomaly_map.shape[0], width / anomaly_map.shape[1]
    regions = []
    for number in range(1, count):
        x, y, w, h, area = boxes[number].tolist()
        left, top = math.floor(x * across), math.floor(y * down)
        box = slice(y, y + h), slice(x, x + w)
        peak = float(anomaly_map[box][labels[box] == number].max())
        regions.append(
            Region(
                x=left,
                y=top,
                width=max(1, math.ceil((x + w) * across) - left),
                height=max(1, math.ceil((y + h) * down) - top),
                area=max(1, round(area * down * across)),
                peak=peak if math.isfinite(peak) else float(np.finfo(np.float32).max),
            )
        )
    return sorted(regions, key=lambda region: -region.peak)

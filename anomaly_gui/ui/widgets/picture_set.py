"""What the three panes show of one image, read and prepared away from the window's thread. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.load import load
from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.imaging.region import Region
from anomaly_gui.imaging.unreachable import Unreachable
from anomaly_gui.project.runs import RunFolder

_TRYING = "It is tried again every few seconds; labels are not affected."

T = TypeVar("T")
_EVERYTHING = Region()
Segments = NDArray[np.int32]
"""(N, 4): x0, y0, x1, y1 of straight edges between pixels, in image coordinates."""

SMALLEST_LEVEL_PX = 128
"""Pyramids end at the first level whose longer side is not above this: the smallest pane's size."""
LARGE_PX = 8_000_000
"""Of such an image the original is shown before the other parts are read."""
MAP_LEVELS = 65535
"""Highest value of a stored map: the upper end of the run's scale."""
_STORED_STEP = MAP_LEVELS // 255
"""Between two values of a map that is stored with 8 bits."""


@dataclass(frozen=True)
class Picture:
    """Pixels to show, in ever smaller copies, and the values behind them."""

    levels: tuple[NDArray[np.uint8], ...]
    """Full size first, each next one half as large; (H, W) or (H, W, 3), contiguous."""
    values: NDArray[np.uint8] | NDArray[np.uint16]
    """(H, W, C): what the readout tells. Of a large map a smaller copy, its levels being finer: sixteen bits of it
    would take as much memory as all else, and few places need more than 2048 px."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.levels[0].shape[1], self.levels[0].shape[0]

    @property
    def byte_count(self) -> int:
        return self.values.nbytes + sum(level.nbytes for level in self.levels)

    def value_at(self, x_share: float, y_share: float) -> tuple[int, ...] | None:
        """The values at a place given as shares of width and height; None outside."""
        if not (0 <= x_share < 1 and 0 <= y_share < 1):
            return None
        width, height = self.size
        row, column = int(y_share * height), int(x_share * width)
        if self.values.shape[0] < height:
            return (int(self.levels[0][row, column]) * _STORED_STEP,)
        return tuple(int(v) for v in self.values[row, column])


@dataclass(frozen=True)
class PictureRequest:
    """Everything needed to show one image; a request is also the key under which it is kept."""

    image_id: int
    path: str
    size: tuple[int, int]
    """Width and height as recorded at import."""
    white_level: int
    mask_path: str | None = None
    project_folder: Path | None = None
    run_name: str = ""
    """The run whose reconstruction and map are shown; without a project folder, none."""
    region: Region = _EVERYTHING
    """What counts of the map."""


@dataclass(frozen=True)
class PictureSet:
    """One image ready to be painted. Parts that cannot be had are None and named in *problems*."""

    request: PictureRequest
    size: tuple[int, int]
    """Width and height that all parts are stretched to."""
    original: Picture | None = None
    reconstruction: Picture | None = None
    anomaly_map: Picture | None = None
    outline: Segments | None = None
    """Edges of the mask; None without one."""
    problems: tuple[str, ...] = ()
    is_whole: bool = True
    """False while other parts than the original are still being read."""
    away: bool = False
    """A file could not be reached: it may be there again soon."""

    @property
    def byte_count(self) -> int:
        parts = (self.original, self.reconstruction, self.anomaly_map)
        return sum(part.byte_count for part in parts if part is not None)


def load_pictures(request: PictureRequest, begin: Callable[[PictureSet], object] | None = None) -> PictureSet:
    """Read all parts of one image. Never raises for a file: what is wrong is said in words.

    *begin* is given a large image as soon as its original is there.
    """
    problems: list[InputError] = []
    # A map or mask is as large as its image and takes as long to read: they are read beside it.
    with ThreadPoolExecutor(1) as beside:
        found, drawn = beside.submit(_anomaly_map, request), beside.submit(_reconstruction, request)
        edges = beside.submit(_mask_edges, request)
        original = _attempt(lambda: _original(request), problems)
        if begin is not None and original is not None and original.size[0] * original.size[1] >= LARGE_PX:
            begin(PictureSet(request, original.size, original, is_whole=False))
        reconstruction = _attempt(drawn.result, problems)
        anomaly_map = _attempt(found.result, problems)
        outlined = _attempt(edges.result, problems)
    size = original.size if original else request.size
    if size != request.size:  # The file was replaced: its mask lies elsewhere.
        outlined = None
    away = any(isinstance(problem, Unreachable) for problem in problems)
    said = tuple(f"{problem} {_TRYING}" if isinstance(problem, Unreachable) else str(problem) for problem in problems)
    return PictureSet(request, size, original, reconstruction, anomaly_map, outlined, said, away=away)


def _mask_edges(request: PictureRequest) -> Segments | None:
    if request.mask_path is None:
        return None
    width, height = request.size
    return outline(load_mask(request.mask_path, height, width, verify=False))


def _attempt(read: Callable[[], T], problems: list[InputError]) -> T | None:
    try:
        return read()
    except InputError as error:
        problems.append(error)
        return None


def _original(request: PictureRequest) -> Picture:
    return picture(load(request.path, verify=False).pixels, request.white_level)


def _reconstruction(request: PictureRequest) -> Picture | None:
    if request.project_folder is None:
        return None
    folder = RunFolder(request.project_folder, request.run_name)
    # Not every detector draws one.
    if not folder.reconstruction(request.image_id).exists():
        return None
    return picture(folder.read_reconstruction(request.image_id), 255)


def _anomaly_map(request: PictureRequest) -> Picture | None:
    if request.project_folder is None:
        return None
    folder = RunFolder(request.project_folder, request.run_name)
    stored = map_picture(folder.read_map(request.image_id))
    finer = [folder.read_map_level(request.image_id, factor) for factor in folder.map_factors(request.image_id)]
    finer = [level for level in finer if level.shape[0] > stored.size[1]]
    return replace(stored, levels=(*finer, *stored.levels)) if finer else stored


def picture(pixels: NDArray[np.uint8] | NDArray[np.uint16], white_level: int) -> Picture:
    """Make (H, W, C) pixels ready to be shown; *white_level* is shown white.

    Smaller copies are averages of 2 × 2 pixels.
    """
    shown = _to_uint8(pixels, white_level)
    if shown.shape[2] == 1:
        shown = shown[:, :, 0]
    levels: list[NDArray[np.uint8]] = [np.ascontiguousarray(shown)]
    while max(levels[-1].shape[:2]) > SMALLEST_LEVEL_PX:
        height, width = levels[-1].shape[:2]
        half = (max(1, width // 2), max(1, height // 2))
        levels.append(np.asarray(cv2.resize(levels[-1], half, interpolation=cv2.INTER_AREA), np.uint8))
    return Picture(tuple(levels), pixels)


def _to_uint8(pixels: NDArray[np.uint8] | NDArray[np.uint16], white_level: int) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8 and white_level == 255:
        return np.asarray(pixels, np.uint8)
    shown = cv2.convertScaleAbs(np.minimum(pixels, white_level), alpha=255.0 / white_level)
    return np.asarray(shown, np.uint8).reshape(pixels.shape)


def map_picture(stored: NDArray[np.uint16]) -> Picture:
    """Make a stored map (H, W) ready to be coloured: one byte a pixel, looked up in a colour map.

    Smaller copies keep the maximum of 2 × 2 pixels, so that a dot survives zooming out.
    """
    levels = [(stored >> 8).astype(np.uint8)]
    while max(levels[-1].shape) > SMALLEST_LEVEL_PX:
        levels.append(_halved_by_maximum(levels[-1]))
    return Picture(tuple(levels), stored[:, :, None])


def _halved_by_maximum(level: NDArray[np.uint8]) -> NDArray[np.uint8]:
    padded = np.pad(level, ((0, level.shape[0] % 2), (0, level.shape[1] % 2)), mode="edge")
    rows = np.maximum(padded[0::2], padded[1::2])
    return np.maximum(rows[:, 0::2], rows[:, 1::2])


def outline(mask: NDArray[np.bool_]) -> Segments:
    """The edges between masked and unmasked pixels of a mask (H, W), as long straight segments."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return np.empty((0, 4), np.int32)
    # Of a large image a defect is a small part: the rest has no edges to look for.
    top, left = int(rows[0]), int(columns[0])
    padded = np.pad(mask[top : rows[-1] + 1, left : columns[-1] + 1], 1)
    across = _runs(padded[1:, 1:-1] != padded[:-1, 1:-1])
    down = _runs((padded[1:-1, 1:] != padded[1:-1, :-1]).T)
    horizontal = np.stack((across[:, 1], across[:, 0], across[:, 2], across[:, 0]), axis=1)
    vertical = np.stack((down[:, 0], down[:, 1], down[:, 0], down[:, 2]), axis=1)
    return np.concatenate((horizontal, vertical)).astype(np.int32) + np.array([left, top, left, top], np.int32)


def _runs(edges: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(N, 3): row, start and end (exclusive) of each run of True along the rows."""
    steps = np.diff(np.pad(edges, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(steps == 1)
    _, ends = np.nonzero(steps == -1)
    return np.stack((rows, starts, ends), axis=1)

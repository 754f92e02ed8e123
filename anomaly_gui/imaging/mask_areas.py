"""Areas that a drawing tool adds to a mask or takes from it. Nothing here changes a mask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.region import Shape, shape_mask

Point = tuple[float, float]
"""(x, y) in image coordinates: the centre of the first pixel is (0.5, 0.5)."""
Size = tuple[int, int]
"""(height, width) of the mask."""

_ROUNDING_PX = 1e-9
_FLOOD = 8 | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY | (1 << 8)
"""Over corners too, so that a thin crack is one piece; compared with the pixel that was clicked."""


class Box(NamedTuple):
    """Rows top to bottom - 1 and columns left to right - 1."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def is_empty(self) -> bool:
        return self.bottom <= self.top or self.right <= self.left

    def joined(self, other: Box) -> Box:
        """The smallest box around both."""
        if self.is_empty or other.is_empty:
            return other if self.is_empty else self
        return Box(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )


NOWHERE = Box(0, 0, 0, 0)


class Area(NamedTuple):
    """Some pixels within a box of the mask."""

    box: Box
    inside: NDArray[np.bool_]
    """Of the box's size."""


def brush_area(start: Point, end: Point, radius: float, size: Size) -> Area:
    """What a round brush covers on its way: pixels whose centre is within *radius* of the line between two pixels.

    The pixels are those that hold *start* and *end*: these are always covered, and a disc is symmetric.
    """
    (ax, ay), (bx, by) = _pixel_centre(start), _pixel_centre(end)
    box = _clipped(min(ax, bx) - radius, min(ay, by) - radius, max(ax, bx) + radius, max(ay, by) + radius, size)
    if box.is_empty:
        return Area(NOWHERE, np.zeros((0, 0), np.bool_))
    rows: NDArray[np.float64] = np.arange(box.top, box.bottom, dtype=np.float64) + 0.5
    low, high = np.full(len(rows), np.inf), np.full(len(rows), -np.inf)
    for x, y in ((ax, ay), (bx, by)):
        half = np.sqrt(np.maximum(radius**2 - (rows - y) ** 2, 0.0))
        within = np.abs(rows - y) <= radius + _ROUNDING_PX
        low = np.where(within, np.minimum(low, x - half), low)
        high = np.where(within, np.maximum(high, x + half), high)
    low, high = _widened_by_band(rows, (ax, ay), (bx, by), radius, low, high)
    # A row of the stroke is one span: discs and the band between them are convex, and so is what they cover.
    columns = np.arange(box.left, box.right) + 0.5
    inside = (columns >= low[:, None] - _ROUNDING_PX) & (columns <= high[:, None] + _ROUNDING_PX)
    return Area(box, inside)


def _widened_by_band(
    rows: NDArray[np.float64],
    start: Point,
    end: Point,
    radius: float,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The spans of *rows*, with the straight band between two discs."""
    across, down = end[0] - start[0], end[1] - start[1]
    length = float(np.hypot(across, down))
    if length == 0:
        return low, high
    nx, ny = -down / length * radius, across / length * radius
    corners = [
        (start[0] + nx, start[1] + ny),
        (end[0] + nx, end[1] + ny),
        (end[0] - nx, end[1] - ny),
        (start[0] - nx, start[1] - ny),
    ]
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        if y0 == y1:
            continue
        crossed = (rows >= min(y0, y1)) & (rows <= max(y0, y1))
        x = x0 + (rows - y0) * ((x1 - x0) / (y1 - y0))
        low = np.where(crossed, np.minimum(low, x), low)
        high = np.where(crossed, np.maximum(high, x), high)
    return low, high


def polygon_area(points: Sequence[Point], size: Size) -> Area:
    """Pixels whose centre lies in the polygon, by the even-odd rule; what is outside the image is left out."""
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    box = _clipped(min(xs), min(ys), max(xs), max(ys), size)
    height, width = box.bottom - box.top, box.right - box.left
    if box.is_empty:
        return Area(NOWHERE, np.zeros((0, 0), np.bool_))
    shares = tuple(((x - box.left) / width, (y - box.top) / height) for x, y in points)
    return Area(box, shape_mask(Shape("polygon", shares), height, width))


def rectangle_area(start: Point, end: Point, size: Size) -> Area:
    """From the pixel that holds *start* to the one that holds *end*, both included."""
    (ax, ay), (bx, by) = _pixel_centre(start), _pixel_centre(end)
    box = _clipped(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by), size)
    return Area(box, np.ones((box.bottom - box.top, box.right - box.left), np.bool_))


def alike_area(pixels: NDArray[np.uint8], at: Point, tolerance: int) -> Area:
    """Pixels connected with the one at *at* whose values differ from its by at most *tolerance* in every channel.

    *pixels* (H, W) or (H, W, 3).
    """
    return _flooded(np.ascontiguousarray(pixels), at, float(tolerance))


def region_area(mask: NDArray[np.bool_], at: Point) -> Area:
    """The connected region of the mask at *at*, or of what is not masked."""
    inside = mask[int(at[1]), int(at[0])]
    # A gap that a line of the mask closes at its corners alone is closed for the eye as well.
    return _flooded(mask.view(np.uint8), at, 0.0, corners=bool(inside))


def hole_area(mask: NDArray[np.bool_], at: Point) -> Area:
    """What a click fills: the unmasked area at *at*; on the mask, the holes of the region there."""
    if not mask[int(at[1]), int(at[0])]:
        return region_area(mask, at)
    box, inside = region_area(mask, at)
    outside = np.pad(inside, 1).astype(np.uint8)
    cv2.floodFill(outside, None, (0, 0), 1, flags=4)
    return Area(box, outside[1:-1, 1:-1] == 0)


def map_area(stored: NDArray[np.uint16], level: float, size: Size, at: Point | None = None) -> Area:
    """Pixels of the image below which a map (h, w) is at least *level*; with *at*, those connected with it alone."""
    above = stored >= level
    down, across = size[0] / above.shape[0], size[1] / above.shape[1]
    if at is None:
        part = _around(above)
    else:
        place = (min(at[0] / across, above.shape[1] - 0.5), min(at[1] / down, above.shape[0] - 0.5))
        if not above[int(place[1]), int(place[0])]:
            return Area(NOWHERE, np.zeros((0, 0), np.bool_))
        part = region_area(above, place)
    box = Box(
        _first_over(part.box.top, down),
        _first_over(part.box.left, across),
        _first_over(part.box.bottom, down),
        _first_over(part.box.right, across),
    )
    rows = ((np.arange(box.top, box.bottom) + 0.5) / down).astype(int) - part.box.top
    columns = ((np.arange(box.left, box.right) + 0.5) / across).astype(int) - part.box.left
    return Area(box, part.inside[rows[:, None], columns])


def _first_over(cell: int, pixels: float) -> int:
    """The first pixel whose centre lies over *cell* or a later one, of cells *pixels* wide."""
    return int(np.ceil(cell * pixels - 0.5))


def _flooded(values: NDArray[np.uint8], at: Point, tolerance: float, *, corners: bool = True) -> Area:
    height, width = values.shape[:2]
    reached = np.zeros((height + 2, width + 2), np.uint8)
    flags = _FLOOD if corners else _FLOOD & ~8 | 4
    seed, spread = (int(at[0]), int(at[1])), (tolerance,) * 3
    _, _, _, (x, y, w, h) = cv2.floodFill(values, reached, seed, 0, spread, spread, flags)
    box = Box(y, x, y + h, x + w)
    return Area(box, reached[1:-1, 1:-1][box.slices] == 1)


def _around(mask: NDArray[np.bool_]) -> Area:
    """All that is True, in the smallest box."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return Area(NOWHERE, np.zeros((0, 0), np.bool_))
    box = Box(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
    return Area(box, mask[box.slices])


def _pixel_centre(point: Point) -> Point:
    """Of the pixel that holds *point*."""
    return float(np.floor(point[0])) + 0.5, float(np.floor(point[1])) + 0.5


def _clipped(x0: float, y0: float, x1: float, y1: float, size: Size) -> Box:
    """The pixels that have a part between two corners, within the image."""
    top, left = max(0, int(np.floor(y0))), max(0, int(np.floor(x0)))
    bottom, right = min(size[0], int(np.ceil(y1))), min(size[1], int(np.ceil(x1)))
    return Box(top, left, bottom, right) if bottom > top and right > left else NOWHERE

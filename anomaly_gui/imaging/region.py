"""The region of interest: which part of every image counts, drawn once for all of them.

Shapes in shares of width and height rather than a mask at some size: they are sharp at every size that training,
scoring and the line use, take a few bytes of the journal and the bundle, and can be edited again corner by corner.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError

_SHARE_GRID = 512

ShapeKind = Literal["rectangle", "polygon"]


class Shape(msgspec.Struct, frozen=True):
    """One outline; of a rectangle *points* are two opposite corners."""

    kind: ShapeKind
    points: tuple[tuple[float, float], ...]
    """(x, y) in shares of width and height, [0, 1] from the left and the top."""


class Region(msgspec.Struct, frozen=True):
    """What counts: within any shape of *inside* (everything if there is none), and in none of *ignored*."""

    inside: tuple[Shape, ...] = ()
    ignored: tuple[Shape, ...] = ()

    @property
    def is_everything(self) -> bool:
        return not self.inside and not self.ignored


def region_mask(region: Region, height: int, width: int) -> NDArray[np.bool_]:
    """(height, width) bool, True where an image counts: at pixels whose centre lies in the region."""
    counted = np.full((height, width), not region.inside)
    for shape in region.inside:
        counted |= shape_mask(shape, height, width)
    for shape in region.ignored:
        counted &= ~shape_mask(shape, height, width)
    return counted


def inside_of(region: Region, height: int, width: int) -> NDArray[np.bool_] | None:
    """(height, width) bool: what counts of an image or its map; None if that is everything."""
    return None if region.is_everything else region_mask(region, height, width)


def inside_of_part(region: Region, height: int, width: int, top: int, left: int, side: int) -> NDArray[np.bool_] | None:
    """(side, side) bool: what counts of the square at *top* and *left* of an image of *height* × *width*; None if that
    is everything. Nothing as large as the image is made."""

    def moved(shape: Shape) -> Shape:
        return Shape(shape.kind, tuple(((x * width - left) / side, (y * height - top) / side) for x, y in shape.points))

    part = Region(tuple(map(moved, region.inside)), tuple(map(moved, region.ignored)))
    return inside_of(part, side, side)


def region_share(region: Region) -> float:
    """The share of an image that counts, [0, 1], as a grid of 512 by 512 points finds it."""
    return float(region_mask(region, _SHARE_GRID, _SHARE_GRID).mean())


def fill_outside(image: NDArray[np.float32], inside: NDArray[np.bool_] | None) -> NDArray[np.float32]:
    """(C, H, W) whose pixels outside of *inside* (H, W) have each channel's mean of those inside, or of all where none
    is inside.

    Whatever lies there can then tell a network nothing, however far it sees, and a darker image has a darker fill.
    None leaves the image as it is.
    """
    if inside is None:
        return image
    means = image[:, inside if inside.any() else ~inside].mean(axis=1)
    return np.where(inside, image, means[:, None, None])


def shape_mask(shape: Shape, height: int, width: int) -> NDArray[np.bool_]:
    """(height, width) bool, True at pixels whose centre lies in *shape*, by the even-odd rule.

    A centre on an edge belongs to the side to its right or below, so that shapes that share an edge share no
    pixel and leave none out. An edge within 1e-9 px of a centre runs through it.
    """
    corners = np.array(_corners(shape)) * (width, height)
    ends = np.roll(corners, -1, axis=0)
    turned = np.zeros((height, width + 1), np.bool_)
    for (x0, y0), (x1, y1) in zip(corners, ends, strict=True):
        rows = np.arange(*sorted((_first_centre(y0, height), _first_centre(y1, height))))
        if len(rows):
            crossed = x0 + (rows + 0.5 - y0) * ((x1 - x0) / (y1 - y0))
            columns = np.clip(np.ceil(crossed - 0.5 - 1e-9), 0, width).astype(int)
            turned[rows, columns] ^= True
    inside: NDArray[np.bool_] = np.logical_xor.accumulate(turned[:, :width], axis=1)
    return inside


def checked_region(region: Region) -> Region:
    """*region* with its corners moved into the image. Raises InputError for shapes that enclose nothing."""
    return Region(tuple(map(_checked, region.inside)), tuple(map(_checked, region.ignored)))


def _checked(shape: Shape) -> Shape:
    count = len(shape.points)
    if shape.kind == "rectangle" and count != 2:
        raise InputError("region", f"a rectangle is given by {count} corners", "Give two opposite ones")
    if shape.kind == "polygon" and count < 3:
        raise InputError("region", f"a polygon has {count} corners", "Draw three or more")
    if not all(math.isfinite(value) for point in shape.points for value in point):
        raise InputError("region", "a corner is not a number", "Draw the shape again")
    moved = tuple((min(max(float(x), 0.0), 1.0), min(max(float(y), 0.0), 1.0)) for x, y in shape.points)
    if len({x for x, _ in moved}) < 2 or len({y for _, y in moved}) < 2:
        raise InputError("region", f"a {shape.kind} encloses nothing of the image", "Draw it larger, or leave it out")
    return Shape(shape.kind, moved)


def _corners(shape: Shape) -> tuple[tuple[float, float], ...]:
    if shape.kind == "polygon":
        return shape.points
    (x0, y0), (x1, y1) = shape.points
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def _first_centre(y: float, height: int) -> int:
    """The first row whose centre is at *y* or below it."""
    return min(max(math.ceil(y - 0.5 - 1e-9), 0), height)

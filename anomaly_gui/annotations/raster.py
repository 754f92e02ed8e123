"""Shapes become pixels: a pixel is marked when its centre lies in the shape."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.annotations.records import Box, Circle, Line, Point, Points, Polygon, Region, Shape
from anomaly_gui.annotations.rle import Rle, decode

Place = Literal["inside", "over the edge", "outside"]
_FAR = 1e6
"""Pixels beyond any image: strokes are cut there before OpenCV sees their coordinates."""


def mask_of(regions: Iterable[Region], height: int, width: int) -> NDArray[np.bool_]:
    """(H, W) bool: what any of the regions marks, cut at the image's edge."""
    mask = np.zeros((height, width), bool)
    for region in regions:
        paint(mask, region.shape, True)
    return mask


def paint(picture: NDArray[np.bool_] | NDArray[np.uint8], shape: Shape, value: int) -> None:
    """Set the pixels of *shape* in *picture* (H, W), in place.

    An outline too small or too thin to hold any pixel's centre marks the pixels that it passes, so that no
    defect vanishes.
    """
    height, width = picture.shape
    if isinstance(shape, Rle):
        picture[decode(shape)] = value
        return
    around = bounding_box(shape)
    if place_of(shape, height, width) == "outside":
        return
    top, left = (max(0, math.floor(v)) for v in (around.top, around.left))
    bottom, right = min(height, math.floor(around.bottom) + 1), min(width, math.floor(around.right) + 1)
    part = picture[min(top, height - 1) : bottom, min(left, width - 1) : right]
    marked = _marked(shape, min(top, height - 1), min(left, width - 1), *part.shape)
    part[marked] = value


def bounding_box(shape: Shape) -> Box:
    """The smallest upright rectangle around *shape*; of a mask that marks nothing, one without area."""
    match shape:
        case Box():
            return shape
        case Circle(centre=(x, y)):
            radius = math.dist(shape.centre, shape.rim)
            return Box(x - radius, y - radius, x + radius, y + radius)
        case Rle():
            rows, columns = (np.flatnonzero(decode(shape).any(axis=axis)).tolist() for axis in (1, 0))
            return Box(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1) if rows else Box(0, 0, 0, 0)
        case Polygon():
            points = [point for part in shape.parts for point in part]
        case _:
            points = list(shape.points)
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def place_of(shape: Shape, height: int, width: int) -> Place:
    """Where *shape* lies in an image of this size."""
    around = bounding_box(shape)
    if around.left >= 0 and around.top >= 0 and around.right <= width and around.bottom <= height:
        return "inside"
    if around.left < width and around.top < height and around.right > 0 and around.bottom > 0:
        return "over the edge"
    return "outside"


def _marked(shape: Shape, top: int, left: int, height: int, width: int) -> NDArray[np.bool_]:
    """(height, width) bool of the part of the image that begins at *top*, *left*."""
    match shape:
        case Box():
            corners = ((shape.left, shape.top), (shape.right, shape.top))
            return _solid((*corners, (shape.right, shape.bottom), (shape.left, shape.bottom)), top, left, height, width)
        case Polygon():
            marked = np.zeros((height, width), bool)
            for part in shape.parts:
                marked |= _solid(part, top, left, height, width)
            return marked
        case Circle(centre=(x, y)):
            rows, columns = np.ogrid[top + 0.5 : top + height, left + 0.5 : left + width]
            marked = np.asarray(np.hypot(rows - y, columns - x) <= math.dist(shape.centre, shape.rim))
            return marked if marked.any() else _dotted((shape.centre,), top, left, height, width)
        case Line():
            return _stroked(shape.points, top, left, height, width)
        case Points():
            return _dotted(shape.points, top, left, height, width)
        case _:
            raise TypeError(f"no pixels of {type(shape).__name__}")


def _filled(outline: tuple[Point, ...], top: int, left: int, height: int, width: int) -> NDArray[np.bool_]:
    """Even-odd rule: a pixel is in if a ray from its centre to the left crosses the outline an odd number of times."""
    crossings = np.zeros((height, width + 1), bool)
    for (x1, y1), (x2, y2) in zip(outline, outline[1:] + outline[:1], strict=True):
        if y1 == y2:
            continue
        low, high = min(y1, y2), max(y1, y2)
        rows = np.arange(max(0, math.ceil(low - 0.5) - top), min(height, math.ceil(high - 0.5) - top))
        x = x1 + (rows + top + 0.5 - y1) * ((x2 - x1) / (y2 - y1))
        columns = np.clip(np.ceil(x - 0.5) - left, 0, width).astype(np.intp)
        crossings[rows, columns] ^= True  # one crossing a row and edge: no index comes twice
    return np.logical_xor.accumulate(crossings[:, :width], axis=1)


def _solid(outline: tuple[Point, ...], top: int, left: int, height: int, width: int) -> NDArray[np.bool_]:
    filled = _filled(outline, top, left, height, width)
    return filled if filled.any() else _stroked((*outline, outline[0]), top, left, height, width)


def _stroked(points: tuple[Point, ...], top: int, left: int, height: int, width: int) -> NDArray[np.bool_]:
    """The pixels that strokes of one pixel's width pass."""
    drawn = np.zeros((height, width), np.uint8)
    near = np.clip(np.array(points) - (left, top), -_FAR, _FAR)
    pixels = np.floor(near).astype(np.int32) - (near == (width, height))  # the far edge belongs to the last pixel
    cv2.polylines(drawn, [pixels.reshape(-1, 1, 2)], isClosed=False, color=1)
    return drawn.astype(bool)


def _dotted(points: tuple[Point, ...], top: int, left: int, height: int, width: int) -> NDArray[np.bool_]:
    """The pixels that the points lie in."""
    marked = np.zeros((height, width), bool)
    for x, y in points:
        row, column = math.floor(y) - top - (y - top == height), math.floor(x) - left - (x - left == width)
        if 0 <= row < height and 0 <= column < width:
            marked[row, column] = True
    return marked

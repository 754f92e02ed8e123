"""The region of interest under the hand: shapes are put, moved, bent and taken away. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import Literal

import numpy as np

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.mask_areas import NOWHERE, Box, Point
from anomaly_gui.imaging.region import Region, Shape, checked_region

RegionTool = Literal["select", "rectangle", "polygon"]
_CORNERS = 3
_SMALLEST_PX = 2


@dataclass
class RegionTools:
    """What the hand does."""

    tool: RegionTool = "rectangle"
    ignores: bool = False
    """Whether a new shape says what does not count."""


@dataclass(frozen=True)
class _Grip:
    """A shape that is held, and where."""

    start: Point
    corner: int | None
    shape: Shape


class RegionDrawing:
    """Points are pixels of the image shown; shapes are kept in shares, for every image.

    Boxes are always NOWHERE: what changed is `region`.
    """

    def __init__(self, region: Region, tools: RegionTools, size: tuple[int, int]) -> None:
        """*size*: height and width of the image shown."""
        self.region = region
        self.tools = tools
        self.size = size
        self.selected: int | None = None
        """Place among all shapes, those that are ignored last."""
        self._corners: list[Point] = []
        self._rectangle: tuple[Point, Point] | None = None
        self._ignores = False
        self._grip: _Grip | None = None

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return (*self.region.inside, *self.region.ignored)

    @property
    def works(self) -> bool:
        return True

    @property
    def is_held(self) -> bool:
        """Whether a key presses the tool and lifts it again."""
        return self.tools.tool != "polygon"

    @property
    def is_busy(self) -> bool:
        return bool(self._corners) or self._rectangle is not None or self._grip is not None

    @property
    def sketch(self) -> list[Point]:
        """What is being drawn, or the corners of the shape that is selected."""
        if self._rectangle is not None:
            (x0, y0), (x1, y1) = self._rectangle
            return [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
        if self._corners or self.selected is None:
            return list(self._corners)
        outline = self.outline(self.shapes[self.selected])
        return [*outline, outline[0]]

    def outline(self, shape: Shape) -> list[Point]:
        """Its corners in pixels of the image shown."""
        height, width = self.size
        points = [(x * width, y * height) for x, y in shape.points]
        if shape.kind == "polygon":
            return points
        (x0, y0), (x1, y1) = points
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]

    # The hand

    def press(self, at: Point, way: str = "", reach: float = 0.0) -> Box:
        """*way* "add": what counts; "subtract": what does not; else as the tools say."""
        self._ignores = self.tools.ignores if not way else way == "subtract"
        if self.tools.tool == "rectangle":
            self.selected, self._rectangle = None, (at, at)
        elif self.tools.tool == "polygon":
            self.selected = None
            self._put_corner(at, reach)
        else:
            self._take(at, reach)
        return NOWHERE

    def move(self, to: Point) -> Box:
        if self._rectangle is not None:
            self._rectangle = (self._rectangle[0], to)
        elif self._grip is not None and self.selected is not None:
            self._replace(self.selected, self._moved(self._grip, to))
        return NOWHERE

    def release(self, at: Point) -> Box:
        if self._rectangle is not None:
            start, self._rectangle = self._rectangle[0], None
            if min(abs(at[0] - start[0]), abs(at[1] - start[1])) >= _SMALLEST_PX:
                self._put(Shape("rectangle", (self._share(start), self._share(at))))
        elif self._grip is not None:
            grip, self._grip = self._grip, None
            if self.selected is not None and not _is_sound(self.shapes[self.selected]):
                self._replace(self.selected, grip.shape)
        return NOWHERE

    def finish(self) -> Box:
        """Close the polygon; one of less than three corners is dropped."""
        corners, self._corners = self._corners, []
        if len(corners) >= _CORNERS:
            self._put(Shape("polygon", tuple(map(self._share, corners))))
        return NOWHERE

    def cancel(self) -> Box:
        """Drop what is begun."""
        self._corners, self._rectangle = [], None
        if self._grip is not None and self.selected is not None:
            self._replace(self.selected, self._grip.shape)
        self._grip = None
        return NOWHERE

    def drop_corner(self) -> bool:
        """Take the polygon's last corner back; False if none is drawn."""
        return bool(self._corners) and self._corners.pop() is not None

    # Commands

    def remove_selected(self) -> None:
        if self.selected is not None:
            place, self.selected = self.selected, None
            self._replace(place, None)

    def select_next(self) -> None:
        """The next shape, and after the last one none: for the keyboard."""
        count = len(self.shapes)
        following = 0 if self.selected is None else self.selected + 1
        self.selected = following if following < count else None

    # Details

    def _take(self, at: Point, reach: float) -> None:
        """Hold the corner near *at*, or else the uppermost shape around it."""
        self.selected = self._grip = None
        for place in reversed(range(len(self.shapes))):
            shape = self.shapes[place]
            corner = self._corner_near(shape, at, reach)
            if corner is not None or _holds(self.outline(shape), at):
                self.selected, self._grip = place, _Grip(at, corner, shape)
                return

    def _corner_near(self, shape: Shape, at: Point, reach: float) -> int | None:
        """Of a rectangle all four count: corner 0 is that of the first point, 2 that of the second."""
        distances = [hypot(x - at[0], y - at[1]) for x, y in self.outline(shape)]
        nearest = int(np.argmin(distances))
        return nearest if distances[nearest] <= reach else None

    def _moved(self, grip: _Grip, to: Point) -> Shape:
        height, width = self.size
        by_x, by_y = (to[0] - grip.start[0]) / width, (to[1] - grip.start[1]) / height
        points = list(grip.shape.points)
        if grip.corner is None:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            by_x = min(max(by_x, -min(xs)), 1 - max(xs))
            by_y = min(max(by_y, -min(ys)), 1 - max(ys))
            points = [(x + by_x, y + by_y) for x, y in points]
        elif grip.shape.kind == "polygon":
            x, y = points[grip.corner]
            points[grip.corner] = _kept_inside(x + by_x, y + by_y)
        else:
            points = _with_corner(points, grip.corner, by_x, by_y)
        return Shape(grip.shape.kind, tuple(points))

    def _put_corner(self, at: Point, reach: float) -> None:
        if len(self._corners) >= _CORNERS and hypot(at[0] - self._corners[0][0], at[1] - self._corners[0][1]) <= reach:
            self.finish()
        elif not self._corners or at != self._corners[-1]:
            self._corners.append(at)

    def _put(self, shape: Shape) -> None:
        if _is_sound(shape):
            inside, ignored = self.region.inside, self.region.ignored
            self.region = Region(inside, (*ignored, shape)) if self._ignores else Region((*inside, shape), ignored)

    def _replace(self, place: int, shape: Shape | None) -> None:
        count = len(self.region.inside)
        shapes = list(self.shapes)
        shapes[place : place + 1] = [] if shape is None else [shape]
        if shape is None and place < count:
            count -= 1
        self.region = Region(tuple(shapes[:count]), tuple(shapes[count:]))

    def _share(self, point: Point) -> Point:
        height, width = self.size
        return _kept_inside(point[0] / width, point[1] / height)


def _with_corner(points: list[Point], corner: int, by_x: float, by_y: float) -> list[Point]:
    """A rectangle with one of its four corners moved."""
    (x0, y0), (x1, y1) = points
    if corner in (0, 3):
        x0 += by_x
    else:
        x1 += by_x
    if corner in (0, 1):
        y0 += by_y
    else:
        y1 += by_y
    return [_kept_inside(x0, y0), _kept_inside(x1, y1)]


def _kept_inside(x: float, y: float) -> Point:
    return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)


def _is_sound(shape: Shape) -> bool:
    try:
        checked_region(Region((shape,)))
    except InputError:
        return False
    return True


def _holds(outline: list[Point], at: Point) -> bool:
    """By the even-odd rule."""
    inside = False
    for (x0, y0), (x1, y1) in zip(outline, outline[1:] + outline[:1], strict=True):
        if (y0 <= at[1]) != (y1 <= at[1]) and x0 + (at[1] - y0) * (x1 - x0) / (y1 - y0) <= at[0]:
            inside = not inside
    return inside

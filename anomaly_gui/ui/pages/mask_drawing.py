"""What the hand does with a tool, made into changes of a mask. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.mask_areas import (
    NOWHERE,
    Area,
    Box,
    Point,
    alike_area,
    brush_area,
    hole_area,
    map_area,
    polygon_area,
    rectangle_area,
    region_area,
)
from anomaly_gui.imaging.mask_edits import MaskEdits

Tool = Literal["select", "brush", "eraser", "polygon", "rectangle", "fill", "wand"]
Source = Literal["grey", "map"]
LARGEST_BRUSH_PX = 1001
_CORNERS = 3


@dataclass
class ToolSettings:
    """How the tools work; kept from image to image."""

    tool: Tool = "brush"
    subtracts: bool = False
    """Whether tools take away where the hand does not say."""
    brush_px: int = 15
    """Diameter, odd: a disc has a middle pixel."""
    source: Source = "grey"
    """What the wand compares."""
    tolerance: int = 24
    """In grey values of 0 to 255."""
    share_percent: int = 60
    """The error map's wand takes what is at least this share of the value clicked."""

    def resized(self, notches: float) -> int:
        """The brush a step larger or smaller: by about a sixth, at least to the next odd number."""
        wanted = self.brush_px * 1.18**notches
        step = 2 if notches > 0 else -2
        odd = 2 * round((wanted - 1) / 2) + 1
        return min(max(odd if odd != self.brush_px else self.brush_px + step, 1), LARGEST_BRUSH_PX)


class MaskDrawing:
    """One image's mask under the tools. Every method tells the box that changed."""

    def __init__(
        self,
        edits: MaskEdits,
        settings: ToolSettings,
        shown: NDArray[np.uint8] | None = None,
        stored_map: NDArray[np.uint16] | None = None,
    ) -> None:
        """*shown* (H, W) or (H, W, 3) as on the screen; *stored_map* (h, w), the run's error map."""
        self.edits = edits
        self.settings = settings
        self._shown = shown
        self._map = stored_map
        self._last: Point | None = None
        self._corners: list[Point] = []
        self._rectangle: tuple[Point, Point] | None = None
        self._subtracts = False
        self._wand: Point | None = None
        """Where the last step was the wand's: moving its slider does that step again."""
        self._wand_changed = False

    @property
    def sketch(self) -> tuple[list[Point], bool]:
        """The outline that is not done yet, and whether it is closed."""
        if self._rectangle is not None:
            (x0, y0), (x1, y1) = self._rectangle
            left, right, top, bottom = int(min(x0, x1)), int(max(x0, x1)) + 1, int(min(y0, y1)), int(max(y0, y1)) + 1
            return [(left, top), (right, top), (right, bottom), (left, bottom)], True
        return list(self._corners), False

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.edits.size

    @property
    def works(self) -> bool:
        return self.settings.tool != "select"

    @property
    def is_held(self) -> bool:
        """Whether a key presses the tool and lifts it again."""
        return self.settings.tool in ("brush", "eraser", "rectangle")

    @property
    def is_busy(self) -> bool:
        """Whether something is begun that cancel() would drop."""
        return self._last is not None or bool(self._corners) or self._rectangle is not None

    # The hand

    def press(self, at: Point, way: str = "", reach: float = 0.0) -> Box:
        """*way* "add" or "subtract", else as the settings say; *reach* px from its first corner a polygon is closed."""
        tool = self.settings.tool
        self._subtracts = tool == "eraser" or (self.settings.subtracts if not way else way == "subtract")
        if tool in ("brush", "eraser"):
            self._wand = None
            self.edits.begin()
            self._last = at
            return self._stroke_to(at)
        if tool == "rectangle":
            self._rectangle = (at, at)
        elif tool == "polygon":
            return self._put_corner(at, reach)
        elif tool in ("fill", "wand") and self._holds(at):
            return self._click(at)
        return NOWHERE

    def move(self, to: Point) -> Box:
        """With the button held."""
        if self._rectangle is not None:
            self._rectangle = (self._rectangle[0], to)
        return self._stroke_to(to) if self._last is not None else NOWHERE

    def release(self, at: Point) -> Box:
        if self._last is not None:
            self._last = None
            self.edits.end()
        elif self._rectangle is not None:
            start, self._rectangle = self._rectangle[0], None
            return self._put(rectangle_area(start, at, self.edits.size))
        return NOWHERE

    def cancel(self) -> Box:
        """Drop what is begun."""
        self._corners, self._rectangle = [], None
        if self._last is not None:
            self._last = None
            return self.edits.cancel()
        return NOWHERE

    def settle(self) -> Box:
        """Keep what is begun as far as it goes: the image is left, or the window closes."""
        if self._last is not None:
            return self.release(self._last)
        self._rectangle = None
        return self.finish()

    def finish(self) -> Box:
        """Close the polygon; one of less than three corners is dropped."""
        corners, self._corners = self._corners, []
        return self._put(polygon_area(corners, self.edits.size)) if len(corners) >= _CORNERS else NOWHERE

    def drop_corner(self) -> bool:
        """Take the polygon's last corner back; False if none is drawn."""
        return bool(self._corners) and self._corners.pop() is not None

    # Without the hand

    def undo(self) -> Box | None:
        """A corner of a polygon first; None if there is nothing to take back."""
        self._wand = None
        return NOWHERE if self.drop_corner() else self.edits.undo()

    def redo(self) -> Box | None:
        self._wand = None
        return self.edits.redo()

    def clear(self) -> Box:
        self._wand = None
        self._corners = []
        return self.edits.clear()

    def invert(self) -> Box:
        self._wand = None
        return self.edits.invert()

    def start_from_map(self, level: float) -> Box:
        """Mask what the error map says at *level*, and nothing else."""
        self._wand = None
        return NOWHERE if self._map is None else self.edits.replace(map_area(self._map, level, self.edits.size))

    @property
    def wand_is_live(self) -> bool:
        """Whether adjust() would do the wand's last step again."""
        return self._wand is not None

    def adjust(self) -> Box:
        """The wand's tolerance changed: do its last step again."""
        if self._wand is None:
            return NOWHERE
        at, before = self._wand, NOWHERE
        if self._wand_changed:
            before = self.edits.undo() or NOWHERE
        return before.joined(self._apply_wand(at))

    # Details

    def _click(self, at: Point) -> Box:
        if self.settings.tool == "wand":
            self._wand = at
            return self._apply_wand(at)
        self._wand = None
        if self._subtracts:
            holds = self.edits.mask[int(at[1]), int(at[0])]
            return self._put(region_area(self.edits.mask, at)) if holds else NOWHERE
        return self._put(hole_area(self.edits.mask, at))

    def _apply_wand(self, at: Point) -> Box:
        changed = self._put(self._wand_area(at), wand=True)
        self._wand_changed = not changed.is_empty
        return changed

    def _wand_area(self, at: Point) -> Area:
        if self.settings.source == "map" and self._map is not None:
            height, width = self._map.shape
            clicked = self._map[int(at[1] * height / self.edits.size[0]), int(at[0] * width / self.edits.size[1])]
            return map_area(self._map, float(clicked) * self.settings.share_percent / 100, self.edits.size, at)
        if self._shown is None:
            return Area(NOWHERE, np.zeros((0, 0), np.bool_))
        return alike_area(self._shown, at, self.settings.tolerance)

    def _stroke_to(self, to: Point) -> Box:
        start, self._last = self._last or to, to
        area = brush_area(start, to, self.settings.brush_px / 2, self.edits.size)
        return self.edits.subtract(area) if self._subtracts else self.edits.add(area)

    def _put_corner(self, at: Point, reach: float) -> Box:
        if len(self._corners) >= _CORNERS and hypot(at[0] - self._corners[0][0], at[1] - self._corners[0][1]) <= reach:
            return self.finish()
        # A double click puts no second corner where the first one is.
        if not self._corners or at != self._corners[-1]:
            self._corners.append(at)
        return NOWHERE

    def _put(self, area: Area, *, wand: bool = False) -> Box:
        if not wand:
            self._wand = None
        return self.edits.subtract(area) if self._subtracts else self.edits.add(area)

    def _holds(self, at: Point) -> bool:
        height, width = self.edits.size
        return 0 <= at[0] < width and 0 <= at[1] < height

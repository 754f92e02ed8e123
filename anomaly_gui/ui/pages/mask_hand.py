"""The hand that draws: the mouse in the pane, or the cross that the arrow keys move."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, QPointF, Signal, Slot

from anomaly_gui.imaging.mask_areas import NOWHERE, Box, Point
from anomaly_gui.ui.widgets.draw_pane import DrawPane
from anomaly_gui.ui.widgets.pane_navigator import PaneNavigator

_CLOSE_PX = 9
"""On the screen: so near to its first corner a polygon is closed."""
_STEPS = 40
"""Key presses across what is seen."""


class Drawing(Protocol):
    """What the hand draws in."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the image."""

    @property
    def works(self) -> bool:
        """Whether the tool draws at all."""

    @property
    def is_held(self) -> bool:
        """Whether a key presses the tool and lifts it again; else a press is a click."""

    def press(self, at: Point, way: str = "", reach: float = 0.0) -> Box: ...
    def move(self, to: Point) -> Box: ...
    def release(self, at: Point) -> Box: ...
    def finish(self) -> Box: ...
    def drop_corner(self) -> bool: ...


class MaskHand(QObject):
    """Moves one drawing at a time."""

    changed = Signal(object, bool)
    """Box, and whether the stroke is still under way."""

    def __init__(self, pane: DrawPane, navigator: PaneNavigator, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pane, self._navigator = pane, navigator
        self._drawing: Drawing | None = None
        self._key_is_down = False
        pane.pressed.connect(self._press)
        pane.dragged.connect(self._drag)
        pane.released.connect(self._release)

    def take(self, drawing: Drawing | None) -> None:
        """Another image."""
        self._drawing = drawing
        self.let_go()
        self._pane.set_cross(None)

    def let_go(self) -> None:
        """The key that was pressed is up again."""
        self._key_is_down = False

    @Slot(QPointF, str)
    def _press(self, at: QPointF, way: str) -> None:
        self._pane.setFocus()
        self._pane.set_cross(None)
        self.let_go()
        self._press_at((at.x(), at.y()), way)

    def _press_at(self, at: Point, way: str = "") -> None:
        if self._drawing is not None:
            reach = _CLOSE_PX / self._navigator.viewport.scale
            self.changed.emit(self._drawing.press(at, way, reach), True)

    @Slot(QPointF)
    def _drag(self, at: QPointF) -> None:
        if self._drawing is not None:
            self.changed.emit(self._drawing.move((at.x(), at.y())), True)

    @Slot(QPointF)
    def _release(self, at: QPointF) -> None:
        self._release_at((at.x(), at.y()))

    def _release_at(self, at: Point) -> None:
        if self._drawing is not None:
            self.changed.emit(self._drawing.release(at), False)

    def move_cross(self, across: int, down: int) -> None:
        """By a fortieth of what is seen, and by a pixel at least; the first press shows it in the middle."""
        if self._drawing is None:
            return
        viewport, (height, width) = self._navigator.viewport, self._drawing.size
        step = max(1, round(min(self._pane.pane_size) / viewport.scale / _STEPS))
        x, y = self._pane.cross or (int(viewport.centre_x) + 0.5, int(viewport.centre_y) + 0.5)
        place = (
            min(max(x + across * step, 0.5), width - 0.5),
            min(max(y + down * step, 0.5), height - 0.5),
        )
        self._navigator.show_place(*place)
        self._pane.set_cross(place)
        if self._key_is_down:
            self.changed.emit(self._drawing.move(place), True)

    def press_key(self) -> None:
        """The mouse's button at the cross: down, then up; corners and clicks need no second press."""
        cross = self._pane.cross
        if self._drawing is None or not self._drawing.works:
            return
        if cross is None:
            self.move_cross(0, 0)
        elif self._key_is_down:
            self.let_go()
            self._release_at(cross)
        else:
            self._press_at(cross)
            self._key_is_down = self._drawing.is_held
            if not self._key_is_down:
                self._release_at(cross)

    def finish(self) -> None:
        """Close the polygon."""
        if self._drawing is not None:
            self.changed.emit(self._drawing.finish(), False)

    def drop_corner(self) -> None:
        """Take back the polygon's last corner."""
        if self._drawing is not None and self._drawing.drop_corner():
            self.changed.emit(NOWHERE, False)

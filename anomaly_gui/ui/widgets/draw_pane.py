"""A pane to draw in: tells where the tool goes, and shows it before it is done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from anomaly_gui.imaging.mask_areas import Box, Point
from anomaly_gui.ui.widgets.image_pane import ImagePane

ADD, SUBTRACT = "add", "subtract"
_HALO, _LINE = QColor(0, 0, 0, 170), QColor(255, 255, 255)
_MARGIN_PX = 4
_CORNER_PX = 3.0
_CROSS_PX = 11
_WAYS = {Qt.KeyboardModifier.ShiftModifier: ADD, Qt.KeyboardModifier.ControlModifier: SUBTRACT}


class DrawPane(ImagePane):
    """Announces the tool in image coordinates; what it does is the owner's business."""

    pressed = Signal(QPointF, str)
    """Where, and ADD or SUBTRACT where the hand asks for it (Shift, Ctrl, right button), else ""."""
    dragged = Signal(QPointF)
    released = Signal(QPointF)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._draws = False
        self._pressed: Qt.MouseButton | None = None
        self._brush_px: float | None = None
        self._pointer: QPointF | None = None
        self._cross: Point | None = None
        self._sketch: list[Point] = []
        self._sketch_is_closed = False

    # What is shown

    def set_drawing(self, draws: bool) -> None:
        """Whether the left button draws; else it moves the image, as the middle one always does."""
        self._draws = draws
        self._pressed = None
        self.setCursor(Qt.CursorShape.CrossCursor if draws else Qt.CursorShape.OpenHandCursor)

    def set_brush(self, diameter_px: float | None) -> None:
        """The circle below the mouse, in image pixels; None for tools without one."""
        self._brush_px = diameter_px
        self.update()

    def set_cross(self, place: Point | None) -> None:
        """Where the keyboard's tool is."""
        self._update_around(self._cross)
        self._cross = place
        self._update_around(place)

    @property
    def cross(self) -> Point | None:
        return self._cross

    def set_sketch(self, points: Sequence[Point], *, closed: bool = False) -> None:
        """The outline that is being drawn."""
        if self._sketch or points:
            self._sketch, self._sketch_is_closed = list(points), closed
            self.update()

    @property
    def sketch(self) -> list[Point]:
        return self._sketch

    def update_box(self, box: Box) -> None:
        """Paint anew where pixels of the image changed."""
        if not box.is_empty:
            left, top = self._viewport.to_pane((box.left, box.top), self.pane_size)
            right, bottom = self._viewport.to_pane((box.right, box.bottom), self.pane_size)
            shown = QRectF(left, top, right - left, bottom - top).intersected(QRectF(self.rect()))
            self.update(shown.toAlignedRect().adjusted(-_MARGIN_PX, -_MARGIN_PX, _MARGIN_PX, _MARGIN_PX))

    def _update_around(self, place: Point | None) -> None:
        """Where the brush or the cross is, or was."""
        if place is not None:
            x, y = self._viewport.to_pane(place, self.pane_size)
            side = round((self._brush_px or 0) * self._viewport.scale) // 2 + _CROSS_PX + _MARGIN_PX
            self.update(QRect(round(x) - side, round(y) - side, 2 * side, 2 * side))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((_HALO, 3.0), (_LINE, 1.2)):
            painter.setPen(QPen(colour, width))
            self._paint_sketch(painter)
            self._paint_tool(painter)
        painter.end()

    def _paint_sketch(self, painter: QPainter) -> None:
        corners = [QPointF(*self._viewport.to_pane(point, self.pane_size)) for point in self._sketch]
        if self._sketch_is_closed:
            painter.drawPolygon(QPolygonF(corners))
        elif corners:
            painter.drawPolyline(QPolygonF(corners))
            for corner in corners:
                painter.drawEllipse(corner, _CORNER_PX, _CORNER_PX)

    def _paint_tool(self, painter: QPainter) -> None:
        place = self._cross
        if self._pointer is not None:
            place = self._viewport.to_image((self._pointer.x(), self._pointer.y()), self.pane_size)
        if place is not None and self._brush_px is not None:
            # The disc that will be painted lies around the middle of the pixel.
            middle = QPointF(*self._viewport.to_pane((int(place[0]) + 0.5, int(place[1]) + 0.5), self.pane_size))
            radius = max(self._brush_px * self._viewport.scale / 2, 1.5)
            painter.drawEllipse(middle, radius, radius)
        if self._cross is not None:
            x, y = self._viewport.to_pane(self._cross, self.pane_size)
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(QPointF(x + 4 * dx, y + 4 * dy), QPointF(x + _CROSS_PX * dx, y + _CROSS_PX * dy))

    # The mouse

    def _place(self, event: QMouseEvent) -> QPointF:
        return QPointF(*self._viewport.to_image((event.position().x(), event.position().y()), self.pane_size))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        button = event.button()
        draws = self._draws and button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)
        if not draws:
            super().mousePressEvent(event)
        elif self._pressed is None:
            self._pressed = button
            way = SUBTRACT if button == Qt.MouseButton.RightButton else self._way(event)
            self.pressed.emit(self._place(event), way)
        event.accept()

    def _way(self, event: QMouseEvent) -> str:
        return next((way for modifier, way in _WAYS.items() if event.modifiers() & modifier), "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._move_pointer(event.position())
        if self._pressed is not None:
            self.dragged.emit(self._place(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == self._pressed:
            self._pressed = None
            self.released.emit(self._place(event))
        else:
            super().mouseReleaseEvent(event)
            self.set_drawing_cursor()
        event.accept()

    def set_drawing_cursor(self) -> None:
        """After the hand of a drag."""
        self.setCursor(Qt.CursorShape.CrossCursor if self._draws else Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second click of two is a click like the first; without a tool it fits the image."""
        if self._draws:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)
        self._move_pointer(None)

    def _move_pointer(self, place: QPointF | None) -> None:
        for each in (self._pointer, place):
            if each is not None:
                self._update_around(self._viewport.to_image((each.x(), each.y()), self.pane_size))
        self._pointer = place

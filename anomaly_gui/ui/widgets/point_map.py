"""A scatter of up to hundreds of thousands of points, to look at, move and enclose by mouse or by keys.

Points are written into a picture with numpy: 100,000 take some ten milliseconds, where an item a point takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from anomaly_gui.ui.widgets.map_hand import MapHand, Point
from anomaly_gui.ui.widgets.point_stamps import faded, stamp

LASSO, RECTANGLE, MOVE = "lasso", "rectangle", "move"
_NEAR_PX = 9
_FEW = 150
"""Points in view up to which they are drawn as thumbnails."""
_TILE_PX = 56
_HOVER_PX = 160
_MARGIN = 0.06
_ZOOM = 1.25
_PAN_PX = 60
_STEP_PX, _FAR_PX, _FINE_PX = 12, 72, 1
"""Of the keyboard's cross: for a key alone, with Shift, with Ctrl."""
_CROSS_PX = (4, 11)
_ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
_CLICK_PX = 4
_RADII = ((2_000, 4), (10_000, 3), (30_000, 2))
_SMALLEST_RADIUS = 1


class PointMap(QWidget):
    """Setters emit nothing."""

    selection_changed = Signal()
    key_pressed = Signal(object)
    """QKeyEvent that the map itself has no use for; accepted by who has."""
    point_opened = Signal(int)
    """Id of a point that was double-clicked."""

    def __init__(
        self,
        picture_of: Callable[[int], QPixmap | None],
        caption_of: Callable[[int], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._picture_of, self._caption_of = picture_of, caption_of
        self._ids = np.empty(0, np.int64)
        self._points = np.empty((0, 2), np.float32)
        self._row: dict[int, int] = {}
        """Id → place in the arrays."""
        self._colours = np.empty(0, np.uint32)
        self._chosen = np.empty(0, np.bool_)
        self._centre, self._scale = (0.0, 0.0), 1.0
        self._fitted = True
        self._picture: QImage | None = None
        self._placed: tuple[NDArray[np.int32], NDArray[np.int32]] | None = None
        self._track: list[QPointF] = []
        self._panned_from: QPointF | None = None
        self._hovered = -1
        self._hand = MapHand()
        self.tool = LASSO
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Map of the images")

    def sizeHint(self) -> QSize:
        return QSize(700, 500)

    # What is shown

    def set_points(self, ids: NDArray[np.int64], points: NDArray[np.float32]) -> None:
        """(N,) and (N, 2); the selection stays as far as its images are there."""
        selected = set(self.selected)
        # Drawn in an order in which no kind lies on top of the others.
        order = np.random.default_rng(0).permutation(len(ids))
        self._ids, self._points = ids[order], points[order]
        self._row = {key: row for row, key in enumerate(self._ids.tolist())}
        self._colours = np.full(len(ids), 0xFF808080, np.uint32)
        self._chosen = np.array([key in selected for key in self._ids.tolist()], np.bool_)
        self._hovered = -1
        self._hand.put_away()
        self.fit()

    def set_colours(self, ids: Sequence[int], numbers: NDArray[np.int64], colours: Sequence[QColor]) -> None:
        """(N,) which of *colours* the point of each id has."""
        table = np.array([colour.rgba() for colour in colours] or [0xFF808080], np.uint32)
        self._colours[[self._row[key] for key in ids]] = table[numbers]
        self._redraw()

    @property
    def selected(self) -> list[int]:
        """Ids, ascending."""
        return sorted(self._ids[self._chosen].tolist())

    def select(self, ids: Sequence[int]) -> None:
        wanted = set(ids)
        self._chosen = np.array([key in wanted for key in self._ids.tolist()], np.bool_)
        self._redraw()

    def fit(self) -> None:
        """All points, as large as there is room."""
        self._fitted = True
        if len(self._points):
            low, high = self._points.min(axis=0), self._points.max(axis=0)
            self._centre = (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2)
            span = np.maximum(high - low, 1e-6) * (1 + 2 * _MARGIN)
            self._scale = min(self.width() / float(span[0]), self.height() / float(span[1]))
        self._redraw()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        self._fitted = False
        place = at or self._middle
        x, y = self._on_map(place)
        self._scale *= factor
        self._centre = (
            x - (place.x() - self.width() / 2) / self._scale,
            y + (place.y() - self.height() / 2) / self._scale,
        )
        self._redraw()

    def pan(self, by: QPointF) -> None:
        self._fitted = False
        self._centre = (self._centre[0] - by.x() / self._scale, self._centre[1] + by.y() / self._scale)
        self._redraw()

    def place_of(self, image_id: int) -> QPoint:
        """Where in the widget a point is drawn. Raises ValueError if there is none."""
        row = self._row.get(image_id)
        if row is None:
            raise ValueError(f"no point {image_id}")
        x, y = self._places()
        return QPoint(int(x[row]), int(y[row]))

    @property
    def _middle(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2)

    def _on_map(self, place: QPointF) -> Point:
        """A place of the widget, in the points' coordinates."""
        apart = place - self._middle
        return (self._centre[0] + apart.x() / self._scale, self._centre[1] - apart.y() / self._scale)

    def _in_widget(self, point: Point) -> QPointF:
        return QPointF(point[0] - self._centre[0], self._centre[1] - point[1]) * self._scale + self._middle

    @property
    def cross(self) -> QPoint | None:
        """Where in the widget the keys draw; None while they do not."""
        return None if self._hand.place is None else self._in_widget(self._hand.place).toPoint()

    def _places(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """(N,) pixels of the widget, worked out once for each view."""
        if self._placed is None:
            scale, limit = np.float32(self._scale), np.float32(1 << 20)
            x = (self._points[:, 0] - np.float32(self._centre[0])) * scale + np.float32(self.width() / 2)
            y = (np.float32(self._centre[1]) - self._points[:, 1]) * scale + np.float32(self.height() / 2)
            self._placed = np.clip(x, -limit, limit).astype(np.int32), np.clip(y, -limit, limit).astype(np.int32)
        return self._placed

    def _in_view(self, x: NDArray[np.int32], y: NDArray[np.int32]) -> NDArray[np.bool_]:
        return (x >= 0) & (x < self.width()) & (y >= 0) & (y < self.height())

    # Painting

    def _redraw(self) -> None:
        self._picture, self._placed = None, None
        self.update()

    def draw(self) -> QImage:
        """The points without what moves over them."""
        width, height = max(1, self.width()), max(1, self.height())
        radius = next((r for limit, r in _RADII if len(self._ids) <= limit), _SMALLEST_RADIUS)
        edge = radius + 1
        room = np.full((height + 2 * edge, width + 2 * edge), self.palette().base().color().rgba(), np.uint32)
        x, y = self._places()
        shown = np.flatnonzero(self._in_view(x, y))
        chosen = shown[self._chosen[shown]]
        plain = shown[~self._chosen[shown]] if len(chosen) else shown
        if len(chosen):  # What is not chosen steps back.
            base = self.palette().base().color()
            mixed = faded(self._colours[plain], (base.red(), base.green(), base.blue()))
            stamp(room, x[plain] + edge, y[plain] + edge, mixed, radius)
            ring = np.full(len(chosen), self.palette().text().color().rgba(), np.uint32)
            stamp(room, x[chosen] + edge, y[chosen] + edge, ring, radius + 1)
            stamp(room, x[chosen] + edge, y[chosen] + edge, self._colours[chosen], radius)
        else:
            stamp(room, x[plain] + edge, y[plain] + edge, self._colours[plain], radius)
        inner = np.ascontiguousarray(room[edge:-edge, edge:-edge])
        return QImage(inner.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._picture is None or self._picture.size() != self.size():
            self._picture = self.draw()
        painter = QPainter(self)
        painter.drawImage(0, 0, self._picture)
        self._paint_tiles(painter)
        self._paint_track(painter, self._track or [self._in_widget(each) for each in self._hand.track])
        self._paint_hovered(painter)
        self._paint_cross(painter)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_tiles(self, painter: QPainter) -> None:
        if not len(self._ids):
            return
        x, y = self._places()
        rows = np.flatnonzero(self._in_view(x, y))
        if len(rows) > _FEW:
            return
        for row in rows.tolist():
            place = QRect(0, 0, _TILE_PX, _TILE_PX)
            place.moveCenter(QPoint(int(x[row]), int(y[row])))
            self._paint_picture(painter, place, row)

    def _paint_picture(self, painter: QPainter, place: QRect, row: int) -> None:
        picture = self._picture_of(int(self._ids[row]))
        if picture is None or picture.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        shown = QRect(QPoint(0, 0), size)
        shown.moveCenter(place.center())
        painter.drawPixmap(shown, picture)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor.fromRgba(int(self._colours[row])), 5 if self._chosen[row] else 2))
        painter.drawRect(shown)

    def _paint_track(self, painter: QPainter, track: Sequence[QPointF]) -> None:
        """What the mouse or the keys draw."""
        if len(track) < 2:
            return
        colour = QColor(self.palette().highlight().color())
        painter.setPen(QPen(colour, 1.5, Qt.PenStyle.DashLine))
        colour.setAlpha(40)
        painter.setBrush(colour)
        if self.tool == RECTANGLE:
            painter.drawRect(QRectF(track[0], track[-1]).normalized())
        else:
            painter.drawPolygon(QPolygonF(track))

    def _paint_cross(self, painter: QPainter) -> None:
        """Where the keys draw."""
        if self._hand.place is None:
            return
        near, far = _CROSS_PX
        at = self._in_widget(self._hand.place)
        for colour, width in ((self.palette().base().color(), 4.0), (self.palette().text().color(), 1.5)):
            painter.setPen(QPen(colour, width))
            for way in _ARROWS.values():
                painter.drawLine(at + way * near, at + way * far)

    def _paint_hovered(self, painter: QPainter) -> None:
        if self._hovered < 0 or self._track or self._hand.corners:
            return
        x, y = self._places()
        image_id = int(self._ids[self._hovered])
        caption = self._caption_of(image_id)
        line = self.fontMetrics().height() + 6
        wide = max(_HOVER_PX, self.fontMetrics().horizontalAdvance(caption) + 12)
        box = QRect(int(x[self._hovered]) + 14, int(y[self._hovered]) + 14, wide, _HOVER_PX + line)
        if box.right() > self.width():
            box.moveRight(int(x[self._hovered]) - 14)
        if box.bottom() > self.height():
            box.moveBottom(int(y[self._hovered]) - 14)
        painter.fillRect(box, self.palette().toolTipBase())
        painter.setPen(self.palette().toolTipText().color())
        painter.drawText(box.adjusted(6, _HOVER_PX, -6, 0), Qt.AlignmentFlag.AlignVCenter, caption)
        inside = box.adjusted(4, 4, -4, -line)
        self._paint_picture(painter, inside, self._hovered)

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        self._hand.put_away()
        if event.button() in (Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton) or self.tool == MOVE:
            self._panned_from = event.position()
        elif event.button() == Qt.MouseButton.LeftButton:
            self._track = [event.position()]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._panned_from is not None:
            self.pan(event.position() - self._panned_from)
            self._panned_from = event.position()
        elif self._track:
            self._track.append(event.position())
            self.update()
        else:
            self._hover(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._panned_from = None
        track, self._track = self._track, []
        if not track:
            return
        self._draw_around([*track, event.position()], event.modifiers())

    def _draw_around(self, track: Sequence[QPointF], modifiers: Qt.KeyboardModifier) -> None:
        """Select what *track* encloses; one that goes nowhere is a click."""
        reach = max(abs(each.x() - track[0].x()) + abs(each.y() - track[0].y()) for each in track)
        inside = self._enclosed(track) if reach > _CLICK_PX else self._clicked(track[0])
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            inside |= self._chosen
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            inside = self._chosen ^ inside if reach <= _CLICK_PX else self._chosen & ~inside
        self._choose(inside)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self._nearest(event.position())
        if row >= 0:
            self.point_opened.emit(int(self._ids[row]))

    def leaveEvent(self, _event: QEvent) -> None:
        self._hovered = -1
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self.zoom(_ZOOM**steps, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if key in _ARROWS:
            self._go(_ARROWS[key], modifiers)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_ZOOM, self._cross_place())
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _ZOOM, self._cross_place())
        elif key == Qt.Key.Key_F:
            self.fit()
        elif key == Qt.Key.Key_A and modifiers & Qt.KeyboardModifier.ControlModifier:
            x, y = self._places()
            self._choose(self._in_view(x, y))
        elif not self._draw_by_key(key, modifiers):
            event.ignore()
            self.key_pressed.emit(event)

    def _draw_by_key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """The lasso without a mouse; False if the key is none of it."""
        hand = self._hand
        if key == Qt.Key.Key_Space:
            hand.press(self._on_map(self._middle))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and hand.place is not None:
            self._draw_around([self._in_widget(each) for each in hand.track or [hand.place]], modifiers)
            hand.corners.clear()
        elif key == Qt.Key.Key_Backspace and hand.corners:
            hand.drop_corner()
        elif key == Qt.Key.Key_Escape and self._chosen.any() and hand.place is None:
            self._choose(np.zeros(len(self._ids), np.bool_))
        elif not (key == Qt.Key.Key_Escape and hand.step_back()):
            return False
        self._hover(self._cross_place())
        self.update()
        return True

    def _cross_place(self) -> QPointF | None:
        return None if self._hand.place is None else self._in_widget(self._hand.place)

    def _go(self, way: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Move the cross, and the map with it at the edge; without a cross the map."""
        place = self._cross_place()
        if place is None:
            self.pan(way * -_PAN_PX)
            return
        far, fine = modifiers & Qt.KeyboardModifier.ShiftModifier, modifiers & Qt.KeyboardModifier.ControlModifier
        wanted = place + way * (_FAR_PX if far else _FINE_PX if fine else _STEP_PX)
        self._hand.place = self._on_map(wanted)
        if not self.rect().contains(wanted.toPoint()):
            self.pan(way * -_PAN_PX)
        self._hover(self._cross_place())
        self.update()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        if self._fitted:
            self.fit()
        else:
            self._redraw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "tool"):
            self._redraw()

    def _choose(self, inside: NDArray[np.bool_]) -> None:
        self._chosen = inside
        self._redraw()
        self.selection_changed.emit()

    def _enclosed(self, track: Sequence[QPointF]) -> NDArray[np.bool_]:
        """Which points in view the lasso or the rectangle holds, by a picture of it: one look-up a point."""
        if self.tool == RECTANGLE:
            box = QRectF(track[0], track[-1]).normalized()
            corners = [box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft()]
        else:
            corners = list(track)
        mask = np.zeros((max(1, self.height()), max(1, self.width())), np.uint8)
        cv2.fillPoly(mask, [np.array([[round(c.x()), round(c.y())] for c in corners], np.int32)], 1)
        x, y = self._places()
        inside = self._in_view(x, y)
        inside[inside] = mask[y[inside], x[inside]] > 0
        return inside

    def _clicked(self, at: QPointF) -> NDArray[np.bool_]:
        inside = np.zeros(len(self._ids), np.bool_)
        row = self._nearest(at)
        if row >= 0:
            inside[row] = True
        return inside

    def _nearest(self, at: QPointF) -> int:
        """Row of the point at a place, or −1."""
        if not len(self._ids):
            return -1
        x, y = self._places()
        apart = np.hypot(x - at.x(), y - at.y())
        row = int(apart.argmin())
        few = int(np.count_nonzero(self._in_view(x, y))) <= _FEW
        return row if apart[row] <= (_TILE_PX / 2 if few else _NEAR_PX) else -1

    def _hover(self, at: QPointF | None) -> None:
        row = -1 if at is None else self._nearest(at)
        if row != self._hovered:
            self._hovered = row
            self.update()

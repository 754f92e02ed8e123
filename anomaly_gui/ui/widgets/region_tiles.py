"""Small pictures of defects with what the pixel threshold marks drawn over their masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from anomaly_gui.ui.widgets.region_picture import FALSE, FOUND, MISSED, RegionPicture

COLOURS = {FOUND: QColor("#56b4e9"), MISSED: QColor("#f0a202"), FALSE: QColor("#d81b9a")}
"""Told apart by colour-blind eyes, and from grey parts."""
_ALPHA = 165
_GAP_PX = 4
_SIDE_PX = 132
"""The smallest side of a tile; tiles share the room that is left."""
_WAIT_MS = 60
_PREMULTIPLIED = QImage.Format.Format_ARGB32_Premultiplied
_TOO_HIGH = "above the stored maps' scale"


@dataclass(frozen=True)
class RegionTile:
    """One image of the list."""

    image_id: int
    caption: str
    tip: str


class RegionTiles(QWidget):
    """As many tiles as there is room for; the wheel or the arrow keys show the others, Enter or a click opens one."""

    image_chosen = Signal(int)
    pictures_wanted = Signal(object)
    """Ids in view that have no picture yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: list[RegionTile] = []
        self._pictures: dict[int, RegionPicture | str] = {}
        self._pixmaps: dict[int, QPixmap] = {}
        self._level, self._scale = 0.0, (0.0, 1.0)
        self._first = self._current = 0
        self._empty = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Regions found and missed, worst image first")
        # Tiles follow a drag a little later, so that they do not slow it down.
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._timer.timeout.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(2 * _SIDE_PX + _GAP_PX, 2 * _SIDE_PX + _GAP_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(_SIDE_PX, _SIDE_PX)

    @property
    def tiles(self) -> Sequence[RegionTile]:
        return self._tiles

    @property
    def in_view(self) -> Sequence[RegionTile]:
        return self._tiles[self._first : self._first + self._room()]

    def set_tiles(self, tiles: Sequence[RegionTile], empty: str = "") -> None:
        """Other images, or in another order; *empty* is said where there is none. Pictures that are there stay."""
        self._tiles, self._empty = list(tiles), empty
        self._first = self._current = 0
        self._ask()

    def set_level(self, level: float, scale: tuple[float, float]) -> None:
        """The pixel threshold, and the values at the ends of the stored maps."""
        self._level, self._scale = level, scale
        if not self._timer.isActive():
            self._timer.start()

    def set_pictures(self, pictures: Mapping[int, RegionPicture | str]) -> None:
        """Pictures by image id, or why there is none."""
        self._pictures.update(pictures)
        for image_id in pictures:
            self._pixmaps.pop(image_id, None)
        self.update()

    def forget_pictures(self) -> None:
        """Another run, or other maps."""
        self._pictures.clear()
        self._pixmaps.clear()

    def _ask(self) -> None:
        missing = [tile.image_id for tile in self.in_view if tile.image_id not in self._pictures]
        if missing:
            self.pictures_wanted.emit(missing)
        self.update()

    # Where tiles are

    def _columns(self) -> int:
        return max(1, (self.width() + _GAP_PX) // (_SIDE_PX + _GAP_PX))

    def _rows(self) -> int:
        return max(1, (self.height() + _GAP_PX) // (_SIDE_PX + _GAP_PX))

    def _room(self) -> int:
        return self._columns() * self._rows()

    def _place(self, number: int) -> QRect:
        row, column = divmod(number, self._columns())
        width = (self.width() + _GAP_PX) // self._columns() - _GAP_PX
        height = (self.height() + _GAP_PX) // self._rows() - _GAP_PX
        return QRect(column * (width + _GAP_PX), row * (height + _GAP_PX), width, height)

    def _at(self, x: int, y: int) -> int | None:
        """Place in the list of the tile there."""
        for number in range(len(self.in_view)):
            if self._place(number).contains(x, y):
                return self._first + number
        return None

    def _show(self, place: int) -> None:
        """Make a tile the current one and bring it into view."""
        self._current = min(max(0, place), max(0, len(self._tiles) - 1))
        columns, room = self._columns(), self._room()
        if self._current < self._first:
            self._first = self._current // columns * columns
        while self._current >= self._first + room:
            self._first += columns
        self._ask()

    # Hearing

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._show(self._current)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y()
        if steps:
            columns = self._columns()
            last = max(0, -(-len(self._tiles) // columns) - self._rows()) * columns
            self._first = min(max(0, self._first + (-columns if steps > 0 else columns)), last)
            self._ask()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        columns = self._columns()
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}
        key = Qt.Key(event.key())
        if key in moves:
            self._show(self._current + moves[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._tiles:
            self.image_chosen.emit(self._tiles[self._current].image_id)
        else:
            event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self._at(int(event.position().x()), int(event.position().y()))
        if place is not None:
            self._current = place
            self.image_chosen.emit(self._tiles[place].image_id)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            place = self._at(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), self._tiles[place].tip if place is not None else "", self)
            return True
        return super().event(event)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._tiles:
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), int(flags), self._empty)
        for number, tile in enumerate(self.in_view):
            self._paint_tile(painter, self._place(number), tile)
            if self.hasFocus() and self._first + number == self._current:
                painter.setPen(QPen(self.palette().highlight().color(), 2))
                painter.drawRect(self._place(number).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_tile(self, painter: QPainter, place: QRect, tile: RegionTile) -> None:
        painter.fillRect(place, self.palette().alternateBase())
        line = painter.fontMetrics().height() + 2
        inside = place.adjusted(0, 0, 0, -line)
        made = self._pictures.get(tile.image_id)
        if isinstance(made, RegionPicture):
            self._paint_regions(painter, inside, tile.image_id, made)
        elif made is not None:
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(inside.adjusted(4, 4, -4, -4), int(Qt.TextFlag.TextWordWrap), made)
        caption = QRect(place.x() + 4, inside.bottom() + 1, place.width() - 8, line)
        painter.setPen(self.palette().windowText().color())
        text = painter.fontMetrics().elidedText(tile.caption, Qt.TextElideMode.ElideRight, caption.width())
        painter.drawText(caption, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_regions(self, painter: QPainter, place: QRect, image_id: int, made: RegionPicture) -> None:
        shown = self._scaled(image_id, made, place.size())
        at = QRect(place.topLeft(), shown.size())
        at.moveCenter(place.center())
        painter.drawPixmap(at.topLeft(), shown)
        classes = made.classes(self._level, self._scale)
        if classes is None:
            classes = MISSED * made.mask.astype(np.uint8)
            painter.setPen(self.palette().highlight().color())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap), _TOO_HIGH)
        painter.drawImage(at.topLeft(), _overlay(classes, shown.size()))

    def _scaled(self, image_id: int, made: RegionPicture, room: QSize) -> QPixmap:
        """The picture at its size on the screen: to scale it anew for every move would take too long."""
        height, width = made.shown.shape[:2]
        size = QSize(width, height).scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        kept = self._pixmaps.get(image_id)
        if kept is None or kept.size() != size:
            grey = made.shown.ndim == 2
            kind = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
            whole = QImage(made.shown.data, width, height, made.shown.strides[0], kind)
            smooth = Qt.TransformationMode.SmoothTransformation
            kept = QPixmap.fromImage(whole.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
            self._pixmaps[image_id] = kept
        return kept


def _colour_table() -> NDArray[np.uint32]:
    """(4,): what each class is drawn in, premultiplied."""
    table = np.zeros(4, np.uint32)
    for number, colour in COLOURS.items():
        parts = [round(part * _ALPHA / 255) for part in (colour.red(), colour.green(), colour.blue())]
        table[number] = _ALPHA << 24 | parts[0] << 16 | parts[1] << 8 | parts[2]
    return table


_TABLE = _colour_table()


def _overlay(classes: NDArray[np.uint8], size: QSize) -> QImage:
    """(s, s) classes as colours that the picture shines through, stretched to *size*."""
    stretched = cv2.resize(classes, (size.width(), size.height()), interpolation=cv2.INTER_NEAREST)
    pixels = _TABLE[stretched]
    image = QImage(pixels.data, size.width(), size.height(), pixels.strides[0], _PREMULTIPLIED)
    return image.copy()

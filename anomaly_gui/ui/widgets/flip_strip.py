"""Thumbnails of the images whose decision a move of the threshold changes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from anomaly_gui.ui.widgets.plot_colours import plot_colours
from anomaly_gui.ui.widgets.shown_figures import Flip, ShownFlips

TILE_PX = 72
_GAP_PX = 4
_FRAME_PX = 3
_WAIT_MS = 150
"""Tiles follow a drag no more often than this, so that they do not slow it down."""

_NONE = "None. Drag the threshold to see which images it decides."


class FlipStrip(QWidget):
    """As many tiles as there is room for, nearest to the threshold first; the wheel shows the others."""

    image_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ShownFlips()
        self._skipped = 0
        self._find: Callable[[], ShownFlips] | None = None
        self._empty_text = _NONE
        self._name_of: Callable[[int], str] = str
        self._thumbnail_of: Callable[[int], QPixmap | None] = _nothing
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Images whose decision changes")
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._timer.timeout.connect(self._show)

    def sizeHint(self) -> QSize:
        return QSize(4 * (TILE_PX + _GAP_PX), 2 * (TILE_PX + _GAP_PX))

    def minimumSizeHint(self) -> QSize:
        return QSize(TILE_PX, TILE_PX)

    @property
    def flips(self) -> list[Flip]:
        """The first of those that are shown or counted."""
        return self._shown.first

    def set_flips(self, find: Callable[[], ShownFlips]) -> None:
        """Show what *find* gives, once no newer one follows for a moment."""
        self._find = find
        if not self._timer.isActive():
            self._timer.start()

    def set_source(self, name_of: Callable[[int], str], thumbnail_of: Callable[[int], QPixmap | None]) -> None:
        """Where names and thumbnails come from, by image id; None for one that is still on its way."""
        self._name_of, self._thumbnail_of = name_of, thumbnail_of

    @Slot(int)
    def take_thumbnail(self, image_id: int) -> None:
        """It has come: only its tile is painted again, as many may come while the threshold is dragged."""
        for place, flip in enumerate(self.in_view):
            if flip.image_id == image_id:
                self.update(self._tile(place))

    def set_empty_text(self, text: str) -> None:
        """What is said where there is no image to show."""
        self._empty_text = text
        self.update()

    def _show(self) -> None:
        self._shown = self._find() if self._find is not None else ShownFlips()
        self._pass_rows(0)

    def _columns(self) -> int:
        return max(1, (self.width() + _GAP_PX) // (TILE_PX + _GAP_PX))

    def _room(self) -> int:
        return self._columns() * max(1, (self.height() + _GAP_PX) // (TILE_PX + _GAP_PX))

    def _tile(self, place: int) -> QRect:
        row, column = divmod(place, self._columns())
        return QRect(column * (TILE_PX + _GAP_PX), row * (TILE_PX + _GAP_PX), TILE_PX, TILE_PX)

    @property
    def in_view(self) -> list[Flip]:
        """Those that there is room for, after what the wheel has passed."""
        return self._shown.first[self._skipped : self._skipped + self._room()]

    def show_first(self) -> None:
        """Back to the first ones: other images are coming."""
        self._skipped = 0
        self.update()

    def _pass_rows(self, rows: int) -> None:
        columns = self._columns()
        last_row = max(0, -(-len(self._shown.first) // columns) - self._room() // columns)
        self._skipped = min(max(0, self._skipped // columns + rows), last_row) * columns
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y()
        if steps:
            self._pass_rows(-1 if steps > 0 else 1)
        event.accept()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._pass_rows(0)

    def _at(self, x: int, y: int) -> Flip | None:
        for place, flip in enumerate(self.in_view):
            if self._tile(place).contains(x, y):
                return flip
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = plot_colours(self.palette())
        if not self._shown.first:
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), int(flags), self._empty_text)
        room = self._room()
        for place, flip in enumerate(self.in_view):
            tile = self._tile(place)
            if tile.intersects(event.rect()):
                self._paint_tile(painter, tile, flip, colours.defective if flip.defective else colours.good)
        hidden = self._shown.total - self._skipped - room
        if hidden > 0:
            last = self._tile(room - 1)
            painter.fillRect(last, QColor(0, 0, 0, 170))
            painter.setPen(QColor(255, 255, 255))
            painter.drawText(last, Qt.AlignmentFlag.AlignCenter, f"+{hidden + 1:,}")
        painter.end()

    def _paint_tile(self, painter: QPainter, tile: QRect, flip: Flip, colour: QColor) -> None:
        thumbnail = self._thumbnail_of(flip.image_id)
        if thumbnail is None or thumbnail.isNull():
            painter.fillRect(tile, self.palette().alternateBase())
        else:
            size = thumbnail.size().scaled(tile.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            cut = QRect(0, 0, round(tile.width() * thumbnail.width() / size.width()), 0)
            cut.setHeight(round(tile.height() * thumbnail.height() / size.height()))
            cut.moveCenter(thumbnail.rect().center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(tile, thumbnail, cut)
        pen = QPen(colour, _FRAME_PX)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(tile.adjusted(1, 1, -2, -2))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        flip = self._at(int(event.position().x()), int(event.position().y()))
        if flip is not None:
            self.image_chosen.emit(flip.image_id)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            flip = self._at(event.pos().x(), event.pos().y())
            text = f"{self._name_of(flip.image_id)}\n{flip.sentence}" if flip else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


def _nothing(_image_id: int) -> QPixmap | None:
    return None

"""A small picture of the whole image in the corner of a pane: where one is, and where the regions lie."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from anomaly_gui.evaluation.regions import Region
from anomaly_gui.ui.widgets.image_pane import Layer
from anomaly_gui.ui.widgets.viewport import Viewport

LARGE_PX = 2048
"""Images whose longer side is below are seen well enough as they are."""
_SIDE_PX = 150
_LARGEST_SHARE = 0.4
"""Of the pane's sides."""
_MARGIN_PX = 8
_SHOWN_SHARE = 0.5
"""Of the image: who sees more of it knows where they are."""
_FRAME, _HALO = QColor(255, 255, 255), QColor(0, 0, 0, 200)
_RING, _HERE = QColor(80, 230, 255), QColor(255, 90, 220)
_RING_PX = 4.0


class OverviewMap(QWidget):
    """Lies on a pane; shown only where a part of a large image is looked at. Setters emit nothing."""

    place_wanted = Signal(QPointF)
    """A place of the image, in its coordinates, to be brought to the middle."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Overview of the image")
        self.setToolTip(
            "The whole image. Frame: what the panes show. Rings: the worst regions, the last visited one in pink. "
            "Click or drag to go elsewhere"
        )
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._layer: Layer | None = None
        self._image = (1, 1)
        self._regions: list[Region] = []
        self._visited = -1
        self._viewport = Viewport()
        self._pane = (1, 1)
        self.hide()

    def set_image(self, layer: Layer | None, image: tuple[int, int]) -> None:
        """Of an image of this width and height; None shows nothing."""
        self._layer, self._image = layer, image
        self._regions, self._visited = [], -1

    def set_regions(self, regions: list[Region], visited: int) -> None:
        self._regions, self._visited = regions, visited
        self.update()

    def follow(self, viewport: Viewport, pane: QRect) -> None:
        """The panes show *viewport*; *pane* is where the one lies that this is to lie on."""
        self._viewport, self._pane = viewport, (max(1, pane.width()), max(1, pane.height()))
        self.setVisible(self._layer is not None and max(self._image) >= LARGE_PX and self._shows_part())
        if self.isHidden():
            return
        longer = min(_SIDE_PX, *(int(_LARGEST_SHARE * side) for side in self._pane))
        width, height = (max(8, round(side * longer / max(self._image))) for side in self._image)
        self.setGeometry(pane.left() + _MARGIN_PX, pane.bottom() - _MARGIN_PX - height, width, height)
        self.raise_()
        self.update()

    def _shows_part(self) -> bool:
        shown = self.frame
        return shown.width() * shown.height() < _SHOWN_SHARE

    @property
    def frame(self) -> QRectF:
        """What the panes show, in shares of the image."""
        width, height = self._image
        left, top = self._viewport.to_image((0, 0), self._pane)
        right, bottom = self._viewport.to_image(self._pane, self._pane)
        whole = QRectF(0, 0, 1, 1)
        return QRectF(left / width, top / height, (right - left) / width, (bottom - top) / height).intersected(whole)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._layer is not None:
            painter.drawImage(self.rect(), self._layer.levels[-1])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # The one visited on top of others beside it.
        for number in sorted(range(len(self._regions)), key=self._visited.__eq__):
            region = self._regions[number]
            place = QPointF(region.peak_x * self.width(), region.peak_y * self.height())
            for colour, pen in ((_HALO, 3.0), (_HERE if number == self._visited else _RING, 1.5)):
                painter.setPen(QPen(colour, pen))
                painter.drawEllipse(place, _RING_PX, _RING_PX)
        frame = self.frame
        on_map = QRectF(
            frame.x() * self.width(),
            frame.y() * self.height(),
            max(3.0, frame.width() * self.width()),
            max(3.0, frame.height() * self.height()),
        )
        for rectangle in (on_map, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)):
            for colour, pen in ((_HALO, 3.0), (_FRAME, 1.0)):
                painter.setPen(QPen(colour, pen))
                painter.drawRect(rectangle)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._want(event.position())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._want(event.position())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def _want(self, at: QPointF) -> None:
        across, down = at.x() / max(1, self.width()), at.y() / max(1, self.height())
        inside = min(max(across, 0.0), 1.0), min(max(down, 0.0), 1.0)
        self.place_wanted.emit(QPointF(inside[0] * self._image[0], inside[1] * self._image[1]))

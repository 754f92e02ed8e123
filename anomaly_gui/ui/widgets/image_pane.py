"""One pane of the viewer: a picture, what lies on it, and the mouse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from anomaly_gui.ui.widgets.picture_set import Picture, Segments
from anomaly_gui.ui.widgets.viewport import Viewport

BACKGROUND = QColor(58, 58, 58)
"""The same neutral grey in light and dark: grey values are judged against it."""
OUTLINE = QColor(80, 230, 255)
CONTOUR = QColor(255, 90, 220)
_HALO = QColor(0, 0, 0, 170)
_MESSAGE = QColor(225, 225, 225)
_ZOOM_STEP = 1.25
_WHEEL_NOTCH = 120


@dataclass(frozen=True)
class Layer:
    """A picture with the colours it is drawn in."""

    levels: tuple[QImage, ...]
    crisp_from: float
    """Screen pixels a picture pixel must cover before it is drawn as a square."""
    opacity: float = 1.0
    pixels: tuple[np.ndarray, ...] = ()
    """What the pictures lie over: memory that they do not keep alive themselves."""


def layer_of(picture: Picture, table: list[int] | None, *, crisp_from: float, opacity: float = 1.0) -> Layer:
    """Make *picture* paintable; *table* are 256 colours for one-byte pixels, None shows them grey."""
    return Layer(tuple(_to_qimage(level, table) for level in picture.levels), crisp_from, opacity, picture.levels)


def _to_qimage(level: np.ndarray, table: list[int] | None) -> QImage:
    """Over the memory of *level*: five megapixels are not copied with every image that is shown."""
    height, width = level.shape[:2]
    if level.ndim == 3:
        kind = QImage.Format.Format_RGB888
    else:
        kind = QImage.Format.Format_Grayscale8 if table is None else QImage.Format.Format_Indexed8
    image = QImage(level.data, width, height, level.strides[0], kind)
    if kind == QImage.Format.Format_Indexed8 and table is not None:
        # Before anything can paint it: Qt crashes on an indexed picture without colours.
        image.setColorTable(table)
    return image


class ImagePane(QWidget):
    """Paints layers stretched over one image's geometry, seen through a viewport that others own."""

    zoomed = Signal(float, QPointF)
    """Factor, and the place in the pane that should stay where it is."""
    alt_wheeled = Signal(float)
    """Notches turned while Alt is held."""
    panned = Signal(QPointF)
    """Screen pixels since the last event."""
    pointed = Signal(QPointF)
    """Image coordinates below the mouse."""
    left = Signal()
    doubled = Signal()
    """Double click."""
    resized = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 120)
        self._viewport = Viewport()
        self._image_size = (1, 1)
        self._layers: tuple[Layer, ...] = ()
        self._outline: QPainterPath | None = None
        self._contour: QPainterPath | None = None
        self._mark: tuple[float, float] | None = None
        self._message = ""
        self._dragged_from: QPoint | None = None

    def sizeHint(self) -> QSize:
        return QSize(360, 360)

    @property
    def pane_size(self) -> tuple[int, int]:
        return max(1, self.width()), max(1, self.height())

    @property
    def message(self) -> str:
        return self._message

    @property
    def layers(self) -> tuple[Layer, ...]:
        return self._layers

    @property
    def has_outline(self) -> bool:
        return self._outline is not None

    def set_layers(self, layers: tuple[Layer, ...], image_size: tuple[int, int], message: str = "") -> None:
        """Show *layers*, bottom first, stretched to *image_size*, and *message* in the middle."""
        self._layers = layers
        self._image_size = image_size
        self._message = message
        self.update()

    def set_outline(self, outline: QPainterPath | None) -> None:
        self._outline = outline
        self.update()

    @property
    def has_contour(self) -> bool:
        return self._contour is not None

    def set_contour(self, contour: QPainterPath | None) -> None:
        """Around what lies above the threshold, in image coordinates."""
        self._contour = contour
        self.update()

    def set_viewport(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self.update()

    def set_mark(self, place: tuple[float, float] | None) -> None:
        """A small cross at image coordinates: where the mouse is in a neighbouring pane."""
        if place != self._mark:
            self._mark = place
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), BACKGROUND)
        for layer in self._layers:
            self._paint_layer(painter, layer)
        for path, colour in ((self._contour, CONTOUR), (self._outline, OUTLINE)):
            if path is not None:
                self._paint_outline(painter, path, colour)
        if self._mark is not None:
            self._paint_mark(painter, self._mark)
        if self._message:
            self._paint_message(painter)
        painter.end()

    def _paint_layer(self, painter: QPainter, layer: Layer) -> None:
        shown = self._shown_part()
        if shown.isEmpty():
            return
        full = layer.levels[0]
        pixel_on_screen = self._viewport.scale * self._image_size[0] / full.width() * self.devicePixelRatioF()
        picture = layer.levels[_level_for(pixel_on_screen, len(layer.levels))]
        smooth = pixel_on_screen < layer.crisp_from and pixel_on_screen != 1
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        across = picture.width() / self._image_size[0]
        down = picture.height() / self._image_size[1]
        source = QRectF(shown.x() * across, shown.y() * down, shown.width() * across, shown.height() * down)
        x, y = self._viewport.to_pane((shown.x(), shown.y()), self.pane_size)
        scale = self._viewport.scale
        painter.setOpacity(layer.opacity)
        painter.drawImage(QRectF(x, y, shown.width() * scale, shown.height() * scale), picture, source)
        painter.setOpacity(1.0)

    def _shown_part(self) -> QRectF:
        """The part of the image inside the pane, in whole image pixels."""
        pane = self.pane_size
        left, top = self._viewport.to_image((0, 0), pane)
        right, bottom = self._viewport.to_image(pane, pane)
        width, height = self._image_size
        x0, y0 = max(0, int(left)), max(0, int(top))
        x1, y1 = min(width, int(right) + 1), min(height, int(bottom) + 1)
        return QRectF(x0, y0, max(0, x1 - x0), max(0, y1 - y0))

    def _paint_outline(self, painter: QPainter, outline: QPainterPath, line: QColor) -> None:
        painter.save()
        x, y = self._viewport.to_pane((0, 0), self.pane_size)
        painter.translate(x, y)
        painter.scale(self._viewport.scale, self._viewport.scale)
        for colour, width in ((_HALO, 3), (line, 1)):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPath(outline)
        painter.restore()

    def _paint_mark(self, painter: QPainter, place: tuple[float, float]) -> None:
        x, y = self._viewport.to_pane(place, self.pane_size)
        for colour, width in ((_HALO, 3), (QColor(255, 255, 255), 1)):
            painter.setPen(QPen(colour, width))
            for start, end in (((-9, 0), (-3, 0)), ((3, 0), (9, 0)), ((0, -9), (0, -3)), ((0, 3), (0, 9))):
                painter.drawLine(QPointF(x + start[0], y + start[1]), QPointF(x + end[0], y + end[1]))

    def _paint_message(self, painter: QPainter) -> None:
        painter.setPen(_MESSAGE)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(16, 16, -16, -16), int(flags), self._message)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        if turned and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.alt_wheeled.emit(turned / _WHEEL_NOTCH)
        elif turned:
            self.zoomed.emit(_ZOOM_STEP ** (turned / _WHEEL_NOTCH), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._dragged_from = event.position().toPoint()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position()
        if self._dragged_from is not None:
            self.panned.emit(here - QPointF(self._dragged_from))
            self._dragged_from = here.toPoint()
        self.pointed.emit(QPointF(*self._viewport.to_image((here.x(), here.y()), self.pane_size)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged_from = None
        self.unsetCursor()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.doubled.emit()

    def leaveEvent(self, event: object) -> None:
        self.left.emit()


def _level_for(pixel_on_screen: float, count: int) -> int:
    """The smallest copy that still has a pixel for every pixel of the screen."""
    level = 0
    while level + 1 < count and pixel_on_screen * 2 ** (level + 1) <= 1:
        level += 1
    return level


def outline_path(segments: Segments) -> QPainterPath:
    """Straight edges (N, 4) as one path."""
    path = QPainterPath()
    for x0, y0, x1, y1 in segments.tolist():
        path.moveTo(x0, y0)
        path.lineTo(x1, y1)
    return path

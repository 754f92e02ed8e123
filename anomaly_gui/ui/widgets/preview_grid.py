"""A few fixed images as the detector sees them: one sees it learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from anomaly_gui.ui.widgets.colour_maps import lookup_table
from anomaly_gui.ui.widgets.plot_colours import plot_colours

ROWS = ("Original", "Reconstruction", "Error map")
_SPACE_PX = 6
_TITLE_PX = 96
_DOT_PX = 8


@dataclass(frozen=True)
class PreviewImage:
    """One column."""

    caption: str
    """ "good", or the type of defect."""
    is_good: bool
    tip: str
    original: NDArray[np.uint8]
    """(H, W) or (H, W, 3)."""
    reconstruction: NDArray[np.uint8] | None
    error: NDArray[np.float32] | None
    """(H, W) in [0, 1], on one scale for all images."""


class PreviewGrid(QWidget):
    """Columns are images, rows are what is made of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: list[tuple[PreviewImage, list[QPixmap | None]]] = []
        self._message = ""
        self._colour_map = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Preview images")

    def sizeHint(self) -> QSize:
        return QSize(520, 340)

    def minimumSizeHint(self) -> QSize:
        return QSize(_TITLE_PX + 4 * 64, 3 * 64 + 30)

    @property
    def images(self) -> list[PreviewImage]:
        return [image for image, _ in self._columns]

    def set_images(self, images: Sequence[PreviewImage]) -> None:
        """Show these; none shows the message."""
        self._columns = [(image, _pixmaps(image)) for image in images]
        self.update()

    def set_message(self, message: str) -> None:
        """What is said while there are no images."""
        self._message = message
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._columns:
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(20, 0, -20, 0), flags, self._message)
            painter.end()
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side, left = self._side(), self._left()
        for row, title in enumerate(ROWS):
            top = self._top(row)
            area = QRect(left - _TITLE_PX, top, _TITLE_PX - _SPACE_PX, side)
            painter.setPen(self.palette().windowText().color())
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, title)
        for column, (image, pixmaps) in enumerate(self._columns):
            self._paint_caption(painter, column, image)
            for row, pixmap in enumerate(pixmaps):
                self._paint_cell(painter, self._cell(row, column), pixmap)
        painter.end()

    def _paint_caption(self, painter: QPainter, column: int, image: PreviewImage) -> None:
        colours = plot_colours(self.palette())
        cell = self._cell(0, column)
        line = QRect(cell.left(), 0, cell.width(), self.fontMetrics().height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.good if image.is_good else colours.defective)
        painter.drawEllipse(QRect(line.left(), line.center().y() - _DOT_PX // 2 + 1, _DOT_PX, _DOT_PX))
        painter.setPen(self.palette().windowText().color())
        line.setLeft(line.left() + _DOT_PX + 5)
        text = self.fontMetrics().elidedText(image.caption, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_cell(self, painter: QPainter, cell: QRect, pixmap: QPixmap | None) -> None:
        if pixmap is not None:
            size = pixmap.size().scaled(cell.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawPixmap(QRect(cell.topLeft(), size), pixmap)
            return
        shade = QColor(self.palette().windowText().color())
        shade.setAlpha(16)
        painter.fillRect(cell, shade)

    def _side(self) -> int:
        """Of a square cell, as large as fits."""
        columns = max(1, len(self._columns))
        wide = (self.width() - _TITLE_PX - (columns - 1) * _SPACE_PX) // columns
        high = (self.height() - self._caption_px() - (len(ROWS) - 1) * _SPACE_PX) // len(ROWS)
        return max(16, min(wide, high))

    def _caption_px(self) -> int:
        return self.fontMetrics().height() + 4

    def _left(self) -> int:
        return _TITLE_PX

    def _top(self, row: int) -> int:
        return self._caption_px() + row * (self._side() + _SPACE_PX)

    def _cell(self, row: int, column: int) -> QRect:
        side = self._side()
        return QRect(self._left() + column * (side + _SPACE_PX), self._top(row), side, side)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            for column, (image, _) in enumerate(self._columns):
                cell = self._cell(0, column)
                if cell.left() <= event.pos().x() <= cell.right():
                    QToolTip.showText(event.globalPos(), image.tip, self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)


def on_scale(maps: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    """Raw maps (N, H, W) ≥ 0 → [0, 1] by the logarithm, *low* becoming 0 and *high* 1.

    One scale for all images and epochs: with one for each, good parts would look red. Errors shrink
    a hundredfold while a network learns, so that a linear scale would soon show nothing.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        # Where two pictures are all but alike, 1 − SSIM can be a rounding error below 0.
        scaled = np.log(np.maximum(maps, 0) / low) / np.log(high / low)
    return np.where(np.isfinite(maps), np.clip(scaled, 0.0, 1.0), 1.0).astype(np.float32)


def to_levels(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(H, W, 1 or 3) in [0, 1] → uint8, grey without its last axis."""
    levels = np.rint(np.nan_to_num(np.clip(picture, 0.0, 1.0)) * 255.0).astype(np.uint8)
    return np.ascontiguousarray(levels[:, :, 0] if levels.shape[2] == 1 else levels)


def _pixmaps(image: PreviewImage) -> list[QPixmap | None]:
    coloured = None
    if image.error is not None:
        levels = np.rint(image.error * 255.0).astype(np.uint8)
        coloured = np.ascontiguousarray(lookup_table("")[levels])
    return [_pixmap(image.original), _pixmap(image.reconstruction), _pixmap(coloured)]


def _pixmap(pixels: NDArray[np.uint8] | None) -> QPixmap | None:
    if pixels is None:
        return None
    height, width = pixels.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
    return QPixmap.fromImage(QImage(pixels.data, width, height, pixels.strides[0], kind))

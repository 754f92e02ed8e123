"""What the colours of an error map mean: the run's scale, and where the threshold lies on it."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from anomaly_gui.ui.widgets.colour_maps import DEFAULT_COLOUR_MAP, colour_table
from anomaly_gui.ui.wording import score_text

_BAR_PX = 14
_GAP_PX = 6
_ARROW_PX = 5


class ColourLegend(QWidget):
    """A vertical bar with ticks; its width does not depend on the figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lower, self._upper = 0.0, 1.0
        self._threshold: float | None = None
        self._colour_map = DEFAULT_COLOUR_MAP
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setToolTip(
            "The colours of the error map. The scale is the same for every image of this run: it comes from "
            "held-out good images, so a good part looks calm."
        )

    def sizeHint(self) -> QSize:
        return QSize(_BAR_PX + _GAP_PX + self.fontMetrics().horizontalAdvance("≥ 000.0") + 6, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width(), 60)

    @property
    def threshold(self) -> float | None:
        return self._threshold

    @property
    def scale(self) -> tuple[float, float]:
        return self._lower, self._upper

    def set_scale(self, lower: float, upper: float) -> None:
        """The errors that the first and the last colour stand for."""
        if (lower, upper) != self.scale:
            self._lower, self._upper = lower, upper
            self.update()

    def set_colour_map(self, title: str) -> None:
        if title != self._colour_map:
            self._colour_map = title
            self.update()

    def set_threshold(self, threshold: float | None) -> None:
        """Mark the threshold; None where a threshold of scores is no value of the map."""
        if threshold != self._threshold:
            self._threshold = threshold
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        bar = self._bar()
        gradient = QImage(1, 256, QImage.Format.Format_RGB32)
        for row, colour in enumerate(reversed(colour_table(self._colour_map))):
            gradient.setPixel(0, row, colour)
        painter.drawImage(bar, gradient)
        painter.setPen(self.palette().mid().color())
        painter.drawRect(bar)
        self._paint_ticks(painter, bar)
        if self._threshold is not None and math.isfinite(self._threshold):
            self._paint_threshold(painter, bar, self._threshold)
        painter.end()

    def _bar(self) -> QRectF:
        margin = self.fontMetrics().height() / 2 + 1
        return QRectF(_ARROW_PX + 1.5, margin, _BAR_PX, max(1.0, self.height() - 2 * margin))

    def _y(self, value: float, bar: QRectF) -> float:
        share = (value - self._lower) / (self._upper - self._lower) if self._upper > self._lower else 0.0
        return bar.bottom() - min(max(share, 0.0), 1.0) * bar.height()

    def _paint_ticks(self, painter: QPainter, bar: QRectF) -> None:
        height = self.fontMetrics().height()
        painter.setPen(self.palette().windowText().color())
        decimals = 1 if self._upper - self._lower >= 2 else 2
        last = len(ticks := legend_ticks(self._lower, self._upper)) - 1
        for index, value in enumerate(ticks):
            y = self._y(value, bar)
            sign = "≤ " if index == 0 else "≥ " if index == last else ""
            painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 3, y))
            place = QRectF(bar.right() + _GAP_PX, y - height / 2, self.width(), height)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, sign + score_text(value, decimals))

    def _paint_threshold(self, painter: QPainter, bar: QRectF, threshold: float) -> None:
        y = self._y(threshold, bar)
        colour = self.palette().windowText().color()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(colour)
        painter.setPen(Qt.PenStyle.NoPen)
        tip = bar.left() - 1
        arrow = (QPointF(tip, y), QPointF(tip - _ARROW_PX, y - 4), QPointF(tip - _ARROW_PX, y + 4))
        painter.drawPolygon(QPolygonF(list(arrow)))
        for pen in (QPen(Qt.GlobalColor.black, 3), QPen(Qt.GlobalColor.white, 1)):
            painter.setPen(pen)
            painter.drawLine(QPointF(bar.left(), y), QPointF(bar.right(), y))


def legend_ticks(lower: float, upper: float) -> list[float]:
    """Both ends and round values between them, none so close to an end that they would touch."""
    if not upper > lower:
        return [lower]
    span = upper - lower
    power = 10.0 ** math.floor(math.log10(span / 4))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= span / 5)
    first = math.ceil(lower / step)
    inner = [k * step for k in range(first, math.floor(upper / step) + 1)]
    return [lower, *(v for v in inner if lower + span * 0.08 < v < upper - span * 0.08), upper]

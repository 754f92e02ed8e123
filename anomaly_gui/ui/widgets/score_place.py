"""Where one image stands among all scores: a small histogram with two marks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from anomaly_gui.ui.widgets.plot_colours import plot_colours
from anomaly_gui.ui.widgets.score_bins import ScoreBins, log_height

_MARK_PX = 6
_BELOW_PX = 9


class ScorePlace(QWidget):
    """Good and defective scores, the threshold as a line, and this image as an arrow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bins: ScoreBins | None = None
        self._threshold: float | None = None
        self._score: float | None = None
        self._bars: QPixmap | None = None
        """Painted once: at each image the arrow alone moves."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip("All scores (good and defective), the threshold as a line, this image as an arrow")

    def sizeHint(self) -> QSize:
        return QSize(220, 64)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 44)

    @property
    def score(self) -> float | None:
        return self._score

    def set_bins(self, bins: ScoreBins | None) -> None:
        self._bins = bins
        self._drop_bars()

    def set_threshold(self, threshold: float | None) -> None:
        if threshold != self._threshold:
            self._threshold = threshold
            self.update()

    def set_score(self, score: float | None) -> None:
        if score != self._score:
            self._score = score
            self.update()

    def _drop_bars(self) -> None:
        self._bars = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._drop_bars()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._drop_bars()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._bins is None:
            return
        colours = plot_colours(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._painted_bars(self._bins))
        base = self.height() - _BELOW_PX
        painter.setPen(QPen(colours.faint, 1))
        painter.drawLine(QPointF(0, base + 0.5), QPointF(self.width(), base + 0.5))
        if self._threshold is not None and math.isfinite(self._threshold):
            painter.setPen(QPen(colours.threshold, 2))
            x = self._x(self._threshold)
            painter.drawLine(QPointF(x, 0), QPointF(x, base))
        if self._score is not None and math.isfinite(self._score):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.text)
            x, end = self._x(self._score), self.height()
            corners = [QPointF(x, base - 3), QPointF(x - _MARK_PX, end), QPointF(x + _MARK_PX, end)]
            painter.drawPolygon(QPolygonF(corners))
        painter.end()

    def _x(self, score: float) -> float:
        bins = self._bins
        share = (score - bins.low) / (bins.high - bins.low) if bins else 0.0
        return _MARK_PX + min(max(share, 0.0), 1.0) * (self.width() - 2 * _MARK_PX)

    def _painted_bars(self, bins: ScoreBins) -> QPixmap:
        ratio = self.devicePixelRatioF()
        if self._bars is None or self._bars.devicePixelRatio() != ratio:
            colours = plot_colours(self.palette())
            self._bars = QPixmap(self.size() * ratio)
            self._bars.setDevicePixelRatio(ratio)
            self._bars.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._bars)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            top = max(1.0, float(max(log_height(bins.good).max(), log_height(bins.defective).max())))
            for counts, colour in ((bins.good, colours.good), (bins.defective, colours.defective)):
                self._paint_bars(painter, log_height(counts) / top, colour)
            painter.end()
        return self._bars

    def _paint_bars(self, painter: QPainter, heights: NDArray[np.float64], colour: QColor) -> None:
        soft = QColor(colour)
        soft.setAlpha(130)
        base = self.height() - _BELOW_PX
        width = (self.width() - 2 * _MARK_PX) / len(heights)
        for index, height in enumerate(heights):
            if height > 0:
                tall = height * (base - 2)
                painter.fillRect(QRectF(_MARK_PX + index * width, base - tall, width, tall), soft)

"""What each threshold would give: rates against the threshold, and the ROC curve."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsItem, QWidget

from anomaly_gui.ui.widgets.plot_base import PlotBase, ShareAxis, StaticCurve, curve_pen, thinned
from anomaly_gui.ui.widgets.threshold_line import ThresholdLine

GRID_POINTS = 1200
LABEL_ROOM_PX = 18

Curve = NDArray[np.float64]
RateSource = Callable[[Curve], tuple[Curve, Curve, Curve]]
"""Thresholds (K,) → precision, recall and F1 (K,) each, NaN where undefined."""


class RatePlot(PlotBase):
    """Precision, recall and F1 over the threshold, on the histogram's score axis."""

    threshold_dragged = Signal(float)
    threshold_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            parent,
            name="F1, precision and recall against the threshold",
            x_title="Anomaly score",
            y_title="",
            left=ShareAxis("left"),
        )
        self._source: RateSource | None = None
        self.precision, self.recall, self.f1 = StaticCurve(), StaticCurve(), StaticCurve()
        for curve in (self.precision, self.recall, self.f1):
            self.addItem(curve, ignoreBounds=True)
        self.threshold = ThresholdLine(self)
        self.threshold.dragged.connect(self.threshold_dragged)
        self.threshold.released.connect(self.threshold_chosen)
        box = self.getPlotItem().getViewBox()
        box.setYRange(0, 1.04, padding=0)
        box.setMouseEnabled(x=True, y=False)
        box.sigXRangeChanged.connect(self._sample)
        self.finish()

    def recolour(self) -> None:
        super().recolour()
        colours = self.colours
        self.threshold.recolour(colours)
        self.precision.setPen(curve_pen(colours.precision, 1.8))
        self.recall.setPen(curve_pen(colours.recall, 1.8))
        self.f1.setPen(curve_pen(colours.f1, 2.4))

    def set_source(self, source: RateSource | None) -> None:
        """Draw other rates; they are asked for again, as finely as the screen shows, at each zoom."""
        self._source = source
        self._sample()

    def set_threshold(self, value: float) -> None:
        self.threshold.set_value(value)

    def set_before(self, value: float | None) -> None:
        self.threshold.set_before(value)

    def _sample(self) -> None:
        if self._source is None:
            return
        low, high = self.getPlotItem().getViewBox().viewRange()[0]
        grid = np.linspace(low, high, GRID_POINTS)
        for curve, rates in zip((self.precision, self.recall, self.f1), self._source(grid), strict=True):
            curve.setData(grid, rates, connect="finite")

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event)
        event.accept()


class RocPlot(PlotBase):
    """Recall over the false alarm rate, with a point where the threshold is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            parent,
            name="ROC curve",
            x_title="False alarm rate",
            y_title="Recall",
            left=ShareAxis("left"),
            bottom=ShareAxis("bottom"),
        )
        self.chance = StaticCurve()
        self.chance.setData(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
        self.curve = StaticCurve()
        self.before, self.point = _dot(10), _dot(13)
        for item in (self.chance, self.curve, self.before, self.point):
            self.addItem(item, ignoreBounds=True)
        box = self.getPlotItem().getViewBox()
        # Room for the half of "100 %" that stands beyond the end of the axis, which pyqtgraph would leave out.
        self.getPlotItem().layout.setContentsMargins(0, 0, LABEL_ROOM_PX, 0)
        self.getPlotItem().getAxis("bottom").setStyle(hideOverlappingLabels=LABEL_ROOM_PX)
        box.setRange(xRange=(-0.02, 1.02), yRange=(-0.02, 1.04), padding=0)
        box.setMouseEnabled(x=False, y=False)
        self.finish()

    def recolour(self) -> None:
        super().recolour()
        colours = self.colours
        self.chance.setPen(curve_pen(colours.faint, 1, Qt.PenStyle.DashLine))
        self.curve.setPen(curve_pen(colours.recall, 2.2))
        self.point.setPen(pg.mkPen(colours.background, width=2))
        self.point.setBrush(colours.threshold)
        self.before.setPen(pg.mkPen(colours.faint, width=1.5))
        self.before.setBrush(Qt.BrushStyle.NoBrush)

    def set_curve(self, false_alarm_rate: NDArray[np.float64], recall: NDArray[np.float64]) -> None:
        """Points (K,) each, from (0, 0) to (1, 1); empty where one class is missing."""
        self.curve.setData(*thinned(false_alarm_rate, recall))

    def set_point(self, place: tuple[float, float] | None) -> None:
        """False alarm rate and recall at the threshold; None where undefined."""
        _move(self.point, place)

    def set_before(self, place: tuple[float, float] | None) -> None:
        _move(self.before, place)


def _dot(size_px: float) -> QGraphicsEllipseItem:
    """A dot of a fixed size on the screen; pyqtgraph's scatter item costs a millisecond a move."""
    dot = QGraphicsEllipseItem(-size_px / 2, -size_px / 2, size_px, size_px)
    dot.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
    dot.setVisible(False)
    return dot


def _move(dot: QGraphicsEllipseItem, place: tuple[float, float] | None) -> None:
    dot.setVisible(place is not None)
    if place is not None:
        dot.setPos(*place)

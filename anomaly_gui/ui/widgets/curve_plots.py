"""What each threshold would give: rates against the threshold, ROC and precision-recall curves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QWheelEvent
from PySide6.QtWidgets import QWidget

from anomaly_gui.ui.widgets.plot_base import PlotBase, ShareAxis, curve_pen, thinned
from anomaly_gui.ui.widgets.plot_clicks import PlotClicks
from anomaly_gui.ui.widgets.plot_marks import PlotDot
from anomaly_gui.ui.widgets.recheck_band import RecheckBand
from anomaly_gui.ui.widgets.threshold_line import ThresholdLine

GRID_POINTS = 1200
LABEL_ROOM_PX = 18
_HIGHEST = 1.04
"""A little above 100 %, so that a curve along it is seen."""
_RATES_TEACH = (
    "What each threshold would give. Further right fewer images are called defective: precision mostly rises and "
    "recall falls. Drag the line, or click where the threshold is to be"
)
_ROC_TEACHES = (
    "Each point is one threshold. A detector that separates well reaches the upper left corner; one that guesses "
    "stays on the dashed line. Click on the curve to set the threshold there"
)
_PRECISION_RECALL_TEACHES = (
    "Each point is one threshold: how many of the defects it finds, and how many of its alarms are right. A detector "
    "that separates well reaches the upper right corner; one that guesses stays on the dashed line, the share of "
    "defective images. Click on the curve to set the threshold there"
)

_OVERLAP_TEACHES = (
    "Each point is one pixel threshold: which share of a defect's area it finds, on average over all defects, large or "
    "small, and how many pixels outside it marks. AUPRO is the area under this curve up to the limit. Click on the "
    "curve to set the pixel threshold there"
)

Curve = NDArray[np.float64]
RateSource = Callable[[Curve], tuple[Curve, Curve, Curve]]
"""Thresholds (K,) → precision, recall and F1 (K,) each, NaN where undefined."""


class RatePlot(PlotBase):
    """Precision, recall and F1 over the threshold, on the histogram's score axis."""

    threshold_dragged = Signal(float)
    threshold_chosen = Signal(float)
    recheck_dragged = Signal(float)
    recheck_chosen = Signal(float)
    score_clicked = Signal(float)
    """Anywhere but on a line."""

    def __init__(
        self, parent: QWidget | None = None, *, x_title: str = "Anomaly score", teaches: str = _RATES_TEACH
    ) -> None:
        super().__init__(
            parent,
            name="F1, precision and recall against the threshold",
            x_title=x_title,
            y_title="",
            left=ShareAxis("left"),
        )
        self._source: RateSource | None = None
        self.precision, self.recall, self.f1 = pg.PlotCurveItem(), pg.PlotCurveItem(), pg.PlotCurveItem()
        for curve in (self.precision, self.recall, self.f1):
            self.addItem(curve, ignoreBounds=True)
        self.recheck = RecheckBand(self)
        self.recheck.dragged.connect(self.recheck_dragged)
        self.recheck.released.connect(self.recheck_chosen)
        self.threshold = ThresholdLine(self)
        self.threshold.dragged.connect(self.threshold_dragged)
        self.threshold.released.connect(self.threshold_chosen)
        self._clicks = PlotClicks(self)
        self._clicks.clicked.connect(self._tell_clicked)
        self.getPlotItem().setToolTip(teaches)
        box = self.getPlotItem().getViewBox()
        box.setYRange(0, _HIGHEST, padding=0)
        box.setMouseEnabled(x=True, y=False)
        box.sigXRangeChanged.connect(self._sample)
        self.finish()

    def recolour(self) -> None:
        super().recolour()
        colours = self.colours
        self.threshold.recolour(colours)
        self.recheck.recolour(colours)
        self.precision.setPen(curve_pen(colours.precision, 1.8))
        self.recall.setPen(curve_pen(colours.recall, 1.8))
        self.f1.setPen(curve_pen(colours.f1, 2.4))

    def set_source(self, source: RateSource | None) -> None:
        """Draw other rates; they are asked for again, as finely as the screen shows, at each zoom."""
        self._source = source
        self._sample()

    def set_threshold(self, value: float) -> None:
        self.threshold.set_value(value)

    def set_recheck(self, recheck: float | None) -> None:
        """The recheck line, below the threshold; None for none."""
        self.recheck.set_band(recheck, self.threshold.value())

    def set_before(self, value: float | None) -> None:
        self.threshold.set_before(value)

    def _tell_clicked(self, score: float, _share: float) -> None:
        self.score_clicked.emit(score)

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


class PointPlot(PlotBase):
    """A curve of two rates in the unit square, with a point where the threshold is."""

    place_clicked = Signal(float, float)
    """In the plot's units: right and up."""

    def __init__(self, parent: QWidget | None, *, name: str, x_title: str, y_title: str, teaches: str) -> None:
        super().__init__(
            parent, name=name, x_title=x_title, y_title=y_title, left=ShareAxis("left"), bottom=ShareAxis("bottom")
        )
        self.chance, self.curve = pg.PlotCurveItem(), pg.PlotCurveItem()
        self.before, self.point = PlotDot(self, 10), PlotDot(self, 13)
        self._note = pg.TextItem("", anchor=(0.5, 0.5))
        self._note.setPos(0.5, 0.5)
        for item in (self.chance, self.curve, self._note):
            self.addItem(item, ignoreBounds=True)
        box = self.getPlotItem().getViewBox()
        # Room for the half of "100 %" that stands beyond the end of the axis, which pyqtgraph would leave out.
        self.getPlotItem().layout.setContentsMargins(0, 0, LABEL_ROOM_PX, 0)
        self.getPlotItem().getAxis("bottom").setStyle(hideOverlappingLabels=LABEL_ROOM_PX)
        self.getPlotItem().setToolTip(teaches)
        box.setRange(xRange=(-0.02, 1.02), yRange=(-0.02, _HIGHEST), padding=0)
        box.setMouseEnabled(x=False, y=False)
        self._clicks = PlotClicks(self)
        self._clicks.clicked.connect(self.place_clicked)
        self.finish()

    def recolour(self) -> None:
        super().recolour()
        colours = self.colours
        self.chance.setPen(curve_pen(colours.faint, 1, Qt.PenStyle.DashLine))
        self.curve.setPen(curve_pen(colours.recall, 2.2))
        self.point.set_look(curve_pen(colours.background), QBrush(colours.threshold))
        self.before.set_look(curve_pen(colours.faint, 1.5), QBrush(Qt.BrushStyle.NoBrush))
        self._note.setColor(colours.text)
        self._note.setFont(self.font())

    def _draw(self, x: NDArray[np.float64], y: NDArray[np.float64], nothing: str) -> None:
        """A curve of points (K,) each; *nothing* is said in its place where it is empty."""
        self.curve.setData(*thinned(x, y))
        self._say("" if len(x) else nothing)

    def _say(self, note: str) -> None:
        if note != self.note:
            self._note.setText(note)
            self._note.setVisible(bool(note))

    @property
    def note(self) -> str:
        """What is said instead of a curve; empty where there is one."""
        return str(self._note.toPlainText())

    def set_point(self, place: tuple[float, float] | None) -> None:
        """Where the threshold is, right and up; None where undefined."""
        self.point.set_place(place)

    def set_before(self, place: tuple[float, float] | None) -> None:
        self.before.set_place(place)


class RocPlot(PointPlot):
    """Recall over the false alarm rate."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name="ROC curve", x_title="False alarm rate", y_title="Recall", teaches=_ROC_TEACHES)
        self.chance.setData(np.array([0.0, 1.0]), np.array([0.0, 1.0]))

    def set_curve(self, false_alarm_rate: NDArray[np.float64], recall: NDArray[np.float64]) -> None:
        """Points (K,) each, from (0, 0) to (1, 1); empty where one class is missing."""
        self._draw(false_alarm_rate, recall, "n/a: it takes good and\ndefective images")


class PrecisionRecallPlot(PointPlot):
    """Precision over recall."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            parent,
            name="Precision-recall curve",
            x_title="Recall",
            y_title="Precision",
            teaches=_PRECISION_RECALL_TEACHES,
        )

    def set_curve(
        self, recall: NDArray[np.float64], precision: NDArray[np.float64], defect_share: float | None
    ) -> None:
        """Points (K,) each, recall rising; empty where one class is missing. Guessing gives *defect_share*."""
        self._draw(recall, precision, "n/a: it takes good and\ndefective images")
        self.chance.setVisible(defect_share is not None and len(recall) > 0)
        if defect_share is not None:
            self.chance.setData(np.array([0.0, 1.0]), np.full(2, defect_share))

    def set_point(self, place: tuple[float, float] | None) -> None:
        """Recall and precision; None where nothing is called defective, so that no alarm can be right."""
        super().set_point(place)
        if len(self.curve.getData()[0]):
            self._say("" if place else "No point: nothing is\ncalled defective here")


class OverlapPlot(PointPlot):
    """Share of each defect's area that is found, over the false alarm rate of pixels up to a limit."""

    def __init__(self, limit: float, parent: QWidget | None = None) -> None:
        super().__init__(
            parent,
            name="Per-region overlap curve",
            x_title="False alarm rate of pixels",
            y_title="Area found",
            teaches=_OVERLAP_TEACHES,
        )
        self._limit = limit
        self.getPlotItem().getViewBox().setXRange(-0.02 * limit, 1.02 * limit, padding=0)

    def set_curve(self, false_alarm_rate: NDArray[np.float64], overlap: NDArray[np.float64]) -> None:
        """Points (K,) each from (0, 0) on; empty where no defect has a mask."""
        shown = false_alarm_rate <= 1.5 * self._limit
        self._draw(false_alarm_rate[shown], overlap[shown], "n/a: no defect\nhas a mask")

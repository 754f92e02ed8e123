"""Scores of good and defective images, with the threshold to be dragged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QWidget

from anomaly_gui.ui.widgets.pin_lines import PinLines
from anomaly_gui.ui.widgets.plot_base import PlotBase, curve_pen, faded
from anomaly_gui.ui.widgets.plot_clicks import PlotClicks
from anomaly_gui.ui.widgets.plot_marks import PlotWord
from anomaly_gui.ui.widgets.recheck_band import RecheckBand
from anomaly_gui.ui.widgets.score_bins import ScoreBins, log_height
from anomaly_gui.ui.widgets.threshold_line import ThresholdLine

_HEADROOM = 1.16
"""Room above the highest bar for the words beside the line."""
_WORD_ROOM_PX = 12
_TEACHES = (
    "How many images have which score. Drag the line, or click where the threshold is to be: images from there "
    "on are called defective. Turn the wheel to look closer, drag the plot to move it, click twice to see all"
)


@dataclass(frozen=True)
class Wording:
    """What is counted, and how what lies on either side of the line is called."""

    name: str = "Score histogram"
    counted: str = "Images"
    below: str = "called good ◂"
    above: str = "▸ called defective"
    teaches: str = _TEACHES


class CountAxis(pg.AxisItem):
    """Counts: whole numbers, evenly or by log10(1 + n)."""

    def __init__(self) -> None:
        super().__init__("left")
        self.logarithmic = False

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float | None, list[float]]]:
        if not self.logarithmic:
            step = _whole_step(high, max(2, int(size // 34)))
            return [(step, [float(v) for v in range(0, int(max(high, 0)) + 1, step)])]
        counts = [0] + [m * 10**p for p in range(11) for m in (1, 2, 5) if p < 4 or m == 1]
        apart = (high - low) * 16 / max(size, 1)
        kept: list[float] = []
        for value in (math.log10(1 + n) for n in counts):
            if value <= high and (not kept or value - kept[-1] >= apart):
                kept.append(value)
        return [(None, kept)]

    def tickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[str]:
        return [_count_text(round(10**v - 1) if self.logarithmic else round(v)) for v in values]


class ScoreHistogram(PlotBase):
    """Bars stand still; only the line and the words beside it move."""

    threshold_dragged = Signal(float)
    threshold_chosen = Signal(float)
    """At the end of a drag."""
    recheck_dragged = Signal(float)
    recheck_chosen = Signal(float)
    """At the end of a drag."""
    score_clicked = Signal(float)
    """Anywhere but on a line."""

    def __init__(self, parent: QWidget | None = None, wording: Wording | None = None) -> None:
        words = wording or Wording()
        self._count_axis = CountAxis()
        super().__init__(parent, name=words.name, x_title="", y_title=words.counted, left=self._count_axis)
        self._bins: ScoreBins | None = None
        self.good = pg.PlotCurveItem()
        self.defective = pg.PlotCurveItem()
        for curve in (self.good, self.defective):
            self.addItem(curve, ignoreBounds=True)
        self._note = pg.TextItem("", anchor=(1, 0))
        self.addItem(self._note, ignoreBounds=True)
        self.pins = PinLines(self)
        self.called_good = PlotWord(self, words.below, (1.08, 0))
        self.recheck_word = PlotWord(self, "recheck", (0.5, 0), visible=False)
        self.called_defective = PlotWord(self, words.above, (-0.06, 0))
        self.recheck = RecheckBand(self)
        self.recheck.dragged.connect(self.recheck_dragged)
        self.recheck.released.connect(self.recheck_chosen)
        self.threshold = ThresholdLine(self)
        self.threshold.dragged.connect(self.threshold_dragged)
        self.threshold.released.connect(self.threshold_chosen)
        self._clicks = PlotClicks(self, waits=lambda: self._is_zoomed)
        self._clicks.clicked.connect(self._tell_clicked)
        self.getPlotItem().setMouseEnabled(x=True, y=False)
        self.getPlotItem().setToolTip(words.teaches)
        self.getPlotItem().getViewBox().sigResized.connect(self._place_words)
        self.finish()

    @property
    def logarithmic(self) -> bool:
        return self._count_axis.logarithmic

    def recolour(self) -> None:
        super().recolour()
        colours = self.colours
        for part in (self.threshold, self.recheck, self.pins):
            part.recolour(colours)
        for curve, colour in ((self.good, colours.good), (self.defective, colours.defective)):
            curve.setPen(curve_pen(colour, 1.5))
            curve.setBrush(faded(colour, 90))
        for word in (self.called_good, self.recheck_word, self.called_defective):
            word.set_colour(colours.text)
        self._note.setColor(colours.text)
        self._note.setFont(self.font())

    def set_bins(self, bins: ScoreBins, *, keep_zoom: bool = False) -> None:
        """Draw other scores, and show all of them; or, with *keep_zoom*, go on showing the part that is shown."""
        zoomed = self.getPlotItem().getViewBox().viewRange()[0] if keep_zoom and self._is_zoomed else None
        self._bins = bins
        self._note.setText(bins.note)
        self._draw()
        self.show_all()
        if zoomed is not None:
            self.getPlotItem().getViewBox().setXRange(*zoomed, padding=0)

    def set_logarithmic(self, logarithmic: bool) -> None:
        self._count_axis.logarithmic = logarithmic
        self._draw()
        self._fit_height()

    def set_threshold(self, value: float) -> None:
        self.threshold.set_value(value)
        self._place_words()

    def set_recheck(self, recheck: float | None) -> None:
        """The recheck line, below the threshold; None for none."""
        before = self.recheck.value()
        self.recheck.set_band(recheck, self.threshold.value())
        if recheck != before:
            self._place_words()

    def set_pins(self, pins: Mapping[str, float]) -> None:
        self.pins.set_pins(pins, self._top())

    def _place_words(self) -> None:
        """Words that have no room beside their line would be cut off."""
        box, value, top = self.getPlotItem().getViewBox(), self.threshold.value(), self._top()
        low, high = box.viewRange()[0]
        scale = box.width() / (high - low)
        recheck = self.recheck.value()
        line = value if recheck is None else recheck
        for word, place, room in (
            (self.called_good, line, line - low),
            (self.recheck_word, (line + value) / 2, value - max(line, low)),
            (self.called_defective, value, high - value),
        ):
            word.set_place(place, top)
            word.set_visible(room * scale > word.width_px + _WORD_ROOM_PX)

    @property
    def _is_zoomed(self) -> bool:
        if self._bins is None:
            return False
        low, high = self.getPlotItem().getViewBox().viewRange()[0]
        return high - low < 0.999 * (self._bins.high - self._bins.low)

    def _tell_clicked(self, score: float, _height: float) -> None:
        self.score_clicked.emit(score)

    def set_before(self, value: float | None) -> None:
        self.threshold.set_before(value)

    def show_all(self) -> None:
        """The whole range of scores."""
        if self._bins is not None:
            box = self.getPlotItem().getViewBox()
            box.setXRange(self._bins.low, self._bins.high, padding=0)
            box.setLimits(xMin=self._bins.low, xMax=self._bins.high)
            self._fit_height()

    def show_overlap(self) -> None:
        """The part of the scores where a threshold is worth a thought."""
        part = self._bins.overlap if self._bins is not None else None
        if part is not None:
            self.getPlotItem().getViewBox().setXRange(*part, padding=0.03)

    def _draw(self) -> None:
        if self._bins is None:
            return
        for curve, counts in ((self.good, self._bins.good), (self.defective, self._bins.defective)):
            heights = log_height(counts) if self.logarithmic else counts.astype(np.float64)
            curve.setData(self._bins.edges, heights, stepMode="center", fillLevel=0.0)

    def _fit_height(self) -> None:
        self.getPlotItem().getViewBox().setYRange(0, self._top(), padding=0)
        self.set_threshold(self.threshold.value())
        self.set_recheck(self.recheck.value())
        self.pins.set_top(self._top())
        if self._bins is not None:
            self._note.setPos(self._bins.high, self._top() * 0.88)

    def _top(self) -> float:
        if self._bins is None:
            return 1.0
        highest = int(max(self._bins.good.max(), self._bins.defective.max(), 1))
        return float(log_height(np.array([highest]))[0] if self.logarithmic else highest) * _HEADROOM

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event)
        event.accept()

    def mouseDoubleClickEvent(self, event: object) -> None:
        self._clicks.forget()
        self.show_all()


def _count_text(count: int) -> str:
    """Pixels are counted in millions."""
    for unit, power in (("G", 9), ("M", 6)):
        if count >= 10**power:
            return f"{count / 10**power:g} {unit}"
    return f"{count:,}"


def _whole_step(high: float, most: int) -> int:
    """The smallest of 1, 2, 5, 10 … that needs at most *most* ticks."""
    step = next(m * 10**p for p in range(9) for m in (1, 2, 5) if high / (m * 10**p) <= most)
    return max(1, step)

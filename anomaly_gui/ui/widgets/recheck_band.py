"""The recheck line, and the band between it and the threshold."""

from __future__ import annotations

import math

import pyqtgraph as pg

from anomaly_gui.ui.widgets.plot_base import PlotBase, faded
from anomaly_gui.ui.widgets.plot_colours import PlotColours
from anomaly_gui.ui.widgets.plot_marks import PlotBand
from anomaly_gui.ui.widgets.threshold_line import DraggedLine

_HANDLE_PLACE = 0.86
"""Below the threshold's handle: lines that lie together can be told apart."""


class RecheckBand(DraggedLine):
    """A second line that cannot be dragged past the threshold; not seen until it is set."""

    def __init__(self, plot: PlotBase) -> None:
        self.area = PlotBand(plot)
        super().__init__(plot, _HANDLE_PLACE, visible=False)

    def recolour(self, colours: PlotColours) -> None:
        self.line.set_pen(pg.mkPen(colours.threshold, width=1), pg.mkPen(colours.threshold, width=3))
        self.area.set_brush(faded(colours.threshold, 26))

    def value(self) -> float | None:
        """None where there is no line."""
        return self.line.value() if self.line.isVisible() else None

    def set_band(self, recheck: float | None, threshold: float) -> None:
        """From *recheck* to *threshold*; None: no band."""
        for mark in (self.area, self.line):
            mark.set_visible(recheck is not None)
        if recheck is not None:
            self.line.highest = math.nextafter(threshold, -math.inf)
            self.line.set_value(recheck)
            self.area.set_ends(recheck, threshold)

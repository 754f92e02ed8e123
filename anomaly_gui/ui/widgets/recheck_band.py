"""The recheck line, and the band between it and the threshold."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtWidgets import QGraphicsRectItem

from anomaly_gui.ui.widgets.plot_base import faded
from anomaly_gui.ui.widgets.plot_colours import PlotColours
from anomaly_gui.ui.widgets.threshold_line import DraggedLine

_HANDLE_PLACE = 0.86
"""Below the threshold's handle: lines that lie together can be told apart."""


class RecheckBand(DraggedLine):
    """A second line that cannot be dragged past the threshold; not seen until it is set."""

    def __init__(self, plot: pg.PlotWidget, *, shaded: bool = True) -> None:
        """*shaded*: paint the band; to paint it anew takes time at each move."""
        super().__init__(plot, _HANDLE_PLACE)
        self._shaded = shaded
        self.line.setZValue(19)
        self.area = QGraphicsRectItem()
        self.area.setPen(pg.mkPen(None))
        self.area.setZValue(-10)
        for item in (self.area, self.line):
            item.setVisible(False)
            plot.addItem(item, ignoreBounds=True)

    def recolour(self, colours: PlotColours) -> None:
        self.line.setPen(pg.mkPen(colours.threshold, width=1))
        self.line.setHoverPen(pg.mkPen(colours.threshold, width=3))
        self.area.setBrush(faded(colours.threshold, 26))

    def value(self) -> float | None:
        """None where there is no line."""
        return float(self.line.value()) if self.line.isVisible() else None

    def set_band(self, recheck: float | None, threshold: float, top: float) -> None:
        """From *recheck* to *threshold*, up to the plot's *top*; None: no band."""
        for item in (self.area, self.line):
            item.setVisible(recheck is not None)
        if recheck is None:
            return
        # Dragging stops below the threshold. The bound first: the one before must not stop the line on its way.
        self.line.setBounds((None, math.nextafter(threshold, -math.inf)))
        if recheck != self.line.value():
            self.line.setValue(recheck)
        if self._shaded:
            self.area.setRect(recheck, 0.0, threshold - recheck, top)

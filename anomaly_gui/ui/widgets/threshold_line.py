"""The threshold as a vertical line that can be dragged."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal

from anomaly_gui.ui.widgets.plot_base import PlotBase
from anomaly_gui.ui.widgets.plot_colours import PlotColours
from anomaly_gui.ui.widgets.plot_marks import PlotLine


class DraggedLine(QObject):
    """A vertical line over a plot that tells moves of the mouse apart from moves by program."""

    dragged = Signal(float)
    """While the mouse moves."""
    released = Signal(float)
    """At the end of a drag."""

    def __init__(self, plot: PlotBase, handle: float = 1.0, *, visible: bool = True) -> None:
        """*handle*: how high it can be taken hold of, 1 at the top."""
        super().__init__(plot)
        # A handle, because a line of two pixels is hard to catch with gloves on.
        self.line = PlotLine(plot, handle=handle, visible=visible)
        plot.let_drag(self.line, self._drag, self._let_go)

    def _drag(self, value: float) -> None:
        self.line.set_value(min(value, self.line.highest))
        self.dragged.emit(self.line.value())

    def _let_go(self) -> None:
        self.released.emit(self.line.value())


class ThresholdLine(DraggedLine):
    """The threshold, and a faint line where it was before."""

    def __init__(self, plot: PlotBase) -> None:
        self.before = PlotLine(plot, visible=False)
        super().__init__(plot)

    def recolour(self, colours: PlotColours) -> None:
        self.line.set_pen(pg.mkPen(colours.threshold, width=2), pg.mkPen(colours.threshold, width=4))
        self.before.set_pen(pg.mkPen(colours.faint, width=1, style=Qt.PenStyle.DashLine))

    def value(self) -> float:
        return self.line.value()

    def set_value(self, value: float) -> None:
        self.line.set_value(value)

    def set_before(self, value: float | None) -> None:
        """Where the threshold was; None where there is nothing to compare with."""
        self.before.set_visible(value is not None)
        if value is not None:
            self.before.set_value(value)

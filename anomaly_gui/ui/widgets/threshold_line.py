"""The threshold as a vertical line that can be dragged."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal

from anomaly_gui.ui.widgets.plot_colours import PlotColours

_HANDLE_PX = 14


class DraggedLine(QObject):
    """A vertical line over a plot that tells moves of the mouse apart from moves by program."""

    dragged = Signal(float)
    """While the mouse moves."""
    released = Signal(float)
    """At the end of a drag."""

    def __init__(self, plot: pg.PlotWidget, handle_place: float = 1.0) -> None:
        """*handle_place*: height of the handle, 1 at the top."""
        super().__init__(plot)
        self.line = pg.InfiniteLine(movable=True)
        self.line.setCursor(Qt.CursorShape.SizeHorCursor)
        # A handle, because a line of two pixels is hard to catch with gloves on.
        self.line.addMarker("v", position=handle_place, size=_HANDLE_PX)
        self.line.sigDragged.connect(self._tell_dragged)
        self.line.sigPositionChangeFinished.connect(self._tell_released)
        self._dragging = False

    def _tell_dragged(self) -> None:
        self._dragging = True
        self.dragged.emit(float(self.line.value()))

    def _tell_released(self) -> None:
        # pyqtgraph also announces the end of moves that are no drags.
        if self._dragging:
            self._dragging = False
            self.released.emit(float(self.line.value()))


class ThresholdLine(DraggedLine):
    """The threshold, and a faint line where it was before."""

    def __init__(self, plot: pg.PlotWidget) -> None:
        super().__init__(plot)
        self.line.setZValue(20)
        self.before = pg.InfiniteLine(movable=False)
        self.before.setZValue(10)
        self.before.setVisible(False)
        for item in (self.before, self.line):
            plot.addItem(item, ignoreBounds=True)

    def recolour(self, colours: PlotColours) -> None:
        self.line.setPen(pg.mkPen(colours.threshold, width=2))
        self.line.setHoverPen(pg.mkPen(colours.threshold, width=4))
        self.before.setPen(pg.mkPen(colours.faint, width=1, style=Qt.PenStyle.DashLine))

    def value(self) -> float:
        return float(self.line.value())

    def set_value(self, value: float) -> None:
        if value != self.line.value():
            self.line.setValue(value)

    def set_before(self, value: float | None) -> None:
        """Where the threshold was; None where there is nothing to compare with."""
        self.before.setVisible(value is not None)
        if value is not None:
            self.before.setValue(value)

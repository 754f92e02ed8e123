"""Where pinned thresholds are, faintly, with their letters."""

from __future__ import annotations

from collections.abc import Mapping

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt

from anomaly_gui.ui.widgets.plot_base import PlotBase
from anomaly_gui.ui.widgets.plot_colours import PlotColours
from anomaly_gui.ui.widgets.plot_marks import PlotLine, PlotWord

_LETTER_PLACE = 0.78
"""Below the words beside the threshold, """
_LETTER_STEP = 0.08
"""and each below the one before, so that pins that lie together can be told apart."""


class PinLines(QObject):
    """Lines that cannot be dragged."""

    def __init__(self, plot: PlotBase) -> None:
        super().__init__(plot)
        self._plot = plot
        self._colours: PlotColours | None = None
        self.lines: dict[str, PlotLine] = {}
        self.letters: dict[str, PlotWord] = {}
        self._top = 1.0

    def recolour(self, colours: PlotColours) -> None:
        self._colours = colours
        for line in self.lines.values():
            line.set_pen(pg.mkPen(colours.faint, width=1, style=Qt.PenStyle.DashDotLine))
        for letter in self.letters.values():
            letter.set_colour(colours.text)

    def set_pins(self, pins: Mapping[str, float], top: float) -> None:
        """Letter → threshold, drawn up to *top*."""
        for name in [name for name in self.lines if name not in pins]:
            self._plot.remove_mark(self.lines.pop(name))
            self._plot.remove_mark(self.letters.pop(name))
        for name, value in pins.items():
            if name not in self.lines:
                self.lines[name] = PlotLine(self._plot)
                self.letters[name] = PlotWord(self._plot, name, (-0.2, 0))
            self.lines[name].set_value(value)
        if self._colours is not None:
            self.recolour(self._colours)
        self.set_top(top)

    def set_top(self, top: float) -> None:
        self._top = top
        for place, (name, letter) in enumerate(sorted(self.letters.items())):
            letter.set_place(self.lines[name].value(), (_LETTER_PLACE - place * _LETTER_STEP) * top)

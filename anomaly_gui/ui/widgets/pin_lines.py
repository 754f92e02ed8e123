"""Where pinned thresholds are, faintly, with their letters."""

from __future__ import annotations

from collections.abc import Mapping

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt

from anomaly_gui.ui.widgets.plot_colours import PlotColours

_LETTER_PLACE = 0.78
"""Below the words beside the threshold, """
_LETTER_STEP = 0.08
"""and each below the one before, so that pins that lie together can be told apart."""


class PinLines(QObject):
    """Lines that cannot be dragged."""

    def __init__(self, plot: pg.PlotWidget) -> None:
        super().__init__(plot)
        self._plot = plot
        self._colours: PlotColours | None = None
        self.lines: dict[str, pg.InfiniteLine] = {}
        self._letters: dict[str, pg.TextItem] = {}
        self._top = 1.0

    def recolour(self, colours: PlotColours) -> None:
        self._colours = colours
        for line in self.lines.values():
            line.setPen(pg.mkPen(colours.faint, width=1, style=Qt.PenStyle.DashDotLine))
        for letter in self._letters.values():
            letter.setColor(colours.text)
            letter.setFont(self._plot.font())

    def set_pins(self, pins: Mapping[str, float], top: float) -> None:
        """Letter → threshold, drawn up to *top*."""
        for name in [name for name in self.lines if name not in pins]:
            self._plot.removeItem(self.lines.pop(name))
            self._plot.removeItem(self._letters.pop(name))
        for name, value in pins.items():
            if name not in self.lines:
                self._add(name)
            self.lines[name].setValue(value)
        if self._colours is not None:
            self.recolour(self._colours)
        self.set_top(top)

    def set_top(self, top: float) -> None:
        self._top = top
        for place, (name, letter) in enumerate(sorted(self._letters.items())):
            letter.setPos(float(self.lines[name].value()), (_LETTER_PLACE - place * _LETTER_STEP) * top)

    def _add(self, name: str) -> None:
        self.lines[name] = pg.InfiniteLine(movable=False)
        self._letters[name] = pg.TextItem(name, anchor=(-0.2, 0))
        for item in (self.lines[name], self._letters[name]):
            item.setZValue(8)
            self._plot.addItem(item, ignoreBounds=True)

"""Curves of several runs in one plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from anomaly_gui.ui.widgets.plot_base import PlotBase, ShareAxis, curve_pen, thinned
from anomaly_gui.ui.widgets.plot_colours import plot_colours

LABEL_ROOM_PX = 18
_STYLES = (
    Qt.PenStyle.DashLine,
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.SolidLine,
)
"""The run that the others are compared with is dashed: two curves on one another are both seen."""
MOST_RUNS = len(_STYLES)

Curve = NDArray[np.float64]


@dataclass(frozen=True)
class OverlaidCurve:
    """One run's curve in the unit square, with a point where its threshold is."""

    colour: int
    """Place in run_colours()."""
    points: tuple[Curve, Curve] | None
    threshold: tuple[float, float] | None


def run_colours(palette: QPalette) -> tuple[QColor, ...]:
    """One for each run that can be compared, told apart by colour-blind eyes."""
    colours = plot_colours(palette)
    return colours.defective, colours.good, colours.precision, colours.recall, colours.threshold


class OverlayPlot(PlotBase):
    """The unit square, both axes in per cent."""

    def __init__(
        self, parent: QWidget | None = None, *, name: str, x_title: str, y_title: str, chance: bool = False
    ) -> None:
        super().__init__(
            parent,
            name=name,
            x_title=x_title,
            y_title=y_title,
            left=ShareAxis("left"),
            bottom=ShareAxis("bottom"),
        )
        self._chance = pg.PlotCurveItem()
        if chance:
            self._chance.setData(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
        self.addItem(self._chance, ignoreBounds=True)
        self.curves: list[OverlaidCurve] = []
        self._items: list[tuple[pg.PlotCurveItem, pg.ScatterPlotItem]] = []
        for _ in range(MOST_RUNS):
            line, dot = pg.PlotCurveItem(), pg.ScatterPlotItem(size=12)
            for item in (line, dot):
                self.addItem(item, ignoreBounds=True)
            dot.setZValue(5)
            self._items.append((line, dot))
        plot = self.getPlotItem()
        # Room for the half of "100 %" that stands beyond the end of the axis, which pyqtgraph would leave out.
        plot.layout.setContentsMargins(0, 0, LABEL_ROOM_PX, 0)
        plot.getAxis("bottom").setStyle(hideOverlappingLabels=LABEL_ROOM_PX)
        box = plot.getViewBox()
        box.setRange(xRange=(-0.02, 1.02), yRange=(-0.02, 1.04), padding=0)
        box.setMouseEnabled(x=False, y=False)
        self.finish()

    def recolour(self) -> None:
        super().recolour()
        self._chance.setPen(curve_pen(self.colours.faint, 1, Qt.PenStyle.DotLine))
        shades = run_colours(self.palette())
        for curve, (line, dot) in zip(self.curves, self._items, strict=False):
            line.setPen(curve_pen(shades[curve.colour], 2.2, _STYLES[curve.colour]))
            dot.setPen(pg.mkPen(self.colours.background, width=2))
            dot.setBrush(shades[curve.colour])

    def set_curves(self, curves: Sequence[OverlaidCurve]) -> None:
        """At most MOST_RUNS of them."""
        self.curves = list(curves)
        for place, (line, dot) in enumerate(self._items):
            curve = self.curves[place] if place < len(self.curves) else None
            points = curve.points if curve is not None else None
            line.setData(*(thinned(*points) if points is not None else (np.empty(0), np.empty(0))))
            mark = curve.threshold if curve is not None else None
            dot.setData(*(([mark[0]], [mark[1]]) if mark is not None else ([], [])))
        self.recolour()

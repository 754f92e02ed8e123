"""What all plots of the Tune page share: the palette's colours, plain axes, cached curves."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QFrame, QGraphicsItem, QWidget

from anomaly_gui.ui.widgets.plot_colours import PlotColours, plot_colours

LEFT_AXIS_PX = 58
"""The same for plots that stand above one another, so that their threshold lines meet."""


class ShareAxis(pg.AxisItem):
    """An axis from 0 to 1, labelled in per cent."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{100 * value:.0f} %" for value in values]


class StaticCurve(pg.PlotCurveItem):
    """A curve that is painted once and then copied: what moves over it does not paint it again."""

    def __init__(self) -> None:
        super().__init__()
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)


class PlotBase(pg.PlotWidget):
    """A plot without menus. Subclasses make their items in __init__ and colour them in `recolour`."""

    def __init__(self, parent: QWidget | None, *, name: str, x_title: str, y_title: str, **axes: pg.AxisItem) -> None:
        super().__init__(parent, axisItems=axes or None)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAntialiasing(True)
        self._titles = {"bottom": x_title, "left": y_title}
        plot = self.getPlotItem()
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.getViewBox().disableAutoRange()
        for side in ("bottom", "left"):
            axis = plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=-4, maxTickLevel=0)
        plot.getAxis("left").setWidth(LEFT_AXIS_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 110)

    @property
    def colours(self) -> PlotColours:
        return plot_colours(self.palette())

    def recolour(self) -> None:
        """Take the colours of the palette; called when it changes, too."""
        colours = self.colours
        self.setBackground(colours.background)
        for side, title in self._titles.items():
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(colours.faint)
            axis.setTextPen(colours.text)
            axis.setTickFont(self.font())
            axis.setLabel(title or None, color=colours.text.name())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "_made", False):
            self.recolour()

    def finish(self) -> None:
        """To be called at the end of a subclass's __init__."""
        self._made = True
        self.recolour()


def curve_pen(colour: QColor, width: float = 2.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> object:
    return pg.mkPen(colour, width=width, style=style)


def faded(colour: QColor, alpha: int) -> QBrush:
    """*colour* as a brush, *alpha* in 0…255."""
    light = QColor(colour)
    light.setAlpha(alpha)
    return QBrush(light)


def thinned(x: np.ndarray, y: np.ndarray, steps: int = 1500) -> tuple[np.ndarray, np.ndarray]:
    """A curve in the unit square without the points that no screen could tell apart."""
    if len(x) < 2:
        return x, y
    cells = np.stack((np.rint(x * steps), np.rint(y * steps)))
    keep = np.ones(len(x), bool)
    keep[1:-1] = (cells[:, 1:-1] != cells[:, :-2]).any(axis=0)
    return x[keep], y[keep]

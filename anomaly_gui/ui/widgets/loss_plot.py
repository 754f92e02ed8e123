"""How training goes: training and validation loss, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.plot_base import PlotBase, curve_pen

_TICK_PX = 50
_FIRST_EPOCHS = 5
"""The losses of the first epochs tower above all others and may leave the plot."""


@dataclass(frozen=True)
class LossPoint:
    """One epoch."""

    epoch: int
    training: float
    validation: float
    is_best: bool


class _EpochAxis(pg.AxisItem):
    """Ticks at whole epochs only."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        step = epoch_step(high - low, max(2.0, size / _TICK_PX))
        first, last = max(1, math.ceil(low / step)), math.floor(high / step)
        return [(step, [float(place * step) for place in range(first, last + 1)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{value:.0f}" for value in values]


class LossPlot(PlotBase):
    """Both losses, and a ring around the best epoch, whose weights are kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            parent, name="Training and validation loss", x_title="Epoch", y_title="Loss", bottom=_EpochAxis("bottom")
        )
        self._points: list[LossPoint] = []
        self._epochs = 1
        self.training, self.validation = pg.PlotCurveItem(), pg.PlotCurveItem()
        self.best = pg.ScatterPlotItem(size=10, pxMode=True)
        self.latest = pg.ScatterPlotItem(size=6, pxMode=True)
        for item in (self.training, self.validation, self.latest, self.best):
            self.addItem(item, ignoreBounds=True)
        self.message = QLabel(self)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.message.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        explain(self.message)
        self.getPlotItem().getViewBox().setMouseEnabled(x=False, y=False)
        self.getPlotItem().getAxis("left").setWidth(64)
        self.finish()
        self._draw()

    def recolour(self) -> None:
        super().recolour()
        colours = self.colours
        self.training.setPen(curve_pen(colours.good, 1.8))
        self.validation.setPen(curve_pen(colours.defective, 2.2))
        self.best.setPen(curve_pen(colours.text, 1.5))
        self.best.setBrush(None)
        self._draw_latest()

    @property
    def points(self) -> list[LossPoint]:
        return list(self._points)

    def set_points(self, points: Sequence[LossPoint], epochs: int) -> None:
        """All epochs so far, of *epochs* at most."""
        self._points, self._epochs = list(points), max(1, epochs)
        self._draw()

    def add_point(self, point: LossPoint, epochs: int) -> None:
        """One more; an epoch that was there already, after a resume, takes its place."""
        self._points = [known for known in self._points if known.epoch < point.epoch] + [point]
        self._epochs = max(1, epochs)
        self._draw()

    def _draw(self) -> None:
        epochs = np.array([p.epoch for p in self._points], np.float64)
        training = np.array([p.training for p in self._points], np.float64)
        validation = np.array([p.validation for p in self._points], np.float64)
        self.training.setData(epochs, training, connect="finite")
        self.validation.setData(epochs, validation, connect="finite")
        best = [p for p in self._points if p.is_best][-1:]
        self.best.setData([p.epoch for p in best], [p.validation for p in best])
        self._draw_latest()
        box = self.getPlotItem().getViewBox()
        for side in ("bottom", "left"):
            self.getPlotItem().getAxis(side).setVisible(bool(self._points))
        self.message.setVisible(not self._points)
        box.setRange(xRange=(0.5, max(self._epochs, 2) + 0.5), yRange=loss_range(training, validation), padding=0)

    def set_message(self, text: str) -> None:
        """What is said while there is no epoch."""
        self.message.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if getattr(self, "_made", False):
            self.message.setGeometry(self.rect().adjusted(24, 0, -24, 0))

    def _draw_latest(self) -> None:
        """A dot at the end of each line: the first epoch has no line yet."""
        last = self._points[-1:]
        colours = self.colours
        self.latest.setData(
            [p.epoch for p in last for _ in range(2)],
            [value for p in last for value in (p.training, p.validation)],
            brush=[pg.mkBrush(c) for _ in last for c in (colours.good, colours.defective)],
            pen=None,
        )


def epoch_step(epochs: float, ticks: float) -> int:
    """1, 2, 5, 10, 20 … epochs between ticks, so that there are no more than *ticks*."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if epochs / (factor * power) <= ticks:
                return factor * power
        power *= 10


def loss_range(training: np.ndarray, validation: np.ndarray) -> tuple[float, float]:
    """Limits that show how the losses fall, not only where they began."""
    both = np.concatenate([training, validation])
    both = both[np.isfinite(both)]
    if both.size == 0:
        return 0.0, 1.0
    late = np.concatenate([training[_FIRST_EPOCHS:], validation[_FIRST_EPOCHS:]])
    late = late[np.isfinite(late)]
    high = float(both.max())
    if late.size:
        high = min(high, 2.0 * float(late.max()))
    return 0.0, 1.05 * high if high > 0 else 1.0

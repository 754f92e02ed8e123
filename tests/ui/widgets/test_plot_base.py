"""What all plots share."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QGraphicsItem
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.plot_base import LEFT_AXIS_PX, PlotBase, ShareAxis, StaticCurve, curve_pen, faded


class Painted(StaticCurve):
    """Counts its paintings."""

    count = 0

    def paint(self, *arguments: object) -> None:
        Painted.count += 1
        super().paint(*arguments)


class Plot(PlotBase):
    def __init__(self) -> None:
        super().__init__(None, name="Plot", x_title="x", y_title="y")
        self.curve = Painted()
        self.curve.setPen(curve_pen(self.colours.good))
        self.curve.setBrush(faded(self.colours.good, 50))
        self.curve.setData(np.linspace(0, 1, 500), np.linspace(0, 1, 500))
        self.addItem(self.curve, ignoreBounds=True)
        self.finish()


@pytest.fixture
def plot(qtbot: QtBot) -> Plot:
    widget = Plot()
    qtbot.addWidget(widget)
    widget.resize(300, 200)
    widget.show()
    qtbot.waitExposed(widget)
    QApplication.processEvents()
    return widget


def test_a_static_curve_is_painted_once_and_then_copied(plot: Plot) -> None:
    assert plot.curve.cacheMode() == QGraphicsItem.CacheMode.DeviceCoordinateCache
    Painted.count = 0
    for _ in range(20):
        plot.viewport().repaint()
    assert Painted.count == 0


def test_plots_above_one_another_begin_at_the_same_pixel(plot: Plot) -> None:
    assert plot.getPlotItem().getAxis("left").width() == LEFT_AXIS_PX


def test_shares_are_labelled_in_per_cent() -> None:
    assert ShareAxis("left").tickStrings([0.0, 0.25, 1.0], 1.0, 0.25) == ["0 %", "25 %", "100 %"]

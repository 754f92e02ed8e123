"""What all plots share."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPen
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.plot_base import LEFT_AXIS_PX, PlotBase, ShareAxis, curve_pen, faded
from anomaly_gui.ui.widgets.plot_marks import PlotLine
from tests.ui.widgets.mouse import drag, press, release


class Painted(pg.PlotCurveItem):
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


def red_line(plot: Plot, at: float = 0.5) -> PlotLine:
    line = PlotLine(plot, handle=1.0)
    line.set_pen(QPen(QColor(255, 0, 0), 1))
    line.set_value(at)
    QApplication.processEvents()
    return line


def red_columns(picture: QImage) -> set[int]:
    """Where the line is seen, half way up."""
    y = picture.height() // 2
    colours = ((x, picture.pixelColor(x, y)) for x in range(picture.width()))
    return {x for x, colour in colours if colour.red() > 200 and colour.green() < 170}


def x_of(plot: Plot, value: float) -> float:
    return plot.scale_now().x(value)


def test_a_move_paints_nothing_anew_that_stands_still(plot: Plot, qtbot: QtBot) -> None:
    line = red_line(plot)
    Painted.count = 0
    for value in np.linspace(0.2, 0.8, 20):
        line.set_value(float(value))
        QApplication.processEvents()
    assert Painted.count == 0
    plot.curve.setData(np.linspace(0, 1, 500), np.linspace(1, 0, 500))
    qtbot.waitUntil(lambda: Painted.count == 1)


def test_a_moved_line_is_seen_where_it_is_and_nowhere_else(plot: Plot) -> None:
    line = red_line(plot, 0.2)
    line.set_value(0.7)
    plot.getPlotItem().getViewBox().setXRange(0, 2, padding=0)
    QApplication.processEvents()
    line.set_value(1.5)
    QApplication.processEvents()
    shown = plot.grab().toImage()
    assert red_columns(shown)
    assert all(abs(x - x_of(plot, 1.5)) <= 2 for x in red_columns(shown))


def test_a_drag_keeps_the_line_below_the_mouse_and_ends_once(plot: Plot) -> None:
    line, moves, ends = red_line(plot), [], []

    def follow(value: float) -> None:
        line.set_value(value)
        moves.append(value)

    plot.let_drag(line, follow, lambda: ends.append(line.value()))
    grip = QPointF(x_of(plot, 0.5) + 3, 80)
    drag(plot.viewport(), grip, grip + QPointF(60, 0))
    assert moves == sorted(moves)
    assert ends == [moves[-1]]
    assert x_of(plot, line.value()) == pytest.approx(x_of(plot, 0.5) + 60, abs=0.01)


def test_to_take_hold_of_a_line_is_not_to_move_it(plot: Plot) -> None:
    line, told = red_line(plot), []
    plot.let_drag(line, told.append, lambda: told.append("end"))
    place = QPointF(x_of(plot, 0.5) + 3, 80)
    press(plot.viewport(), place)
    release(plot.viewport(), place)
    assert told == []


def test_plots_above_one_another_begin_at_the_same_pixel(plot: Plot) -> None:
    assert plot.getPlotItem().getAxis("left").width() == LEFT_AXIS_PX


def test_shares_are_labelled_in_per_cent() -> None:
    assert ShareAxis("left").tickStrings([0.0, 0.25, 1.0], 1.0, 0.25) == ["0 %", "25 %", "100 %"]

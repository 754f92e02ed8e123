"""The line, and where it was."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.plot_base import PlotBase
from anomaly_gui.ui.widgets.plot_colours import plot_colours
from anomaly_gui.ui.widgets.threshold_line import ThresholdLine


@pytest.fixture
def plot(qtbot: QtBot) -> PlotBase:
    widget = PlotBase(None, name="Plot", x_title="", y_title="")
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def line(plot: PlotBase) -> ThresholdLine:
    made = ThresholdLine(plot)
    made.recolour(plot_colours(plot.palette()))
    return made


def test_moving_the_line_by_program_is_no_drag(line: ThresholdLine, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(line.dragged), qtbot.assertNotEmitted(line.released):
        line.set_value(3.0)
    assert line.value() == 3.0


def test_the_line_before_is_seen_only_where_there_was_one(line: ThresholdLine) -> None:
    assert not line.before.isVisible()
    line.set_before(2.0)
    assert line.before.isVisible()
    assert line.before.value() == 2.0
    line.set_before(None)
    assert not line.before.isVisible()


def test_the_line_before_cannot_be_dragged(line: ThresholdLine) -> None:
    assert line.line.movable
    assert not line.before.movable

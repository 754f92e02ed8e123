"""Pins in the histogram."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.pin_lines import PinLines
from anomaly_gui.ui.widgets.plot_base import PlotBase
from anomaly_gui.ui.widgets.plot_colours import plot_colours


@pytest.fixture
def plot(qtbot: QtBot) -> PlotBase:
    widget = PlotBase(None, name="Plot", x_title="", y_title="")
    qtbot.addWidget(widget)
    return widget


def test_pins_are_drawn_moved_and_taken_away_and_cannot_be_dragged(plot: PlotBase) -> None:
    pins = PinLines(plot)
    pins.recolour(plot_colours(plot.palette()))
    pins.set_pins({"A": 2.0, "C": 3.0}, 10.0)
    assert {name: line.value() for name, line in pins.lines.items()} == {"A": 2.0, "C": 3.0}
    assert not any(line.movable for line in pins.lines.values())
    first = pins.lines["A"]
    pins.set_pins({"A": 4.0}, 10.0)
    assert first.value() == 4.0
    assert list(pins.lines) == list(pins.letters) == ["A"]


def test_letters_of_pins_that_lie_together_do_not(plot: PlotBase) -> None:
    pins = PinLines(plot)
    pins.set_pins({"A": 2.0, "B": 2.0}, 10.0)
    heights = {letter.pos().y() for letter in pins.letters.values()}
    assert len(heights) == 2
    pins.set_top(1.0)
    assert all(letter.pos().y() < 1 for letter in pins.letters.values())

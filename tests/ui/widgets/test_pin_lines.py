"""Pins in the histogram."""

from __future__ import annotations

import pyqtgraph as pg
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.pin_lines import PinLines
from anomaly_gui.ui.widgets.plot_colours import plot_colours


def test_pins_are_drawn_moved_and_taken_away_and_cannot_be_dragged(qtbot: QtBot) -> None:
    plot = pg.PlotWidget()
    qtbot.addWidget(plot)
    pins = PinLines(plot)
    pins.recolour(plot_colours(plot.palette()))
    pins.set_pins({"A": 2.0, "C": 3.0}, 10.0)
    assert {name: line.value() for name, line in pins.lines.items()} == {"A": 2.0, "C": 3.0}
    assert not any(line.movable for line in pins.lines.values())
    first = pins.lines["A"]
    pins.set_pins({"A": 4.0}, 10.0)
    assert first.value() == 4.0
    assert len([item for item in plot.getPlotItem().items if isinstance(item, pg.InfiniteLine)]) == 1


def test_letters_of_pins_that_lie_together_do_not(qtbot: QtBot) -> None:
    plot = pg.PlotWidget()
    qtbot.addWidget(plot)
    pins = PinLines(plot)
    pins.set_pins({"A": 2.0, "B": 2.0}, 10.0)
    heights = {item.pos().y() for item in plot.getPlotItem().items if isinstance(item, pg.TextItem)}
    assert len(heights) == 2
    pins.set_top(1.0)
    assert all(item.pos().y() < 1 for item in plot.getPlotItem().items if isinstance(item, pg.TextItem))

"""The bar announces tools and commands, and shows what is so without announcing it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.draw_bar import TOOLS, DrawBar


@pytest.fixture
def bar(qtbot: QtBot) -> DrawBar:
    made = DrawBar()
    qtbot.addWidget(made)
    return made


def test_showing_announces_nothing(bar: DrawBar) -> None:
    told: list[object] = []
    for signal in (bar.tool_chosen, bar.way_chosen, bar.brush_changed, bar.source_chosen, bar.tolerance_changed):
        signal.connect(told.append)
    bar.show_tool("eraser", subtracts=False, brush_px=33)
    bar.show_wand("map", 40)
    bar.set_view(overlay=True, mask=False)
    bar.set_map_available(True, "At the threshold", has_level=True)
    assert told == []
    assert bar.brush.value() == 33
    assert bar.ways.current == "subtract"


def test_each_tool_shows_its_own_options_and_the_bar_keeps_its_size(bar: DrawBar) -> None:
    sizes = set()
    for tool in TOOLS:
        bar.show_tool(tool, subtracts=False, brush_px=9)
        sizes.add((bar.minimumSizeHint().width(), bar.minimumSizeHint().height()))
    assert len(sizes) == 1
    bar.show_tool("wand", subtracts=False, brush_px=9)
    assert bar.options.currentWidget().isAncestorOf(bar.tolerance)
    bar.show_tool("brush", subtracts=False, brush_px=9)
    assert bar.options.currentWidget().isAncestorOf(bar.brush)


def test_the_wands_slider_is_in_the_unit_of_its_source(qtbot: QtBot, bar: DrawBar) -> None:
    bar.show_wand("grey", 24)
    assert bar.told.text() == "± 24"
    bar.show_wand("map", 60)
    assert bar.told.text() == "≥ 60 %"
    with qtbot.waitSignal(bar.tolerance_changed) as told:
        bar.tolerance.setValue(80)
    assert told.args == [80]


def test_without_an_error_map_what_needs_it_rests_and_says_why(bar: DrawBar) -> None:
    bar.set_map_available(False, "Train a detector first", has_level=False)
    assert not bar.prediction.isEnabled()
    assert not bar.overlay.isEnabled()
    assert not bar.sources.button("map").isEnabled()
    assert bar.prediction.toolTip() == "Train a detector first"

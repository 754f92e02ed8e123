"""The tool in the hand follows bar, keys and wheel, and is found again by the next window."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.pages.mask_tools import MaskTools
from anomaly_gui.ui.theme import settings
from anomaly_gui.ui.widgets.draw_bar import DrawBar
from anomaly_gui.ui.widgets.draw_pane import DrawPane


def made(qtbot: QtBot) -> tuple[MaskTools, DrawBar, DrawPane, QWidget]:
    owner = QWidget()
    qtbot.addWidget(owner)
    bar, pane = DrawBar(owner), DrawPane("Image", owner)
    return MaskTools(bar, pane, owner), bar, pane, owner


def test_what_is_chosen_is_shown_and_remembered(qtbot: QtBot) -> None:
    tools, bar, pane, _owner = made(qtbot)
    bar.tools["wand"].click()
    bar.sources.button("map").setEnabled(True)
    bar.sources.button("map").click()
    bar.tolerance.setValue(35)
    bar.ways.button("subtract").click()
    pane.alt_wheeled.emit(2.0)
    again, shown, *_others = made(qtbot)
    assert again.settings == tools.settings
    assert (again.settings.tool, again.settings.share_percent, again.settings.subtracts) == ("wand", 35, True)
    assert again.settings.brush_px > 15
    assert shown.tools["wand"].isChecked()
    assert shown.told.text() == "≥ 35 %"


def test_what_is_begun_is_settled_only_when_another_tool_is_taken(qtbot: QtBot) -> None:
    tools, *_others = made(qtbot)
    with qtbot.assertNotEmitted(tools.leaving):
        tools.choose("brush")
    with qtbot.waitSignal(tools.leaving):
        tools.choose("polygon")


@pytest.mark.parametrize("kept", ["nonsense", '{"tool": "laser"}', '{"brush_px": "wide"}'])
def test_settings_of_another_program_do_no_harm(qtbot: QtBot, kept: str) -> None:
    settings().setValue("mask_tools", kept)
    tools, *_others = made(qtbot)
    assert tools.settings.tool == "brush"


def test_an_even_diameter_becomes_odd(qtbot: QtBot) -> None:
    tools, bar, *_others = made(qtbot)
    bar.brush.setValue(20)
    assert tools.settings.brush_px == bar.brush.value() == 21

"""Actions are found by some letters, chosen with arrows and Enter or by a click."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.palette_state import Situation
from anomaly_gui.ui.widgets.command_palette import CommandPalette

K, LEFT = Qt.Key, Qt.MouseButton.LeftButton
TITLES: dict[str | None, str] = {None: "Everywhere", "tune": "Tune"}


@pytest.fixture
def palette(qtbot: QtBot, owner: QWidget) -> Iterator[CommandPalette]:
    actions = Actions(owner)
    actions.add("undo", "&Undo", ["Ctrl+Z"], owner.update)
    actions.add("lower", "Threshold to the next lower score", ["["], owner.update, page="tune")
    actions.add("higher", "Threshold to the next higher score", ["]"], owner.update, page="tune")
    actions.add("off", "Threshold that is off", [], owner.update).setEnabled(False)
    actions.set_page("tune")
    owner.show()
    made = CommandPalette(actions.entries(), Situation("tune", TITLES, ["undo"]), owner)
    made.open()
    qtbot.waitActive(made)
    yield made
    actions.release()


def test_letters_narrow_the_list_and_enter_does_the_first(palette: CommandPalette, qtbot: QtBot) -> None:
    assert [command.name for command in palette.shown()] == ["undo", "lower", "higher", "off"]
    qtbot.keyClicks(palette.search, "thr hi")
    assert [command.name for command in palette.shown()] == ["higher"]
    palette.grab()
    with qtbot.waitSignal(palette.command_chosen) as chosen:
        qtbot.keyClick(palette.search, K.Key_Return)
    assert chosen.args == ["higher"]


def test_arrows_choose_while_the_focus_stays_in_the_field(palette: CommandPalette, qtbot: QtBot) -> None:
    for key, name in ((K.Key_Down, "lower"), (K.Key_Down, "higher"), (K.Key_Up, "lower")):
        qtbot.keyClick(palette.search, key)
        assert palette.current is not None
        assert palette.current.name == name
        assert palette.search.hasFocus()
    with qtbot.waitSignal(palette.command_chosen) as chosen:
        qtbot.keyClick(palette.search, K.Key_Enter)
    assert chosen.args == ["lower"]


def test_a_click_does_it_too(palette: CommandPalette, qtbot: QtBot) -> None:
    place = palette.list.visualRect(palette.model.index(2)).center()
    with qtbot.waitSignal(palette.command_chosen) as chosen:
        qtbot.mouseClick(palette.list.viewport(), LEFT, pos=place)
    assert chosen.args == ["higher"]


def test_what_cannot_be_done_says_why_and_stays(palette: CommandPalette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.search, "that is off")
    assert palette.note.text() == "Cannot be done just now"
    with qtbot.assertNotEmitted(palette.command_chosen):
        qtbot.keyClick(palette.search, K.Key_Return)
    assert palette.isVisible()
    palette.close()


def test_it_says_when_nothing_fits(palette: CommandPalette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.search, "zzz")
    assert palette.shown() == []
    assert palette.note.text().startswith("No action fits")
    with qtbot.assertNotEmitted(palette.command_chosen):
        qtbot.keyClick(palette.search, K.Key_Return)
    palette.close()


def test_escape_closes_it_and_does_nothing(palette: CommandPalette, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(palette.command_chosen), qtbot.waitSignal(palette.rejected):
        qtbot.keyClick(palette.search, K.Key_Escape)

"""Reasons of a miss: the saved one is pressed, the suggested one is marked."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.widgets.reason_buttons import ReasonButtons

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def buttons(qtbot: QtBot) -> ReasonButtons:
    widget = ReasonButtons({"small": "Small", "dim": "Dim", "other": "Other"})
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_every_button_says_the_last_stroke_of_its_key_as_it_is_now(buttons: ReasonButtons, owner: QWidget) -> None:
    actions = Actions(owner)
    for digit in (1, 2, 3):
        actions.add(f"reason-{digit}", f"Reason {digit}", [f"W, {digit}"], owner.update)
    actions.add("reason-suggested", "Suggested", ["W, W"], owner.update)
    buttons.follow_keys(actions)
    assert [button.text() for button in buttons.buttons.values()] == ["Small  1", "Dim  2", "Other  3"]
    actions.choose_keys({"reason-2": ("Ctrl+B",), "reason-3": (), "reason-suggested": ("S",)})
    assert [button.text() for button in buttons.buttons.values()] == ["Small  1", "Dim  Ctrl+B", "Other"]
    buttons.set_reason(None, "dim")
    assert buttons.buttons["dim"].toolTip().endswith("( S )")
    actions.release()


def test_a_click_announces_and_changes_nothing_itself(buttons: ReasonButtons, qtbot: QtBot) -> None:
    with qtbot.waitSignal(buttons.reason_chosen) as chosen:
        qtbot.mouseClick(buttons.buttons["dim"], LEFT)
    assert chosen.args == ["dim"]
    assert not buttons.buttons["dim"].isChecked()


def test_a_suggestion_is_marked_but_not_pressed(buttons: ReasonButtons) -> None:
    buttons.set_reason(None, "dim")
    assert buttons.suggested == "dim"
    assert buttons.buttons["dim"].font().bold()
    assert buttons.buttons["dim"].text().endswith("?")
    assert not buttons.buttons["dim"].isChecked()
    assert "not saved" in buttons.buttons["dim"].toolTip()


def test_what_is_saved_outdoes_a_suggestion(buttons: ReasonButtons, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(buttons.reason_chosen):
        buttons.set_reason("small", "dim")
    assert buttons.suggested is None
    assert buttons.buttons["small"].isChecked()
    assert not buttons.buttons["dim"].font().bold()

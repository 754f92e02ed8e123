"""Reasons of a miss: the saved one is pressed, the suggested one is marked."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.reason_buttons import ReasonButtons

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def buttons(qtbot: QtBot) -> ReasonButtons:
    widget = ReasonButtons({"small": "Small", "dim": "Dim", "other": "Other"})
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_every_button_says_its_key(buttons: ReasonButtons) -> None:
    assert [button.text() for button in buttons.buttons.values()] == ["Small  1", "Dim  2", "Other  3"]


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

"""The bar names keys and what they do, and never widens the page."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.widgets.key_bar import KeyBar


def test_keys_are_written_as_they_are_and_take_no_width(qtbot: QtBot) -> None:
    bar = KeyBar()
    qtbot.addWidget(bar)
    bar.set_keys([("G", "good"), ("<", "lower")] * 20)
    assert "&lt;" in bar.text()
    assert bar.minimumSizeHint().width() < 300


def test_the_bar_follows_the_keys_of_actions(qtbot: QtBot, owner: QWidget) -> None:
    actions = Actions(owner)
    actions.add("good", "Good", ["G"], owner.update)
    actions.add("fit", "Fit", ["F"], owner.update)
    bar = KeyBar(owner)
    bar.follow(actions, [(("good",), "good"), (("fit",), "fit"), (("not here",), "nothing")])
    assert "<b>G</b>&nbsp;good" in bar.text()
    assert "nothing" not in bar.text()
    actions.choose_keys({"good": (), "fit": ("F9",)})
    assert "good" not in bar.text()
    assert "<b>F9</b>&nbsp;fit" in bar.text()
    actions.release()

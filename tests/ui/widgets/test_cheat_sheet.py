from __future__ import annotations

from PySide6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.widgets.cheat_sheet import CheatSheet


def nothing() -> None:
    pass


def test_every_action_with_a_key_is_on_the_sheet_once(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    actions.add("undo", "&Undo", ["Ctrl+Z"], nothing)
    actions.add("next", "Next image", ["D", "Right"], nothing, page="review")
    actions.add("about", "About", [], nothing)
    for digit in range(1, 10):
        actions.add(f"type-{digit}", f"Defect type {digit}", [str(digit)], nothing, page="review")
    sheet = CheatSheet(actions.entries(), {None: "Everywhere", "data": "Data", "review": "Review"}, window)
    qtbot.addWidget(sheet)
    text = "".join(label.text() for label in sheet.findChildren(QLabel))
    assert text.count("Undo") == 1
    assert "Ctrl+Z" in text
    assert "D, →" in text
    assert "1–9" in text
    assert text.count("Defect type") == 1
    assert "About" not in text
    assert "Data" not in text, "a page without keys needs no heading"


def test_keys_are_said_as_they_are_on_the_keyboard(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    actions.add("go-on", "Go on", ["Return", "Enter"], nothing)
    assert actions.entries()[0].keys_text == "Enter"

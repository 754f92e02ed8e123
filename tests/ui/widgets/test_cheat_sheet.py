from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.widgets.cheat_sheet import CheatSheet
from anomaly_gui.ui.widgets.message import Refusal


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


def made_sheet(owner: QWidget) -> CheatSheet:
    actions = Actions(owner)
    actions.add("undo", "&Undo", ["Ctrl+Z"], nothing)
    for digit in (1, 2, 3):
        actions.add(f"type-{digit}", f"Defect type {digit}", [str(digit)], nothing)
    actions.choose_keys({"type-2": ("Q",)})
    actions.release()
    return CheatSheet(actions.entries(), {None: "Everywhere"}, owner)


def test_a_digit_that_was_given_another_key_has_its_own_row(owner: QWidget) -> None:
    text = "".join(label.text() for label in made_sheet(owner).findChildren(QLabel))
    assert "<b>Q</b></td><td>Defect type 2" in text
    assert "1–3" not in text


def test_the_sheet_is_saved_as_one_page_to_print(owner: QWidget, tmp_path: Path) -> None:
    sheet = made_sheet(owner)
    path = tmp_path / "keys.pdf"
    sheet.write_pdf(str(path))
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") == 1
    assert sheet.note.text() == f"Saved as {path}"


def test_a_folder_that_cannot_be_written_to_is_said(owner: QWidget, tmp_path: Path) -> None:
    sheet = made_sheet(owner)
    sheet.write_pdf(str(tmp_path / "none" / "keys.pdf"))
    refusal = sheet.findChild(Refusal)
    assert refusal is not None
    assert "cannot be written" in refusal.text.text()
    refusal.close()

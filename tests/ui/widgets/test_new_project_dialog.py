from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.new_project_dialog import NewProjectDialog


@pytest.fixture
def dialog(owner: QWidget, tmp_path: Path) -> NewProjectDialog:
    made = NewProjectDialog("New project", "housing", tmp_path, owner)
    made.open()
    return made


def test_it_says_which_folder_it_will_make_and_hands_it_over(
    qtbot: QtBot, dialog: NewProjectDialog, tmp_path: Path
) -> None:
    assert str(tmp_path / "housing") in dialog.sentence.text()
    with qtbot.waitSignal(dialog.wanted) as wanted:
        qtbot.mouseClick(dialog.create_button, Qt.MouseButton.LeftButton)
    assert wanted.args == [tmp_path / "housing"]
    assert not (tmp_path / "housing").exists(), "the dialog only asks"


@pytest.mark.parametrize("name", ["", "  ", "..", "a/b", "what?", "a:b"])
def test_a_name_that_no_folder_can_have_is_not_taken(dialog: NewProjectDialog, name: str) -> None:
    dialog.name.setText(name)
    assert not dialog.create_button.isEnabled()
    assert dialog.sentence.text().startswith(("Give", "A name"))


def test_a_folder_that_holds_something_is_not_taken(dialog: NewProjectDialog, tmp_path: Path) -> None:
    (tmp_path / "housing").mkdir()
    (tmp_path / "housing" / "a.txt").write_text("x")
    dialog.name.setText("housing ")
    assert not dialog.create_button.isEnabled()
    assert "not empty" in dialog.sentence.text()


def test_an_empty_folder_is_taken(dialog: NewProjectDialog, tmp_path: Path) -> None:
    (tmp_path / "ready").mkdir()
    dialog.name.setText("ready")
    assert dialog.create_button.isEnabled()


def test_without_a_place_there_is_no_project(dialog: NewProjectDialog) -> None:
    dialog.place.clear()
    assert not dialog.create_button.isEnabled()

"""One image, three answers: only what is seen can be answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.judging_dialog import JudgingDialog
from anomaly_gui.ui.widgets.picture_set import PictureRequest
from tests.ui.widgets.sample_images import written

KEYS = {
    "good": [QKeySequence("G")],
    "defect": [QKeySequence("X"), QKeySequence("Del")],
    "unsure": [QKeySequence("U")],
    "undo": [QKeySequence("Backspace")],
    "fit": [QKeySequence("F")],
    "zoom-in": [QKeySequence("+")],
    "pause": [QKeySequence("Esc")],
}


@pytest.fixture
def dialog(owner: QWidget, qtbot: QtBot) -> JudgingDialog:
    made = JudgingDialog(KEYS, owner)
    made.resize(500, 400)
    made.open()
    qtbot.waitActive(made)
    return made


def request(folder: Path, number: int) -> PictureRequest:
    return PictureRequest(number, written(folder, number).path, (60, 40), 255)


def test_an_image_is_answered_only_once_it_is_seen(qtbot: QtBot, dialog: JudgingDialog, tmp_path: Path) -> None:
    answers: list[tuple[int, str]] = []
    dialog.answered.connect(lambda image, answer: answers.append((image, answer)))
    dialog.show_image(request(tmp_path, 5))
    assert not dialog.answers["good"].isEnabled()
    qtbot.keyClick(dialog, "G")
    assert answers == []
    qtbot.waitUntil(dialog.answers["good"].isEnabled)
    qtbot.keyClick(dialog, Qt.Key.Key_Delete)
    qtbot.mouseClick(dialog.answers["unsure"], Qt.MouseButton.LeftButton)
    assert answers == [(5, "defect"), (5, "unsure")]
    dialog.show_image(request(tmp_path, 6))
    qtbot.keyClick(dialog, "G")
    assert len(answers) == 2, "the image before is still painted"
    qtbot.waitUntil(dialog.answers["good"].isEnabled)
    dialog.reject()


def test_space_and_enter_answer_nothing(qtbot: QtBot, dialog: JudgingDialog, tmp_path: Path) -> None:
    answers: list[int] = []
    dialog.answered.connect(answers.append)
    dialog.show_image(request(tmp_path, 5))
    qtbot.waitUntil(dialog.answers["good"].isEnabled)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return):
        qtbot.keyClick(dialog, key)
    assert answers == []
    dialog.reject()


def test_the_view_zooms_by_keys_and_fits_the_next_image(qtbot: QtBot, dialog: JudgingDialog, tmp_path: Path) -> None:
    dialog.show_image(request(tmp_path, 5))
    qtbot.waitUntil(dialog.answers["good"].isEnabled)
    fitted = dialog.view._viewport.scale
    qtbot.keyClick(dialog, "+")
    assert dialog.view._viewport.scale > fitted
    dialog.show_image(request(tmp_path, 6))
    qtbot.waitUntil(dialog.answers["good"].isEnabled)
    assert dialog.view._viewport.scale == fitted
    dialog.reject()


def test_undo_waits_for_something_to_undo_and_works_at_the_end(qtbot: QtBot, dialog: JudgingDialog) -> None:
    wanted: list[None] = []
    dialog.undo_wanted.connect(lambda: wanted.append(None))
    dialog.set_progress(0, 3)
    qtbot.keyClick(dialog, Qt.Key.Key_Backspace)
    assert wanted == []
    dialog.set_progress(3, 3)
    dialog.show_end("Done", "All is saved.", "")
    assert dialog.is_at_end
    assert not dialog.next_trial.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Backspace)
    qtbot.mouseClick(dialog.undo_at_end, Qt.MouseButton.LeftButton)
    assert len(wanted) == 2
    dialog.accept()


def test_escape_pauses(qtbot: QtBot, dialog: JudgingDialog) -> None:
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.errors import InputError
from anomaly_gui.ui.widgets.message import About, Fault, Question, Refusal, message_for


def fault() -> ZeroDivisionError:
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError as error:
        return error
    raise AssertionError


def test_a_refusal_names_the_file_the_cause_and_the_next_step(qtbot: QtBot, owner: QWidget) -> None:
    dialog = message_for(InputError("parts/a.PNG", "the file is empty", "Copy it again"), owner)
    assert isinstance(dialog, Refusal)
    assert dialog.headline.text() == "parts/a.PNG"
    assert dialog.text.text() == "The file is empty.\nCopy it again."


def test_a_refusal_of_a_setting_starts_with_a_capital(qtbot: QtBot, owner: QWidget) -> None:
    dialog = Refusal(InputError("good training images", "there are 2", "Import more"), owner)
    assert dialog.headline.text() == "Good training images"


def test_a_fault_says_that_nothing_is_lost_and_gives_details_to_copy(qtbot: QtBot, owner: QWidget) -> None:
    dialog = message_for(fault(), owner)
    assert isinstance(dialog, Fault)
    dialog.open()
    assert "lost" in dialog.text.text()
    assert not dialog.details.isVisible()
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert "Traceback" in copied
    assert "test_message.py" in copied
    assert dialog.isVisible()
    qtbot.mouseClick(dialog.unfold, Qt.MouseButton.LeftButton)
    assert dialog.details.isVisible()
    dialog.close()


def test_enter_and_escape_answer_a_question_with_what_changes_nothing(qtbot: QtBot, owner: QWidget) -> None:
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        dialog = Question("Training is not done", "Stop it?", "Stop", "Go on", owner)
        dialog.open()
        qtbot.waitExposed(dialog)
        with qtbot.waitSignal(dialog.rejected), qtbot.assertNotEmitted(dialog.accepted):
            qtbot.keyClick(dialog, key)


def test_the_first_answer_has_to_be_pressed(qtbot: QtBot, owner: QWidget) -> None:
    dialog = Question("Training is not done", "Stop it?", "Stop", "Go on", owner)
    dialog.open()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)


def test_a_closed_dialog_is_gone(qtbot: QtBot, owner: QWidget) -> None:
    dialog = About("Version 1", owner)
    dialog.open()
    with qtbot.waitSignal(dialog.destroyed):
        qtbot.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Close), Qt.MouseButton.LeftButton)

"""Asking for roles and passwords."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.project.access import PROTECTS
from anomaly_gui.ui.widgets.role_dialog import RoleDialog, RolesOnDialog


def texts(dialog: QWidget) -> str:
    return "\n".join(child.text() for child in dialog.findChildren(QWidget) if hasattr(child, "text"))


def test_roles_are_turned_on_with_passwords_typed_twice(owner: QWidget, qtbot: QtBot) -> None:
    dialog = RolesOnDialog(owner)
    dialog.open()
    assert PROTECTS in texts(dialog)
    for engineer, again, reviewer, more, possible in (
        ("", "", "", "", False),
        ("abc", "abc", "", "", False),
        ("engine room", "engine", "", "", False),
        ("engine room", "engine room", "", "", True),
        ("engine room", "engine room", "abc", "abc", False),
        ("engine room", "engine room", "second look", "second", False),
        ("engine room", "engine room", "second look", "second look", True),
    ):
        for field, text in zip(
            (dialog.engineer, dialog.again, dialog.reviewer, dialog.reviewer_again),
            (engineer, again, reviewer, more),
            strict=True,
        ):
            field.setText(text)
        assert dialog.turn_on.isEnabled() is possible
        assert bool(dialog.message.text()) is not possible
    with qtbot.waitSignal(dialog.on_wanted) as wanted:
        qtbot.keyClick(dialog.reviewer_again, Qt.Key.Key_Return)
    assert wanted.args == ["engine room", "second look"]
    assert dialog.engineer.echoMode() == dialog.engineer.EchoMode.Password
    dialog.reject()


def test_the_next_role_is_offered_and_asks_for_its_password(owner: QWidget, qtbot: QtBot) -> None:
    dialog = RoleDialog("operator", frozenset({"engineer"}), owner)
    dialog.open()
    assert dialog.role == "reviewer"
    assert dialog.take.isEnabled()
    assert not dialog.password.isEnabled()
    dialog.choices["engineer"].setChecked(True)
    assert not dialog.take.isEnabled()
    qtbot.keyClicks(dialog.password, "engine room")
    with qtbot.waitSignal(dialog.role_wanted) as wanted:
        qtbot.keyClick(dialog.password, Qt.Key.Key_Return)
    assert wanted.args == ["engineer", "engine room"]
    dialog.choices["operator"].setChecked(True)
    assert not dialog.take.isEnabled()
    with qtbot.waitSignal(dialog.forgotten):
        dialog.forgot.click()
    dialog.reject()


def test_an_engineer_can_turn_roles_off(owner: QWidget, qtbot: QtBot) -> None:
    dialog = RoleDialog("engineer", frozenset(), owner)
    dialog.open()
    assert dialog.role == "operator"
    with qtbot.waitSignal(dialog.off_wanted):
        dialog.off.click()
    dialog.reject()

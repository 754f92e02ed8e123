"""Roles in the real window: an operator can look at everything and change nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.errors import InputError
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.tune_pixels_view import TunePixelsView
from anomaly_gui.ui.widgets.role_dialog import RoleDialog, RolesOnDialog


@pytest.fixture
def opened(window: MainWindow, demo_project: Path) -> MainWindow:
    """As operator."""
    with Project.open(demo_project) as project:
        project.set_label([1], Label("defect", "dent"))
        project.access.turn_on("engine room", "second look")
    window.open_project(demo_project)
    return window


def take(window: MainWindow, role: str, password: str) -> None:
    window.header.role.click()
    dialog = window.roles.dialog
    assert isinstance(dialog, RoleDialog)
    dialog.choices[role].setChecked(True)  # type: ignore[index]
    dialog.password.setText(password)
    dialog.take.click()


def changing(window: MainWindow) -> dict[str, bool]:
    registry, pages = window.actions_registry, window
    return {
        "import": registry.action("add-good").isEnabled(),
        "undo": registry.action("undo").isEnabled(),
        "verdict": pages.review_page.view.verdicts.isEnabled(),
        "rules": pages.tune_page.view.rules.isEnabled(),
        "threshold": pages.tune_page.view.control.isEnabled(),
        "export": pages.export_page.view.export.isEnabled(),
    }


def test_the_window_follows_the_role(opened: MainWindow) -> None:
    assert opened.header.role.text() == "Operator"
    for page in ("data", "train", "tune", "review", "export"):
        opened.show_page(page)  # pages enable what they think fit
    assert set(changing(opened).values()) == {False}
    take(opened, "reviewer", "second look")
    assert opened.header.role.text() == "Reviewer"
    assert {name for name, may in changing(opened).items() if may} == {"undo", "verdict"}
    take(opened, "engineer", "engine room")
    assert set(changing(opened).values()) == {True}
    assert opened.session.project.log_entries()[-1].sentence == "Changed the role from reviewer to engineer"


def test_keys_do_nothing_that_the_role_may_not(opened: MainWindow, qtbot: QtBot) -> None:
    opened.show_page("data")
    opened.data_page.select_image(1)
    head = opened.session.project.head()
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    for key in (Qt.Key.Key_G, Qt.Key.Key_X, Qt.Key.Key_U):
        qtbot.keyClick(opened, key)
    qtbot.keyClick(opened, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert opened.session.project.head() == head


def test_what_is_asked_for_all_the_same_is_refused_with_a_sentence(opened: MainWindow) -> None:
    told: list[BaseException] = []
    opened.session.failed.disconnect(opened.show_error)
    opened.session.failed.connect(told.append)
    opened.session.apply(lambda project: project.set_label([1], Label("good")))
    (error,) = told
    assert isinstance(error, InputError)
    assert str(error) == "role operator: only the engineer may do this. Change the role to engineer."


def test_what_is_made_later_rests_too(opened: MainWindow) -> None:
    opened.show_page("tune")
    opened.tune_page.show_part("pixels")
    smallest = opened.tune_page.parts["pixels"].findChild(TunePixelsView).smallest
    assert not smallest.isEnabled()
    take(opened, "engineer", "engine room")
    assert smallest.isEnabled()


def test_a_wrong_password_is_said_in_the_dialog_which_stays(opened: MainWindow) -> None:
    take(opened, "engineer", "wrong")
    dialog = opened.roles.dialog
    assert isinstance(dialog, RoleDialog)
    assert "not right" in dialog.message.text()
    assert opened.header.role.text() == "Operator"
    dialog.password.setText("engine room")
    dialog.take.click()
    assert opened.roles.dialog is None
    assert opened.header.role.text() == "Engineer"


def test_who_forgot_the_password_is_told_what_that_leaves_behind(opened: MainWindow) -> None:
    opened.header.role.click()
    dialog = opened.roles.dialog
    assert isinstance(dialog, RoleDialog)
    dialog.forgot.click()
    question = opened.roles.question
    assert question is not None
    assert "The journal keeps" in question.text.text()
    question.accept_button.click()
    assert not opened.session.project.access.is_on
    assert opened.header.role.isHidden()
    assert set(changing(opened).values()) == {True}
    assert "without a password" in opened.session.project.log_entries()[-1].sentence


def test_roles_are_turned_on_and_off_in_the_window(window: MainWindow, demo_project: Path) -> None:
    window.open_project(demo_project)
    assert window.header.role.isHidden()
    window.actions_registry.action("role").trigger()
    on = window.roles.dialog
    assert isinstance(on, RolesOnDialog)
    for field in (on.engineer, on.again):
        field.setText("engine room")
    on.turn_on.click()
    assert window.header.role.text() == "Engineer"
    window.actions_registry.action("role").trigger()
    dialog = window.roles.dialog
    assert isinstance(dialog, RoleDialog)
    dialog.off.click()
    assert window.header.role.isHidden()
    assert not window.session.project.access.is_on


def test_the_role_stays_while_a_job_runs(opened: MainWindow, qtbot: QtBot) -> None:
    told: list[BaseException] = []
    opened.session.failed.disconnect(opened.show_error)
    opened.session.failed.connect(told.append)
    opened.actions_registry.action("verify").trigger()
    opened.roles.ask()
    assert opened.roles.dialog is None
    assert "goes on in the present one" in str(told[0])
    opened.session.cancel_job()
    qtbot.waitUntil(lambda: opened.session.job is None, timeout=30_000)

"""What a role may not do rests, says why, and afterwards is as the pages want it."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QPushButton, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.role_guard import RoleGuard, needed, reason


@pytest.fixture
def guarded(qtbot: QtBot) -> tuple[RoleGuard, QWidget, QPushButton, Actions]:
    window = QWidget()
    qtbot.addWidget(window)
    place = QWidget(window)
    button = QPushButton("Train", place)
    QVBoxLayout(place).addWidget(button)
    QVBoxLayout(window).addWidget(place)
    window.show()
    actions = Actions(window)
    actions.add("train-start", "Train", ["F5"], lambda: None, tip="Train with these settings")
    guard = RoleGuard(actions, lambda: [("engineer", place)], window)
    yield guard, place, button, actions
    actions.release()


def test_a_place_rests_with_all_that_is_in_it(guarded: tuple[RoleGuard, QWidget, QPushButton, Actions]) -> None:
    guard, place, button, _ = guarded
    for role, may in (("operator", False), ("reviewer", False), ("engineer", True), (None, True)):
        guard.set_role(role)  # type: ignore[arg-type]
        assert (place.isEnabled(), button.isEnabled()) == (may, may)


@pytest.mark.parametrize("wanted", [True, False])
def test_what_pages_want_meanwhile_holds_afterwards(
    guarded: tuple[RoleGuard, QWidget, QPushButton, Actions], wanted: bool
) -> None:
    guard, place, button, actions = guarded
    action = actions.action("train-start")
    for before in (True, False):
        for each in (button, action):
            each.setEnabled(before)
        guard.set_role("operator")
        for enabled in (True, False, wanted):
            for each in (place, button, action):
                each.setEnabled(enabled or each is place)
                assert not each.isEnabled()
        guard.set_role("engineer")
        assert (place.isEnabled(), button.isEnabled(), action.isEnabled()) == (True, wanted, wanted)


def test_it_says_why(guarded: tuple[RoleGuard, QWidget, QPushButton, Actions]) -> None:
    guard, _, button, actions = guarded
    action = actions.action("train-start")
    guard.set_role("reviewer")
    assert action.toolTip() == reason("engineer")
    place = button.rect().center()
    QApplication.sendEvent(button, QHelpEvent(QHelpEvent.Type.ToolTip, place, button.mapToGlobal(place)))
    assert QToolTip.text() == reason("engineer")
    QToolTip.hideText()
    guard.set_role(None)
    assert action.toolTip() == "Train with these settings"


def test_whoever_looks_may_look(window: MainWindow) -> None:
    names = [entry.name for entry in window.actions_registry.entries()]
    free = {name for name in names if needed(name) is None}
    assert {"page-tune", "next-image", "data-find", "data-export", "history", "verify", "role", "zoom-in"} <= free
    assert {name for name in names if needed(name) == "reviewer"} >= {"good", "defective", "reason-1", "judge-blind"}
    assert {name for name in names if needed(name) == "engineer"} >= {
        *("add-good", "data-good", "data-type-3", "train-start", "threshold-lower", "catch", "leave-out"),
        *("train-again", "draw-mask", "data-watch", "data-annotations"),
    }

"""Every key of the Review page is in the registry, works there alone, and is named in the bar."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.pages.review import ReviewPage
from anomaly_gui.ui.session import Session

NAMED = ("Left", "Right", "Shift+N", "Space", "Return", "Backspace")
DESIGNED = {*NAMED, "Shift+T", "Shift+[", "Shift+]", "Esc", *"ADNGXUTZEMOHF0+-[]123456789"}


@pytest.fixture
def actions(qtbot: QtBot) -> Iterator[Actions]:
    session, window = Session(), QMainWindow()
    qtbot.addWidget(window)
    page = ReviewPage(session, window)
    registry = Actions(window)
    page.add_actions(registry)
    yield registry
    session.shut_down()


def keys_of(actions: Actions) -> list[str]:
    return [key.toString() for entry in actions.entries() for key in entry.action.shortcuts()]


def test_every_key_of_the_design_does_something(actions: Actions) -> None:
    assert set(keys_of(actions)) >= DESIGNED


def test_no_key_does_two_things(actions: Actions) -> None:
    keys = keys_of(actions)
    assert len(keys) == len(set(keys))


def test_the_keys_rest_on_other_pages(actions: Actions) -> None:
    actions.set_page("tune")
    assert not any(entry.action.isVisible() for entry in actions.entries())
    actions.set_page("review")
    assert all(entry.action.isVisible() for entry in actions.entries())


def test_a_verdict_does_not_repeat_while_its_key_is_held(actions: Actions) -> None:
    for name in ("good", "defective", "unsure", "confirm", "type-1"):
        assert not actions.action(name).autoRepeat()
    assert actions.action("next-image").autoRepeat()

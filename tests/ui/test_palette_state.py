from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.palette_state import Situation, commands

TITLES: dict[str | None, str] = {None: "Everywhere", "tune": "Tune", "review": "Review"}


@pytest.fixture
def actions(qtbot: QtBot) -> Iterator[Actions]:
    window = QMainWindow()
    qtbot.addWidget(window)
    made = Actions(window)
    made.add("undo", "&Undo", ["Ctrl+Z"], window.update)
    made.add("lower", "Threshold to the next lower score", ["["], window.update, page="tune")
    made.add("good", "The part is good", ["G"], window.update, page="review")
    made.add("blink", "Blink (hold)", ["Z"], window.update, page="review", held=True)
    made.set_page("review")
    yield made
    made.release()


def names(actions: Actions, situation: Situation, wanted: str = "") -> list[str]:
    return [command.name for command in commands(actions.entries(), situation, wanted)]


def test_without_words_recent_ones_come_first_then_those_of_the_page(actions: Actions) -> None:
    assert names(actions, Situation("review", TITLES)) == ["good", "undo", "lower", "blink"]
    assert names(actions, Situation("review", TITLES, ["lower", "undo", "gone"])) == ["lower", "undo", "good", "blink"]


def test_words_fit_titles_pages_and_keys(actions: Actions) -> None:
    situation = Situation("review", TITLES)
    assert names(actions, situation, "tune") == ["lower"]
    assert names(actions, situation, "ctrl+z") == ["undo"]
    assert names(actions, situation, "part") == ["good"]
    assert names(actions, situation, "no such thing") == []


def test_what_cannot_be_done_is_last_and_says_why(actions: Actions) -> None:
    actions.action("undo").setEnabled(False)
    found = commands(actions.entries(), Situation("review", TITLES))
    assert [command.name for command in found] == ["good", "lower", "blink", "undo"]
    assert [command.refusal for command in found] == ["", "", "Hold Z down", "Cannot be done just now"]
    on_start = commands(actions.entries(), Situation(None, TITLES))
    assert {command.refusal for command in on_start if command.name != "blink"} == {"Needs an open project"}


def test_an_action_of_another_page_is_offered_though_it_rests_here(actions: Actions) -> None:
    assert not actions.action("lower").isEnabled()
    (command,) = commands(actions.entries(), Situation("review", TITLES), "lower")
    assert command.refusal == ""
    assert command.keys == "["

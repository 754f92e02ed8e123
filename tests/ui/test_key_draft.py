from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.key_draft import KeyDraft

TITLES: dict[str | None, str] = {None: "Everywhere", "tune": "Tune", "review": "Review"}


@pytest.fixture
def actions(qtbot: QtBot) -> Iterator[Actions]:
    window = QMainWindow()
    qtbot.addWidget(window)
    made = Actions(window)
    made.add("undo", "&Undo", ["Ctrl+Z"], window.update)
    made.add("lower", "Next lower score", ["["], window.update, page="tune")
    made.add("good", "The part is good", ["G"], window.update, page="review")
    made.add("defective", "The part is defective", ["X"], window.update, page="review")
    yield made
    made.release()


@pytest.fixture
def draft(actions: Actions) -> KeyDraft:
    return KeyDraft(actions.entries(), TITLES, {}, {"Alt+P": "opens the menu Project"})


def test_nothing_reaches_the_actions_before_it_is_chosen(actions: Actions, draft: KeyDraft) -> None:
    draft.set_keys("good", ["H", "h", "Ctrl+G"])
    assert draft.keys("good") == ("H", "Ctrl+G")
    assert actions.entry("good").keys == ("G",)
    actions.choose_keys(draft.chosen)
    assert actions.entry("good").keys == ("H", "Ctrl+G")
    assert draft.chosen == {"good": ("H", "Ctrl+G")}


def test_a_conflict_on_a_page_is_told_at_both_actions(draft: KeyDraft) -> None:
    draft.set_keys("good", ["X"])
    told = {row.name: row.conflict for row in draft.rows() if row.conflict}
    assert told == {
        "good": "X is also the key of “The part is defective” (Review)",
        "defective": "X is also the key of “The part is good” (Review)",
    }
    assert len(draft.conflicts) == 1


def test_the_key_of_another_page_is_no_conflict_but_one_that_works_everywhere_is(draft: KeyDraft) -> None:
    assert draft.warning("good", "[") == ""
    assert "Undo" in draft.warning("good", "Ctrl+Z")
    assert "Next lower score" in draft.warning("undo", "[")


def test_a_key_is_taken_from_the_others_and_they_keep_the_rest(draft: KeyDraft) -> None:
    draft.set_keys("defective", ["W, 1", "X"])
    draft.set_keys("good", ["W"])
    draft.take_away("W", "good")
    assert draft.keys("defective") == ("X",)
    assert draft.conflicts == []


def test_resetting_one_and_all(draft: KeyDraft) -> None:
    draft.set_keys("good", [])
    draft.set_keys("undo", ["F9"])
    draft.reset("good")
    assert draft.chosen == {"undo": ("F9",)}
    draft.reset_all()
    assert draft.chosen == {}


def test_keys_of_menus_are_refused(draft: KeyDraft) -> None:
    assert draft.refusal("Alt+P") == "Alt+P opens the menu Project: choose another key"
    assert draft.refusal("Alt+Q") == ""


def test_actions_are_found_by_every_word_in_title_page_or_key(draft: KeyDraft) -> None:
    assert [row.name for row in draft.rows("review part DEF")] == ["defective"]
    assert [row.name for row in draft.rows("ctrl+z")] == ["undo"]
    assert draft.rows("nothing like it") == []


def test_a_file_replaces_all_and_unknown_names_are_kept_for_the_version_that_knows_them(draft: KeyDraft) -> None:
    draft.set_keys("undo", ["F9"])
    assert draft.take_file({"good": ("H",), "brush": ("B",)}) == ["brush"]
    assert draft.chosen == {"good": ("H",), "brush": ("B",)}

"""Setting images aside, and looking at them once, by mouse on a real project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages.tune_locked import TuneLocked
from anomaly_gui.ui.pages.tune_locked_state import CHOOSING
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.message import Question
from tests.ui.pages.scored_project import scored_project
from tests.ui.pages.tune_window import TuneWindow, open_tune

LEFT = Qt.MouseButton.LeftButton
GOOD = tuple(1.0 + n / 10 for n in range(12))
DEFECTS = tuple(("crack" if n % 2 else "dent", 1.8 + n / 5) for n in range(8))
Open = Callable[[Project], tuple[TuneWindow, TuneLocked]]


@pytest.fixture
def open_part(qtbot: QtBot) -> Iterator[Open]:
    sessions: list[Session] = []

    def make(project: Project) -> tuple[TuneWindow, TuneLocked]:
        opened = open_tune(qtbot, project)
        sessions.append(opened.session)
        opened.page.show_part("locked")
        part = opened.page.parts["locked"]
        assert isinstance(part, TuneLocked)
        qtbot.waitUntil(lambda: part.view.how.text() != CHOOSING)
        return opened, part

    yield make
    for session in sessions:
        session.shut_down()


def _project(folder: Path, threshold: float | None = 2.05, rule: str = "manual") -> Project:
    return scored_project(folder, good=GOOD, defects=DEFECTS, threshold=threshold, rule=rule)


def _locked(opened: TuneWindow) -> list[int]:
    return [image.id for image in opened.session.images.values() if image.locked]


def _answer(qtbot: QtBot, part: TuneLocked, accept: bool) -> None:
    qtbot.mouseClick(part.view.reveal, LEFT)
    (question,) = part.findChildren(Question)
    qtbot.mouseClick(question.accept_button if accept else question.reject_button, LEFT)
    QApplication.processEvents()


def test_a_third_of_each_label_is_locked_with_one_click_and_one_undo_takes_it_back(
    qtbot: QtBot, open_part: Open, tmp_path: Path
) -> None:
    opened, part = open_part(_project(tmp_path))
    view = part.view
    shown = [[view.labels.item(row, column).text() for column in range(3)] for row in range(3)]
    assert shown == [["good", "8", "4"], ["crack", "3", "1"], ["dent", "3", "1"]]
    assert view.lock.text() == "Lock 6 labelled images: 4 good, 2 defective"
    assert "at random" in view.how.text()
    qtbot.mouseClick(view.lock, LEFT)
    assert len(_locked(opened)) == 6
    assert not view.lock.isVisible()
    assert "at random" in view.how.text(), "the journal keeps how they were chosen"
    assert "14 images" in opened.page.view.basis.text(), "the other views leave them out"
    opened.session.undo()
    assert _locked(opened) == []
    assert view.lock.isVisible()


def test_locking_moves_a_threshold_by_rule_to_the_images_that_are_left_in_the_same_step(
    qtbot: QtBot, open_part: Open, tmp_path: Path
) -> None:
    opened, part = open_part(_project(tmp_path, 1.7, "recall-at-least"))
    qtbot.mouseClick(part.view.lock, LEFT)
    changed = opened.session.threshold(1)
    assert changed is not None
    assert changed.rule == "recall-at-least"
    opened.session.undo()
    assert opened.session.threshold(1) == Threshold(1.7, "recall-at-least")
    assert _locked(opened) == []


def test_nothing_is_shown_before_the_explicit_look_which_can_be_declined(
    qtbot: QtBot, open_part: Open, tmp_path: Path
) -> None:
    opened, part = open_part(_project(tmp_path))
    assert not part.view.reveal.isEnabled()
    qtbot.mouseClick(part.view.lock, LEFT)
    assert part.view.reveal.isEnabled()
    assert not part.view.figures.isVisible()
    _answer(qtbot, part, accept=False)
    assert opened.session.project.reveals() == []
    assert not part.view.figures.isVisible()
    _answer(qtbot, part, accept=True)
    (reveal,) = opened.session.project.reveals()
    view = part.view
    assert view.figures.isVisible()
    assert view.figures.figure("missed") == str(reveal.figures["missed"])
    counts = [int(view.figures.figure(name)) for name in ("found", "missed", "false_alarms", "passed")]
    assert sum(counts) == 6
    assert view.reveals.rowCount() == 1
    assert not view.reveal.isEnabled(), "the figures hold: another look would tell nothing"


def test_figures_are_badged_stale_after_a_new_threshold_and_each_look_is_listed(
    qtbot: QtBot, open_part: Open, tmp_path: Path
) -> None:
    opened, part = open_part(_project(tmp_path))
    qtbot.mouseClick(part.view.lock, LEFT)
    _answer(qtbot, part, accept=True)
    assert not part.view.stale.isVisible()
    opened.session.apply(lambda project: project.set_threshold(1, Threshold(3.0)))
    assert part.view.stale.isVisible()
    assert "the threshold changed since" in part.view.stale.text()
    _answer(qtbot, part, accept=True)
    assert not part.view.stale.isVisible()
    table = part.view.reveals
    assert [table.item(row, 1).text() for row in range(2)] == ["3.0000", "2.0500"]
    assert [table.item(row, 4).text() for row in range(2)] == ["holds", "stale"]
    opened.session.apply(lambda project: project.set_label(_locked(opened)[:1], Label("defect", "dent")))
    assert "locked images or their labels changed" in part.view.stale.text()


def test_unlocking_lets_images_choose_again_and_keeps_what_was_seen(
    qtbot: QtBot, open_part: Open, tmp_path: Path
) -> None:
    opened, part = open_part(_project(tmp_path))
    qtbot.mouseClick(part.view.lock, LEFT)
    _answer(qtbot, part, accept=True)
    qtbot.mouseClick(part.view.unlock, LEFT)
    assert _locked(opened) == []
    assert part.view.reveals.rowCount() == 1
    assert part.view.stale.isVisible()


def test_a_rule_is_cross_validated_and_a_threshold_by_hand_says_why_not(
    qtbot: QtBot, open_part: Open, tmp_path: Path
) -> None:
    opened, part = open_part(_project(tmp_path, 2.05, "best-f1"))
    qtbot.waitUntil(lambda: "20 images in 5 parts" in part.view.folded_note.text())
    assert part.view.folded.isVisible()
    opened.session.apply(lambda project: project.set_threshold(1, Threshold(2.0)))
    assert not part.view.folded.isVisible()
    assert "set by hand" in part.view.folded_note.text()


def test_too_few_images_are_said_and_nothing_can_be_locked(qtbot: QtBot, open_part: Open, tmp_path: Path) -> None:
    _, part = open_part(scored_project(tmp_path, threshold=2.0, rule="best-f1"))
    assert not part.view.lock.isEnabled()
    assert "9 labelled images outside training are too few" in part.view.how.text()
    qtbot.waitUntil(lambda: "9 labelled images are too few" in part.view.folded_note.text())


def test_one_class_alone_is_revealed_with_figures_that_are_not_there(
    qtbot: QtBot, open_part: Open, tmp_path: Path
) -> None:
    _, part = open_part(scored_project(tmp_path, good=GOOD, defects=(), threshold=2.0))
    qtbot.mouseClick(part.view.lock, LEFT)
    _answer(qtbot, part, accept=True)
    assert part.view.figures.figure("recall") == "n/a"
    assert part.view.reveals.item(0, 2).text() == "n/a"

"""A threshold that is shown but not saved yet is saved by whatever comes next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Threshold
from anomaly_gui.ui.pages.review_moves import ThresholdMoves
from anomaly_gui.ui.session import Session
from tests.ui.pages.scored_project import scored_project

SCORES = np.array([1.0, 2.0, 3.0], np.float32)


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path) -> Iterator[Session]:
    project = scored_project(tmp_path, threshold=2.2)
    project.close()
    made = Session()
    made.open_project(project.folder)
    yield made
    made.shut_down()


@pytest.fixture
def moves(session: Session) -> ThresholdMoves:
    return ThresholdMoves(session, session)


def saved(session: Session) -> Threshold | None:
    return session.project.threshold(session.current_run or 0)


def test_a_step_is_announced_and_shown_before_it_is_saved(
    moves: ThresholdMoves, session: Session, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(moves.moved):
        assert moves.step(-1, SCORES)
    assert moves.threshold == Threshold(1.5)
    assert saved(session) == Threshold(2.2)
    moves.settle()
    assert saved(session) == Threshold(1.5)
    moves.settle()
    assert session.project.undo_sentence == "Set the threshold to 1.5"


def test_undo_takes_back_the_move_that_was_only_shown(moves: ThresholdMoves, session: Session) -> None:
    moves.step(-1, SCORES)
    session.undo()
    assert saved(session) == Threshold(2.2)
    assert moves.threshold == Threshold(2.2)


def test_to_and_fro_is_nothing_to_save(moves: ThresholdMoves, session: Session) -> None:
    moves.step_by_percent(1, 10.0)
    moves.step_by_percent(-1, 10.0)
    before = len(session.project.events())
    moves.settle()
    assert len(session.project.events()) == before


def test_the_way_back_is_a_pin_or_the_start_of_the_queue(moves: ThresholdMoves, session: Session) -> None:
    assert moves.former(None) is None
    assert moves.former(1.25) == (1.25, "that of the start of this queue")
    session.project.remember("tune.pins", {str(session.current_run): {"C": 3.0, "B": 2.0}})
    assert moves.former(1.25) == (2.0, "pin B")


def test_without_a_project_there_is_no_threshold_to_move(moves: ThresholdMoves, session: Session) -> None:
    session.close_project()
    assert moves.threshold is None
    assert not moves.step(1, SCORES)
    moves.step_by_percent(1, 10.0)
    assert moves.former(1.0) is None
    assert not moves.save(1.0, "")

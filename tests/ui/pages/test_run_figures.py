from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Threshold
from anomaly_gui.ui.pages.run_figures import FiguresOfRuns
from anomaly_gui.ui.session import Session
from tests.ui.pages.scored_project import scored_project


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    scored_project(tmp_path).close()
    made = Session()
    assert made.open_project(tmp_path / "project")
    yield made
    made.close_project()


def missed(figures: FiguresOfRuns) -> int | None:
    known = figures.of(1)
    return None if known is None else known.missed


def test_figures_come_later_and_stay_until_they_are_forgotten(qtbot: QtBot, session: Session) -> None:
    figures = FiguresOfRuns(session)
    with qtbot.waitSignal(figures.worked_out):
        figures.want([1])
        assert missed(figures) is None
    assert missed(figures) == 3
    session.project.set_threshold(1, Threshold(1.0))
    with qtbot.assertNotEmitted(figures.worked_out, wait=50):
        figures.want([1])
    figures.forget([1])
    assert missed(figures) is None
    with qtbot.waitSignal(figures.worked_out):
        figures.want([1])
    figures.forget()
    assert missed(figures) is None


def test_runs_without_scores_are_not_worked_on(qtbot: QtBot, session: Session) -> None:
    figures = FiguresOfRuns(session)
    with qtbot.assertNotEmitted(figures.worked_out, wait=50):
        figures.want([99])


def test_scores_that_cannot_be_read_give_no_figures(qtbot: QtBot, session: Session) -> None:
    session.project.run_folder(1).statistics.write_bytes(b"damaged")
    figures = FiguresOfRuns(session)
    with qtbot.waitSignal(figures.worked_out):
        figures.want([1])
    assert figures.of(1) is None


def test_what_was_stopped_says_nothing(qtbot: QtBot, session: Session) -> None:
    figures = FiguresOfRuns(session)
    figures.want([1])
    figures.stop()
    with qtbot.assertNotEmitted(figures.worked_out, wait=50):
        pass

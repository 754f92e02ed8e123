from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from anomaly_gui.project.backups import DAILY, backups
from anomaly_gui.project.store import Project
from anomaly_gui.ui.daily_backup import DailyBackup
from anomaly_gui.ui.session import Session
from tests.faults.workloads import make


def test_an_open_project_is_backed_up_once_a_day(qtbot: QtBot, tmp_path: Path) -> None:
    make(tmp_path / "p")
    session = Session()
    keeper = DailyBackup(session, session, after_ms=0)
    for _ in range(2):
        with qtbot.waitSignal(keeper.background.answered):
            assert session.open_project(tmp_path / "p")
        session.close_project()
    assert [each.reason for each in backups(tmp_path / "p")] == [DAILY]
    session.shut_down()


def test_a_project_that_was_closed_at_once_is_left_alone(qtbot: QtBot, tmp_path: Path) -> None:
    make(tmp_path / "p")
    session = Session()
    DailyBackup(session, session, after_ms=20)
    session.open_project(tmp_path / "p")
    session.close_project()
    qtbot.wait(60)
    assert backups(tmp_path / "p") == []
    session.shut_down()


def test_one_that_is_open_for_reading_is_left_alone(qtbot: QtBot, tmp_path: Path) -> None:
    make(tmp_path / "p")
    session = Session()
    DailyBackup(session, session, after_ms=0)
    session.adopt(Project.open(tmp_path / "p", read_only=True))
    qtbot.wait(60)
    assert backups(tmp_path / "p") == []
    session.shut_down()

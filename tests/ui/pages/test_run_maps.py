"""A run's error maps and the level on them; without a run that can be read there are none."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from anomaly_gui.ui.pages.run_maps import run_maps
from anomaly_gui.ui.session import Session
from tests.ui.pages.scored_project import scored_project


def test_the_current_runs_maps_are_used(qtbot: QtBot, tmp_path: Path) -> None:
    scored_project(tmp_path).close()
    session = Session()
    session.open_project(tmp_path / "project")
    maps = run_maps(session)
    assert maps.look is not None
    assert maps.look.run_id == session.current_run
    session.shut_down()


def test_a_run_that_cannot_be_read_is_said_and_does_not_stop_the_editor(qtbot: QtBot, tmp_path: Path) -> None:
    project = scored_project(tmp_path)
    project.run_folder(1).statistics.unlink()
    project.close()
    session = Session()
    session.open_project(tmp_path / "project")
    with qtbot.waitSignal(session.said) as said:
        maps = run_maps(session)
    assert "No error map" in said.args[0]
    assert (maps.look, maps.level.stored) == (None, None)
    session.shut_down()

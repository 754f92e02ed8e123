"""A second window on one project reads, says who holds it, and changes nothing."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.widgets.message import Refusal
from tests.ui.pages.scored_project import scored_project


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Project]:
    """A project that is open for writing elsewhere."""
    project = scored_project(tmp_path)
    yield project
    project.close()


def content(project: Project) -> list[object]:
    return [event.seq for event in project.events()]


def test_it_opens_for_reading_and_says_who_holds_it(qtbot: QtBot, window: MainWindow, held: Project) -> None:
    window.open_project(held.folder)
    assert window.session.project.read_only
    assert window.read_only.isVisible()
    said = window.read_only.text.text()
    assert f"process {os.getpid()} on {socket.gethostname()}" in said
    assert "started 2" in said
    before = content(held)
    for page in window.pages:
        window.show_page(page.name)
        qtbot.wait(20)
        assert [each.text.text() for each in window.findChildren(Refusal)] == [], page.name
    assert window.session.apply(lambda project: project.set_label([1], Label("good"))) is None
    (refusal,) = window.findChildren(Refusal)
    assert "for reading only" in refusal.text.text()
    window.close_project()
    assert content(held) == before
    assert not window.read_only.isVisible()


def test_it_opens_for_writing_once_the_other_is_closed(window: MainWindow, held: Project) -> None:
    window.open_project(held.folder)
    window.read_only.button.click()
    assert window.session.project.read_only, "the other still holds it"
    assert window.read_only.isVisible()
    held.close()
    window.read_only.button.click()
    assert not window.session.project.read_only
    assert not window.read_only.isVisible()
    assert window.session.apply(lambda project: project.set_comment(1, "mine")) is not None


def test_a_lock_left_by_a_crash_is_recognised_and_told(window: MainWindow, held: Project) -> None:
    held.close()
    who = {"pid": 4711, "host": "line-3", "started": "2026-01-01T08:00:00Z", "since": "2026-01-01T08:01:00Z"}
    (held.folder / "project.lock").write_text(json.dumps(who))
    window.open_project(held.folder)
    assert not window.session.project.read_only
    started = datetime(2026, 1, 1, 8, tzinfo=UTC).astimezone()
    assert f"process 4711 on line-3, started {started:%Y-%m-%d %H:%M}" in window.strip.sentence.text()

"""Verifying and exporting the journal from the window: in the background, with progress, cancelled at will."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.jobs import audit_file
from anomaly_gui.jobs.audit_file import check_audit
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow

JOB_MS = 30_000


@pytest.fixture
def opened(window: MainWindow, demo_project: Path) -> MainWindow:
    window.open_project(demo_project)
    return window


def test_verify_ends_with_the_verdict_and_labels_can_be_set_meanwhile(opened: MainWindow, qtbot: QtBot) -> None:
    opened.actions_registry.action("verify").trigger()
    assert opened.session.job is not None
    opened.session.apply(lambda project: project.set_comment(1, "meanwhile"))
    qtbot.waitUntil(lambda: opened.audit.dialog is not None, timeout=JOB_MS)
    dialog = opened.audit.dialog
    assert dialog is not None
    assert "whole and unchanged" in dialog.headline.text()
    assert "1 bundle" in dialog.details.toPlainText()
    dialog.reject()
    assert opened.session.project.image(1).comment == "meanwhile"


def test_verify_names_what_is_wrong(opened: MainWindow, qtbot: QtBot) -> None:
    with closing(sqlite3.connect(opened.session.project.folder / "project.db")) as connection, connection:
        connection.execute("UPDATE image SET comment = 'not by the program' WHERE id = 1")
    opened.actions_registry.action("verify").trigger()
    qtbot.waitUntil(lambda: opened.audit.dialog is not None, timeout=JOB_MS)
    dialog = opened.audit.dialog
    assert dialog is not None
    assert "image 1 is not what the journal says" in dialog.details.toPlainText()
    dialog.reject()


def test_it_can_be_cancelled(opened: MainWindow, qtbot: QtBot) -> None:
    opened.actions_registry.action("verify").trigger()
    opened.session.cancel_job()
    qtbot.waitUntil(lambda: opened.session.job is None, timeout=JOB_MS)
    assert opened.audit.dialog is None
    assert "was stopped" in opened.strip.sentence.text()


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_the_audit_is_written_checked_and_said(opened: MainWindow, qtbot: QtBot, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"audit.{kind}"
    opened.audit.export_to(str(file))
    qtbot.waitUntil(lambda: opened.session.job is None, timeout=JOB_MS)
    assert "Wrote and checked" in opened.strip.sentence.text()
    with Project.open(opened.session.project.folder, read_only=True) as project:
        assert check_audit(project, file).unchanged


def test_one_that_does_not_read_back_is_said_to_be_so(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_file, "atomic_write", lambda path, data: path.write_bytes(data[:-30]))
    told: list[BaseException] = []
    opened.session.failed.disconnect(opened.show_error)
    opened.session.failed.connect(told.append)
    opened.audit.export_to(str(tmp_path / "audit.json"))
    qtbot.waitUntil(lambda: bool(told), timeout=JOB_MS)
    assert "audit" in str(told[0])

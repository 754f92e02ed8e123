"""The next start offers a report of the crash, once."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from anomaly_gui.project.store import Project
from anomaly_gui.ui.crash_offer import CrashDialog
from anomaly_gui.ui.crash_report import Crash
from anomaly_gui.ui.main_window import MainWindow
from tests.jobs.tiny_project import make_project


@pytest.fixture
def crash(tmp_path: Path) -> Crash:
    with make_project(tmp_path) as project:
        folder = project.folder
    file = tmp_path / "crash-1-x.txt"
    file.write_text("Fatal Python error: Segmentation fault")
    return Crash(file=file, trace=file.read_text(), time=datetime.now(UTC), project=folder)


@pytest.mark.parametrize("with_images", [False, True])
def test_a_report_is_written_where_the_engineer_says(
    qtbot: QtBot, window: MainWindow, crash: Crash, tmp_path: Path, with_images: bool
) -> None:
    window.offer_report([crash])
    (dialog,) = window.findChildren(CrashDialog)
    assert not dialog.images.isChecked()
    dialog.images.setChecked(with_images)
    dialog.save.click()
    (chooser,) = window.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "report.zip"))
    chooser.close()
    qtbot.waitUntil(lambda: "Saved the report" in window.strip.sentence.text())
    with zipfile.ZipFile(tmp_path / "report.zip") as archive:
        assert any(name.startswith("images/") for name in archive.namelist()) is with_images
        assert b"Segmentation fault" in archive.read("crash-1-x.txt")
    assert not crash.file.exists(), "it is not offered again"
    assert crash.project is not None
    Project.open(crash.project).close()


def test_whoever_wants_no_report_is_not_asked_again(window: MainWindow, crash: Crash) -> None:
    window.offer_report([crash])
    window.findChildren(CrashDialog)[0].reject()
    assert not crash.file.exists()


def test_without_a_crash_nothing_is_asked(window: MainWindow) -> None:
    window.offer_report([])
    assert window.findChildren(CrashDialog) == []

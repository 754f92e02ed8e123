"""Export by hand, on the real window and a run that was really trained."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle
from anomaly_gui.jobs.train import train
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.export import ExportPage
from tests.jobs.tiny_project import make_project, quick
from tests.ui.pages.scored_project import scored_project

LEFT = Qt.MouseButton.LeftButton
JOB_MS = 60_000


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with images and a project whose only run is trained and scored."""
    place = tmp_path_factory.mktemp("trained")
    with make_project(place) as project:
        train(project, quick(), ignore_events, CancelToken())
    return place


@pytest.fixture
def page(window: MainWindow, trained: Path, tmp_path: Path) -> ExportPage:
    shutil.copytree(trained / "project", tmp_path / "project")
    return shown(window, tmp_path / "project")


def shown(window: MainWindow, folder: Path) -> ExportPage:
    assert window.session.open_project(folder)
    window.show_page("export")
    return window.export_page


def job_done(qtbot: QtBot, page: ExportPage, start: Callable[[], object]) -> object:
    with qtbot.waitSignal(page.session.job_ended, timeout=JOB_MS) as ended:
        start()
    return ended.args[0].result


def facts(page: ExportPage) -> dict[str, str]:
    return {title.text(): value.text() for title, value in page.view._facts}


def test_without_a_run_the_page_leads_to_train(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    Project.create(tmp_path / "empty").close()
    page = shown(window, tmp_path / "empty")
    assert page.view.notice.isVisible()
    qtbot.mouseClick(page.view.notice.button, LEFT)
    assert window.current_page is window.train_page


def test_a_run_is_exported_checked_and_listed(qtbot: QtBot, page: ExportPage) -> None:
    target = Path(page.view.target.text())
    assert target.parent == page.session.project.folder / "exports"
    job_done(qtbot, page, lambda: qtbot.mouseClick(page.view.export, LEFT))
    assert "8 images" in page.view.result.text()
    assert "every decision is the same" in page.view.result.text()
    threshold = page.session.project.threshold(1)
    assert threshold is not None
    assert read_bundle(target).manifest.threshold == threshold.value
    assert page.view.chosen_export == str(target)
    assert not page.view.no_exports.isVisible()
    assert not page.view.bar.isVisible()
    assert str(target) in page.view.command.toPlainText()
    assert page.view.target.text() != str(target), "another export must not replace this one unasked"


def test_a_name_that_was_typed_stays(qtbot: QtBot, page: ExportPage, tmp_path: Path) -> None:
    page.view.target.setText(str(tmp_path / "line 4"))
    job_done(qtbot, page, lambda: qtbot.mouseClick(page.view.export, LEFT))
    assert (tmp_path / "line 4.anomaly").exists()
    assert page.view.target.text() == str(tmp_path / "line 4")


def test_the_command_is_copied(qtbot: QtBot, page: ExportPage) -> None:
    page.view.target.setText("/line/part.anomaly")
    qtbot.mouseClick(page.view.copy, LEFT)
    assert QGuiApplication.clipboard().text() == "anomaly-gui inspect /line/part.anomaly FOLDER --json"


def test_a_file_that_cannot_be_written_is_said_and_nothing_recorded(
    qtbot: QtBot, page: ExportPage, tmp_path: Path
) -> None:
    (tmp_path / "folder.anomaly").mkdir()
    page.view.target.setText(str(tmp_path / "folder.anomaly"))
    with qtbot.waitSignal(page.session.failed, timeout=JOB_MS) as failed:
        qtbot.mouseClick(page.view.export, LEFT)
    assert isinstance(failed.args[0], InputError)
    assert page.view.result.text() == "Nothing was written."
    assert page.session.project.exports() == []
    assert page.view.export.isEnabled()


def test_no_name_no_export(qtbot: QtBot, page: ExportPage) -> None:
    page.view.target.clear()
    with qtbot.waitSignal(page.session.failed):
        qtbot.mouseClick(page.view.export, LEFT)
    assert page.session.job is None


def test_a_file_is_chosen_without_blocking_the_window(qtbot: QtBot, page: ExportPage, tmp_path: Path) -> None:
    qtbot.mouseClick(page.view.browse, LEFT)
    (dialog,) = page.findChildren(QFileDialog)
    assert dialog.isVisible()
    dialog.selectFile(str(tmp_path / "chosen"))
    dialog.accept()
    assert page.view.target.text() == str(tmp_path / "chosen.anomaly")


def test_facts_follow_threshold_and_labels(window: MainWindow, tmp_path: Path) -> None:
    with scored_project(tmp_path, rule="best-f1") as project:
        folder = project.folder
    page = shown(window, folder)
    assert facts(page)["Threshold"] == "3.2 (Best F1)"
    assert facts(page)["Defects found"].startswith("1 of 4")
    page.session.apply(lambda project: project.set_threshold(1, Threshold(1.1)))
    assert facts(page)["Threshold"] == "1.1 (set by hand)"
    assert facts(page)["Defects found"].startswith("4 of 4")
    page.session.apply(lambda project: project.set_label([6], Label("good")))
    assert facts(page)["Defects found"].startswith("3 of 3")


def test_another_project_gets_another_file(window: MainWindow, page: ExportPage, tmp_path: Path) -> None:
    page.view.target.setText("/typed/by/hand.anomaly")
    with scored_project(tmp_path / "second") as project:
        folder = project.folder
    shown(window, folder)
    assert Path(page.view.target.text()).parent == folder / "exports"

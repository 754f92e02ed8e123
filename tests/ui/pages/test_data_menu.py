from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.data import DataPage
from tests.ui.pages.data_window import tiny, waited


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> DataPage:
    return tiny(qtbot, window, tmp_path)


def test_watched_folders_are_listed_and_let_go(page: DataPage, tmp_path: Path) -> None:
    menu = page.menu
    menu.menu.aboutToShow.emit()
    assert not menu.watched.isEnabled()
    (tmp_path / "camera").mkdir()
    page.files.start_watching(str(tmp_path / "camera"))
    menu.menu.aboutToShow.emit()
    (action,) = menu.watched.actions()
    assert action.text() == str(tmp_path / "camera")
    action.trigger()
    assert page.session.project.sources.watched() == ()


def test_what_needs_a_job_waits_for_the_one_that_runs(qtbot: QtBot, page: DataPage) -> None:
    page.session.start_job("train", "Training", lambda _project, _emit, cancel: waited(cancel))
    page.menu.menu.aboutToShow.emit()
    off = {action.objectName() for action in page.menu.menu.actions() if not action.isEnabled()}
    assert {"data-annotations", "data-annotation-file", "data-export"} <= off
    assert "data-types" not in off
    page.session.cancel_job()
    qtbot.waitUntil(lambda: page.session.job is None)
    page.menu.menu.aboutToShow.emit()
    assert page.window().actions_registry.action("data-export").isEnabled()  # type: ignore[attr-defined]

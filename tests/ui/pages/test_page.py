"""What the window relies on in every page."""

from __future__ import annotations

from pathlib import Path

import qtawesome
from pytestqt.qtbot import QtBot

from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.page import Page


def test_every_page_has_a_name_of_its_own_a_title_and_a_symbol_that_exists(window: MainWindow) -> None:
    assert [page.name for page in window.pages] == ["data", "train", "tune", "review", "export"]
    for page in window.pages:
        assert isinstance(page, Page)
        assert page.title
        assert not qtawesome.icon(page.icon).isNull()


def test_a_page_without_a_place_or_keys_of_its_own_can_be_used_as_it_is(qtbot: QtBot, window: MainWindow) -> None:
    page = Page(window.session)
    qtbot.addWidget(page)
    page.add_actions(window.actions_registry)
    for step in (page.restore_place, page.activate, page.deactivate, page.save_place, page.shut_down):
        step()
    assert page.session is window.session


def test_every_page_can_be_shown_in_an_empty_project_and_says_what_to_do(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    Project.create(tmp_path / "empty").close()
    window.open_project(tmp_path / "empty")
    for page in window.pages:
        window.show_page(page.name)
        qtbot.wait(10)
        assert page.isVisible()
    window.close_project()
    assert window.start_page.isVisible()

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.recent import add_recent
from anomaly_gui.ui.theme import chosen_scheme, is_dark
from tests.project.samples import new_image


@pytest.fixture
def project(tmp_path: Path) -> Path:
    with Project.create(tmp_path / "housing") as made:
        made.add_images([new_image(number) for number in range(1, 4)])
        return made.folder


def menu(window: MainWindow, title: str) -> QMenu:
    """A menu or sub-menu, opened so that it fills itself."""
    found = next(m for m in window.menuBar().findChildren(QMenu) if m.title().replace("&", "") == title)
    found.aboutToShow.emit()
    return found


def texts(shown: QMenu) -> list[str]:
    return [action.text().replace("&", "") for action in shown.actions() if not action.isSeparator()]


def entry(shown: QMenu, text: str) -> QAction:
    return next(action for action in shown.actions() if action.text().replace("&", "") == text)


def test_what_needs_a_project_can_be_chosen_only_with_one(window: MainWindow, project: Path) -> None:
    names = ("add-good", "add-defect", "add-dataset", "close-project", "page-tune", "undo")
    assert not any(window.actions_registry.action(name).isEnabled() for name in names)
    window.open_project(project)
    assert all(window.actions_registry.action(name).isEnabled() for name in names)
    window.close_project()
    assert not any(window.actions_registry.action(name).isEnabled() for name in names)


def test_the_edit_menu_says_what_undo_would_take_back(window: MainWindow, project: Path) -> None:
    window.open_project(project)
    window.session.apply(lambda opened: opened.set_excluded([1, 2], True))
    assert texts(menu(window, "Edit"))[0] == "Undo: Excluded 2 images"
    window.undo()
    assert texts(menu(window, "Edit"))[:2] == ["Undo", "Redo: Excluded 2 images"]


def test_a_recent_project_is_opened_from_the_menu(window: MainWindow, project: Path) -> None:
    assert texts(menu(window, "Open recent")) == ["None yet"]
    add_recent(project)
    recent = menu(window, "Open recent")
    entry(recent, str(project)).trigger()
    assert window.session.project.folder == project


def test_the_pages_menu_leads_to_every_page(window: MainWindow, project: Path) -> None:
    window.open_project(project)
    for page in window.pages:
        entry(menu(window, "Pages"), page.title).trigger()
        assert window.current_page is page


def test_the_colours_are_switched_at_once_and_remembered(qtbot: QtBot, qapp: QApplication, window: MainWindow) -> None:
    colours = menu(window, "Colours")
    entry(colours, "Dark").trigger()
    qapp.processEvents()
    assert is_dark(qapp.palette())
    assert is_dark(window.palette())
    assert chosen_scheme() == "dark"
    entry(colours, "Light").trigger()
    qapp.processEvents()
    assert not is_dark(window.palette())
    assert [action.text() for action in colours.actions() if action.isChecked()] == ["Light"]


def test_no_two_keys_collide_on_any_page(window: MainWindow) -> None:
    entries = window.actions_registry.entries()
    for page in window.pages:
        keys = [
            key.toString() for known in entries if known.page in (None, page.name) for key in known.action.shortcuts()
        ]
        assert len(keys) == len(set(keys)), f"{page.name}: {sorted(k for k in keys if keys.count(k) > 1)}"

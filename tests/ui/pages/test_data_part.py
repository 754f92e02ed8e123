"""The switch beside the gallery, and that no key reaches a gallery that is not seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.jobs.map_set import SetMap
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.data_map import MapPart
from anomaly_gui.ui.pages.data_part import IMAGES
from tests.jobs.tiny_project import make_project
from tests.ui.test_by_keyboard import TAB, is_chosen_by_arrows, is_said, named, shown, tab_chain


@pytest.fixture
def full(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> MainWindow:
    make_project(tmp_path).close()
    assert window.session.open_project(tmp_path / "project")
    window.show_page("data")
    window.activateWindow()
    qtbot.waitActive(window)
    return window


def test_every_part_is_one_press_away_and_the_gallery_comes_back(qtbot: QtBot, full: MainWindow) -> None:
    parts = full.data_page.parts
    for name, part in parts.parts.items():
        qtbot.mouseClick(parts.choice.button(name), Qt.MouseButton.LeftButton)
        assert parts.part is part
        assert part.isVisible()
        assert parts.choice.button(name).toolTip()
    qtbot.mouseClick(parts.choice.button(IMAGES), Qt.MouseButton.LeftButton)
    assert parts.part is None
    assert full.data_page.view.gallery.isVisible()


def test_a_key_does_not_label_what_is_selected_in_the_hidden_gallery(qtbot: QtBot, full: MainWindow) -> None:
    page = full.data_page
    page.view.gallery.select_all()
    assert len(page.view.panel.images) == 20
    before = [image.label for image in full.session.images.values()]
    page.parts.show_part("splits")
    qtbot.keyClick(full.focusWidget() or full, Qt.Key.Key_X)
    assert [image.label for image in full.session.images.values()] == before
    page.parts.show_part(IMAGES)
    page.take_focus()
    qtbot.keyClick(page.view.gallery, Qt.Key.Key_X)
    assert full.session.images[1].label.kind == "defect"


def test_the_part_that_was_looked_at_is_there_again(full: MainWindow, tmp_path: Path) -> None:
    full.data_page.parts.show_part("splits")
    full.close_project()
    assert full.session.open_project(tmp_path / "project")
    assert full.data_page.parts.choice.current == "splits"


@pytest.mark.parametrize("name", ["trust", "splits", "map"])
def test_everything_on_a_part_is_reached_by_tab_and_says_what_it_is(qtbot: QtBot, full: MainWindow, name: str) -> None:
    full.data_page.parts.show_part(name)
    part = full.data_page.parts.parts[name]
    if isinstance(part, MapPart):
        ids = np.arange(1, 4)
        points = np.zeros((3, 2), np.float32)
        part.show_map(SetMap(ids=ids, points=points, source="pictures", method="pca", shares=None, left_out=0))
        part.view.map.select([1])
        part.refresh()
    QApplication.processEvents()
    chain = tab_chain(full, qtbot)
    wrong = []
    for widget in shown(part):
        if widget.focusPolicy() & TAB:
            if widget not in chain and not is_chosen_by_arrows(widget):
                wrong.append(f"not reached: {named(widget)}")
            if not is_said(widget):
                wrong.append(f"has no name: {named(widget)}")
    assert wrong == []

"""The real window at the Data page, for tests."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.progress import CancelToken
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.data import DataPage
from tests.jobs.tiny_project import make_project

NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def opened(qtbot: QtBot, window: MainWindow, project: Path) -> DataPage:
    assert window.session.open_project(project)
    window.show_page("data")
    window.activateWindow()
    qtbot.waitActive(window)
    return window.data_page


def tiny(qtbot: QtBot, window: MainWindow, folder: Path) -> DataPage:
    """12 + 4 good and 4 defective images of the type hole; ids count from 1."""
    make_project(folder).close()
    return opened(qtbot, window, folder / "project")


def press(qtbot: QtBot, page: DataPage, key: Qt.Key | str, modifier: Qt.KeyboardModifier = NONE) -> None:
    qtbot.keyClick(page.window(), key, modifier)


def click(qtbot: QtBot, page: DataPage, image_id: int, modifier: Qt.KeyboardModifier = NONE) -> None:
    gallery = page.view.gallery
    row = gallery.selection.row_of(image_id)
    assert row is not None
    gallery.scroll_to(row)
    qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, modifier, gallery.cell_rect(row).center())


def dialog_of(kind: type[QWidget]) -> QWidget:
    """The one that is open."""
    (found,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()]
    return found


def waited(cancel: CancelToken) -> None:
    """A job that does nothing until it is stopped."""
    while not cancel.should_stop():
        time.sleep(0.005)

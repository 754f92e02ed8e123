from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from anomaly_gui.project.image_filter import ImageFilter
from anomaly_gui.ui.main_window import MainWindow
from tests.ui.pages.data_window import opened, tiny


def test_a_filter_is_saved_chosen_in_the_next_session_and_forgotten(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    page = tiny(qtbot, window, tmp_path)
    page.show_facets(True)
    wanted = ImageFilter(label=frozenset({"good"}), split=frozenset({"test"}))
    page.set_filter(wanted)
    qtbot.mouseClick(page.view.facets.save, Qt.MouseButton.LeftButton)
    (dialog,) = page.findChildren(QInputDialog)
    dialog.setTextValue("good ones kept for testing")
    dialog.accept()
    window.session.close_project()
    page = opened(qtbot, window, tmp_path / "project")
    saved = page.view.facets.saved
    assert [saved.itemText(row) for row in range(saved.count())] == ["good ones kept for testing"]
    page.set_filter(ImageFilter())
    saved.setCurrentIndex(0)
    saved.activated.emit(0)
    assert page.state.filter == wanted
    assert page.view.gallery.count == 4
    qtbot.mouseClick(page.view.facets.forget, Qt.MouseButton.LeftButton)
    assert page.session.project.saved_filters() == {}
    assert not saved.isEnabled()

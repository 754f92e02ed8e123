"""The History view in the real window: what was done is there, and leads to what it was about."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Label
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.widgets.history_dialog import HistoryDialog


@pytest.fixture
def opened(window: MainWindow, demo_project: Path) -> MainWindow:
    window.open_project(demo_project)
    return window


def shown(window: MainWindow, qtbot: QtBot) -> HistoryDialog:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    dialog = window.history.dialog
    assert dialog is not None
    count = len(window.session.project.log_entries())
    qtbot.waitUntil(lambda: dialog.model.rowCount() == count and bool(dialog.in_force.text()))
    return dialog


def test_it_tells_what_was_done_and_where_the_threshold_comes_from(opened: MainWindow, qtbot: QtBot) -> None:
    opened.session.apply(lambda project: project.set_label([1], Label("defect", "dent"), "after a second look"))
    dialog = shown(opened, qtbot)
    assert dialog.chosen is not None
    assert dialog.chosen.entry.sentence.startswith("Labelled")
    assert "Reason: after a second look" in dialog.details.toPlainText()
    assert "→ defective (dent)" in dialog.details.toPlainText()
    assert dialog.in_force.text().startswith("Threshold in force: ")
    assert "tune images and" in dialog.in_force.text()
    assert "(run 1, conv-ae, weights" in dialog.in_force.text()
    dialog.reject()


def test_the_filter_finds_and_the_image_is_jumped_to(opened: MainWindow, qtbot: QtBot) -> None:
    opened.session.apply(lambda project: project.set_comment(2, "look here"))
    opened.session.apply(lambda project: project.set_comment(3, "and here"))
    dialog = shown(opened, qtbot)
    name = Path(opened.session.images[2].path).name
    qtbot.keyClicks(dialog.words, f"commented {name}")
    assert {row.entry.image for row in opened.history._state.shown} >= {2}
    row = next(n for n in range(dialog.model.rowCount()) if dialog.model.row(n).entry.image == 2)
    dialog.table.selectRow(row)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert opened.history.dialog is None
    assert opened.current_page is opened.data_page
    assert [image.id for image in opened.data_page.view.panel.images] == [2]


def test_the_run_is_jumped_to(opened: MainWindow, qtbot: QtBot) -> None:
    dialog = shown(opened, qtbot)
    dialog.kind.setCurrentIndex(dialog.kind.findData("thresholds"))
    assert dialog.chosen is not None
    assert dialog.chosen.entry.run == 1
    qtbot.mouseClick(dialog.to_run, Qt.MouseButton.LeftButton)
    assert opened.current_page is opened.tune_page
    assert opened.session.current_run == 1


def test_what_is_done_while_it_is_open_comes_in(opened: MainWindow, qtbot: QtBot) -> None:
    dialog = shown(opened, qtbot)
    before = dialog.model.rowCount()
    opened.session.undo()
    opened.session.apply(lambda project: project.set_comment(2, "later"))
    qtbot.waitUntil(lambda: dialog.model.rowCount() > before)
    assert dialog.model.row(0).entry.sentence.startswith("Commented")
    dialog.reject()


def test_the_tune_pages_tooltips_say_where_the_threshold_comes_from(opened: MainWindow, qtbot: QtBot) -> None:
    opened.show_page("tune")
    view = opened.tune_page.view
    qtbot.waitUntil(lambda: "set by" in view.basis.toolTip())
    opened.tune_page.choose(5.0)
    qtbot.waitUntil(lambda: "by hand" in view.basis.toolTip())
    assert "replaced" in view.control.number.toolTip()

"""The History view's widgets, by keyboard and by mouse."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.history_state import HistoryRow, rows_of
from anomaly_gui.ui.widgets.history_dialog import HistoryDialog
from tests.ui.test_history_state import entry

Make = Callable[[list[HistoryRow]], HistoryDialog]


@pytest.fixture
def make(owner: QWidget, qtbot: QtBot) -> Make:
    def made(rows: list[HistoryRow]) -> HistoryDialog:
        owner.resize(1366, 768)
        dialog = HistoryDialog({"all": "Everything", "labels": "Labels"}, owner)
        dialog.show_rows(rows, f"{len(rows)} actions")
        dialog.open()
        qtbot.waitExposed(dialog)
        return dialog

    return made


def test_the_first_is_chosen_and_buttons_follow_what_it_is_about(make: Make) -> None:
    dialog = make(rows_of([entry(5, image=None, run=3), entry(3)]))
    assert dialog.chosen is not None
    assert (dialog.to_image.isEnabled(), dialog.to_run.isEnabled()) == (False, True)
    dialog.table.selectRow(1)
    assert (dialog.to_image.isEnabled(), dialog.to_run.isEnabled()) == (True, False)
    dialog.show_rows([], "0 of 2 actions")
    assert dialog.chosen is None
    assert not dialog.to_image.isEnabled()
    dialog.reject()


def test_the_chosen_one_stays_chosen_when_others_come_before_it(make: Make) -> None:
    rows = rows_of([entry(5), entry(3)])
    dialog = make(rows)
    dialog.table.selectRow(1)
    dialog.show_rows([*rows_of([entry(7)]), *rows], "3 actions")
    assert dialog.chosen is rows[1]
    dialog.reject()


def test_enter_and_double_click_jump(make: Make, qtbot: QtBot) -> None:
    dialog = make(rows_of([entry(5, image=None, run=3), entry(3)]))
    with qtbot.waitSignal(dialog.run_wanted) as run:
        qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert run.args == [3]
    dialog = make(rows_of([entry(3)]))
    place = dialog.table.visualRect(dialog.model.index(0, 2)).center()
    with qtbot.waitSignal(dialog.image_wanted) as image:
        qtbot.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert image.args == [3]


def test_typing_and_choosing_a_kind_announce_the_filter(make: Make, qtbot: QtBot) -> None:
    dialog = make(rows_of([entry(3)]))
    told: list[tuple[str, str]] = []
    dialog.filter_changed.connect(lambda words, kind: told.append((words, kind)))
    qtbot.keyClick(dialog, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(dialog.words, "an")
    dialog.kind.setCurrentIndex(1)
    assert told == [("a", "all"), ("an", "all"), ("an", "labels")]
    dialog.reject()


def test_a_hundred_thousand_rows_cost_no_more_than_a_screenful(make: Make) -> None:
    rows = rows_of(entry(n) for n in range(1, 100_001))
    dialog = make([])
    started = time.thread_time()
    dialog.show_rows(rows, "100,000 actions")
    QApplication.processEvents()
    dialog.table.scrollToBottom()
    QApplication.processEvents()
    assert time.thread_time() - started < 0.5
    dialog.reject()

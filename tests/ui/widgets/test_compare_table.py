"""Runs to compare: ticked and clicked by the user, silent when set."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.compare_table import CompareRow, CompareTable

ROWS = [
    CompareRow(3, ("003", "", "", "", "", ""), None, is_base=False),
    CompareRow(2, ("002", "0.9", "0.8", "1 of 4", "0 of 5", "better: +0.1"), 1, is_base=False),
    CompareRow(1, ("001", "0.8", "0.8", "1 of 4", "0 of 5", "compared with"), 0, is_base=True),
]


def test_ticks_and_clicks_are_told_and_setting_rows_is_not(qtbot: QtBot) -> None:
    table = CompareTable()
    qtbot.addWidget(table)
    table.show()
    told: list[tuple[object, ...]] = []
    table.run_toggled.connect(lambda run, on: told.append(("toggled", run, on)))
    table.run_shown.connect(lambda run: told.append(("shown", run)))
    table.set_rows(ROWS, 2)
    assert told == []
    table.item(0, 0).setCheckState(Qt.CheckState.Checked)
    assert told == [("toggled", 3, True)]
    table.set_rows(ROWS, None)
    place = table.visualItemRect(table.item(1, 3)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told[1:] == [("shown", 2)]


def test_the_run_compared_with_can_neither_be_unticked_nor_chosen_for_its_images(qtbot: QtBot) -> None:
    table = CompareTable()
    qtbot.addWidget(table)
    table.set_rows(ROWS, 2)
    base = table.item(2, 0)
    assert base.checkState() == Qt.CheckState.Checked
    assert not base.flags() & Qt.ItemFlag.ItemIsUserCheckable
    assert not base.flags() & Qt.ItemFlag.ItemIsSelectable
    assert not table.item(0, 0).flags() & Qt.ItemFlag.ItemIsSelectable, "it is not compared: it has no images"

"""The journal's actions as a table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from anomaly_gui.ui.history_state import rows_of
from anomaly_gui.ui.models.log_table import COLUMNS, LogTable
from tests.ui.test_history_state import entry


def test_it_keeps_qts_rules(qtmodeltester: ModelTester) -> None:
    table = LogTable()
    table.set_rows(rows_of([entry(1), entry(2)]))
    qtmodeltester.check(table)


def test_a_row_says_when_who_what_and_why() -> None:
    table = LogTable()
    table.set_rows(rows_of([entry(1, role="engineer", reason="after a second look")]))
    cells = [table.data(table.index(0, column)) for column in range(len(COLUMNS))]
    assert cells[1:] == ["anna (engineer)", "Labelled part_1.png good", "after a second look"]
    tip = table.data(table.index(0, 2), Qt.ItemDataRole.ToolTipRole)
    assert tip == "Labelled part_1.png good\nafter a second look"
    assert table.row(0).entry.operation == 1

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.models.run_table import COLUMNS, RunRow, RunTable


def row(number: int, status: str = "finished") -> RunRow:
    return RunRow(number, (f"{number:03d}-conv-ae", "fast", status, "0.9", "1 of 4", "0 of 4", "0.8", "now"), "tip")


def test_another_status_of_a_run_keeps_the_rows(qtbot: QtBot) -> None:
    model = RunTable()
    model.set_rows([row(2), row(1)])
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged) as changed:
        model.set_rows([row(2), row(1, "failed")])
    assert changed.args[0].row() == 1
    assert model.data(model.index(1, 2)) == "failed"


def test_runs_are_found_by_their_id() -> None:
    model = RunTable()
    model.set_rows([row(7), row(3)])
    assert (model.row_of(3), model.row_of(5), model.row_of(None)) == (1, None, None)
    assert model.run_id(0) == 7


def test_every_column_has_a_title_that_explains_itself() -> None:
    model = RunTable()
    horizontal = Qt.Orientation.Horizontal
    for column in range(model.columnCount()):
        assert model.headerData(column, horizontal) == COLUMNS[column][0]
        assert model.headerData(column, horizontal, Qt.ItemDataRole.ToolTipRole)

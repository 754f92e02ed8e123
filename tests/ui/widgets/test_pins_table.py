"""Pinned thresholds beside the present one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.pins_table import PinsTable
from anomaly_gui.ui.widgets.shown_figures import PinRow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def table(qtbot: QtBot) -> PinsTable:
    widget = PinsTable(("A", "B", "C"))
    qtbot.addWidget(widget)
    return widget


def row(name: str, found: int = 10, precision: float | None = 0.5) -> PinRow:
    return PinRow(name, "3.20", found, 2, 1234, 0.75, precision)


def test_without_pins_there_is_no_table(table: PinsTable) -> None:
    assert not table.isVisibleTo(None)
    table.set_pins([row("B")])
    assert table.isVisibleTo(None)
    table.set_pins([])
    assert not table.isVisibleTo(None)


def test_only_rows_of_pins_are_shown_with_their_figures(table: PinsTable) -> None:
    table.set_pins([row("B", precision=None)])
    table.set_present(row("", found=7))
    assert table.buttons["B"].isVisibleTo(table)
    assert not table.buttons["A"].isVisibleTo(table)
    assert table.texts("B") == ["3.20", "10", "2", "1,234", "75.0 %", "n/a"]
    assert table.texts("")[1] == "7"
    assert table._cells["B"][5].is_muted
    assert not table._cells["B"][4].is_muted


def test_a_pin_is_gone_back_to_or_removed(table: PinsTable, qtbot: QtBot) -> None:
    table.set_pins([row("A"), row("B")])
    table.show()
    with qtbot.waitSignal(table.pin_chosen) as chosen:
        qtbot.mouseClick(table.buttons["B"], LEFT)
    with qtbot.waitSignal(table.pin_removed) as removed:
        qtbot.mouseClick(table.removers["A"], LEFT)
    assert (chosen.args, removed.args) == (["B"], ["A"])


def test_every_text_has_room(table: PinsTable) -> None:
    table.set_pins([PinRow("A", "1234.567", 99999, 99999, 99999, 1.0, 1.0)])
    table.show()
    for cell in table._cells["A"]:
        assert cell.fontMetrics().horizontalAdvance(cell.text()) <= cell.width()

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.key_draft import KeyRow
from anomaly_gui.ui.models.key_table import KeyTable

ROLE = Qt.ItemDataRole


def row(name: str, keys: str, conflict: str = "", *, changed: bool = False) -> KeyRow:
    return KeyRow(name, name.title(), "Review", keys, "G", changed, conflict)


def test_cells_say_what_is_so_and_a_conflict_is_marked(qtbot: QtBot) -> None:
    owner = QObject()
    table = KeyTable(owner)
    table.set_warning_colour(QColor("red"))
    table.set_rows([row("good", "G"), row("bad", "X", "X is also wanted", changed=True)])
    assert [table.index(0, column).data() for column in range(4)] == ["Good", "Review", "G", "G"]
    assert table.index(1, 2).data() == "⚠ X"
    assert table.index(1, 0).data(ROLE.ToolTipRole) == "X is also wanted"
    assert table.index(1, 0).data(ROLE.ForegroundRole) == QColor("red")
    assert table.index(0, 0).data(ROLE.ForegroundRole) is None
    assert table.index(1, 2).data(ROLE.FontRole).bold()
    assert table.headerData(0, Qt.Orientation.Horizontal) == "Action"


def test_rows_of_the_same_actions_are_changed_in_place(qtbot: QtBot) -> None:
    owner = QObject()
    table = KeyTable(owner)
    table.set_rows([row("good", "G"), row("bad", "X")])
    with qtbot.assertNotEmitted(table.modelReset), qtbot.waitSignal(table.dataChanged):
        table.set_rows([row("good", "H"), row("bad", "X")])
    assert table.index(0, 2).data() == "H"
    with qtbot.waitSignal(table.modelReset):
        table.set_rows([row("bad", "X")])
    assert table.row_of("bad") == 0
    assert table.row_of("good") is None

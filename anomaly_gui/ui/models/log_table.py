"""The journal's actions as a Qt table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from anomaly_gui.ui.history_state import HistoryRow

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("When", "Who", "What", "Why")


class LogTable(QAbstractTableModel):
    """Asks for nothing but the rows that are seen: a hundred thousand cost no more than a screenful."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[HistoryRow] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.when, row.who, row.entry.sentence, row.entry.reason)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.entry.sentence}\n{row.entry.reason}".strip()
        return None

    def row(self, number: int) -> HistoryRow:
        return self._rows[number]

    def set_rows(self, rows: Sequence[HistoryRow]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

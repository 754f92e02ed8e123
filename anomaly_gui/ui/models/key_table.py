"""Actions and their keys as a Qt table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from anomaly_gui.ui.key_draft import KeyRow

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("Action", "Page", "Keys", "Default")
_KEYS = 2
_WARNED = "⚠ "


class KeyTable(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[KeyRow] = []
        self._warning = QColor()

    def set_warning_colour(self, colour: QColor) -> None:
        """For rows in conflict."""
        self._warning = colour

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
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            mark = _WARNED if row.conflict and column == _KEYS else ""
            return mark + (row.title, row.page, row.keys, row.default)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.conflict or None
        if role == Qt.ItemDataRole.ForegroundRole and row.conflict:
            return self._warning
        if role == Qt.ItemDataRole.FontRole and row.changed and column == _KEYS:
            bold = QFont()
            bold.setBold(True)
            return bold
        return None

    def row(self, number: int) -> KeyRow:
        return self._rows[number]

    def row_of(self, name: str | None) -> int | None:
        return next((n for n, row in enumerate(self._rows) if row.name == name), None)

    def set_rows(self, rows: Sequence[KeyRow]) -> None:
        """Rows of the same actions are changed in place, so that the selection stays."""
        if [row.name for row in rows] == [row.name for row in self._rows]:
            self._rows = list(rows)
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

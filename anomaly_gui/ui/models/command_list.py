"""The command palette's lines, as a Qt list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from anomaly_gui.ui.palette_state import Command

Index = QModelIndex | QPersistentModelIndex


class CommandList(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: list[Command] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._commands)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        command = self._commands[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return command.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{command.title}, {command.page}, {command.keys or 'no key'}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return command.refusal or None
        return None

    def command(self, row: int) -> Command:
        return self._commands[row]

    def set_commands(self, commands: Sequence[Command]) -> None:
        self.beginResetModel()
        self._commands = list(commands)
        self.endResetModel()

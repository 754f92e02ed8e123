"""The missed defects as a Qt list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex


class MissRole(IntEnum):
    """What the delegate asks for besides the name."""

    DETAIL = Qt.ItemDataRole.UserRole + 1
    """Defect type and distance to the threshold."""
    VERDICT = Qt.ItemDataRole.UserRole + 2
    """"confirmed", "relabelled", "unsure" or ""."""


@dataclass(frozen=True)
class MissRow:
    """One missed defect, in words."""

    image_id: int
    name: str
    detail: str
    verdict: str
    tip: str


class MissedImages(QAbstractListModel):
    """Rows are the queue in its order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._describe: Callable[[int], MissRow] | None = None
        self._count = 0

    def set_rows(self, count: int, describe: Callable[[int], MissRow]) -> None:
        """Other rows; each is put into words when it is seen, so that thousands cost nothing."""
        self.beginResetModel()
        self._count, self._describe = count, describe
        self.endResetModel()

    def row(self, number: int) -> MissRow:
        assert self._describe is not None
        return self._describe(number)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.row(index.row())
        texts: dict[int, str] = {
            Qt.ItemDataRole.DisplayRole: row.name,
            Qt.ItemDataRole.ToolTipRole: row.tip,
            MissRole.DETAIL: row.detail,
            MissRole.VERDICT: row.verdict,
        }
        return texts.get(role)

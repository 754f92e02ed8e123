"""The queue under review as a Qt list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex


class QueueRole(IntEnum):
    """What the delegate asks for besides the name."""

    DETAIL = Qt.ItemDataRole.UserRole + 1
    """Defect type and distance to the threshold."""
    VERDICT = Qt.ItemDataRole.UserRole + 2
    """"confirmed", "relabelled", "unsure", "skipped" or ""."""
    BADGE = Qt.ItemDataRole.UserRole + 3
    """What has changed since the queue was started; may be empty."""


@dataclass(frozen=True)
class QueueRow:
    """One image, in words."""

    image_id: int
    name: str
    detail: str
    verdict: str
    tip: str
    badge: str = ""


_PARTS: dict[int, str] = {
    Qt.ItemDataRole.DisplayRole: "name",
    Qt.ItemDataRole.ToolTipRole: "tip",
    QueueRole.DETAIL: "detail",
    QueueRole.VERDICT: "verdict",
    QueueRole.BADGE: "badge",
}
"""Role → what of a row is said there."""


class QueuedImages(QAbstractListModel):
    """Rows are the queue in its order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._describe: Callable[[int], QueueRow] | None = None
        self._count = 0
        self._last: tuple[int, QueueRow] | None = None

    def set_rows(self, count: int, describe: Callable[[int], QueueRow]) -> None:
        """Other rows; each is put into words when it is seen, so that thousands cost nothing."""
        self.beginResetModel()
        self._count, self._describe, self._last = count, describe, None
        self.endResetModel()

    def show_changes(self) -> None:
        """The same rows, to be put into words anew."""
        self._last = None
        if self._count:
            self.dataChanged.emit(self.index(0, 0), self.index(self._count - 1, 0))

    def row(self, number: int) -> QueueRow:
        assert self._describe is not None
        # A view asks for each part of a row by itself.
        if self._last is None or self._last[0] != number:
            self._last = number, self._describe(number)
        return self._last[1]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        part = _PARTS.get(role)
        return None if part is None else getattr(self.row(index.row()), part)

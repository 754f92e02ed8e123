"""The runs as a Qt table, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex

COLUMNS = (
    ("Run", "Each training is a run; Tune, Review and Export look at the one that is chosen"),
    ("Preset", "Where its settings came from"),
    ("Status", "Only runs that were scored can be tuned"),
    ("AUROC", "Chance that a defective image scores higher than a good one: 0.5 is a coin toss, 1 is perfect"),
    ("Missed", "Defective test images called good at the run's threshold"),
    ("False alarms", "Good test images called defective at the run's threshold"),
    ("F1", "Balance of found defects and false alarms at the run's threshold"),
    ("Started", "When it was trained"),
)
_FIGURES = range(3, 7)


@dataclass(frozen=True)
class RunRow:
    """One run in words."""

    run_id: int
    cells: tuple[str, ...]
    """One for each of COLUMNS."""
    tip: str = ""


class RunTable(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[RunRow] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section][0]
            if role == Qt.ItemDataRole.ToolTipRole:
                return COLUMNS[section][1]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None

    def run_id(self, row: int) -> int:
        return self._rows[row].run_id

    def row_of(self, run_id: int | None) -> int | None:
        return next((n for n, row in enumerate(self._rows) if row.run_id == run_id), None)

    def set_rows(self, rows: Sequence[RunRow]) -> None:
        """Rows of the same runs are changed in place, so that the selection stays."""
        if [row.run_id for row in rows] == [row.run_id for row in self._rows]:
            for number, (old, new) in enumerate(zip(self._rows, rows, strict=True)):
                if old != new:
                    self._rows[number] = new
                    self.dataChanged.emit(self.index(number, 0), self.index(number, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _FIGURES else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter

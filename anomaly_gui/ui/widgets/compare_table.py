"""Runs to compare, with a box to tick and their figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QWidget

from anomaly_gui.ui.widgets.overlay_plot import run_colours

COLUMNS = (
    ("Run", "Tick the runs to compare; click one to see its images"),
    ("AUROC", "Chance that a defective image scores higher than a good one: 0.5 is a coin toss, 1 is perfect"),
    ("Best F1", "At the threshold that is best on these images"),
    ("Missed", "Defective images called good at the run's own threshold"),
    ("False alarms", "Good images called defective at the run's own threshold"),
    (
        "AUROC against the run compared with",
        "With its 95 % interval, from 2,000 draws of the same images for both runs",
    ),
)
_ROWS = 4
_SWATCH_PX = 12
_ROOM_PX = 18


@dataclass(frozen=True)
class CompareRow:
    """One run in words."""

    run_id: int
    cells: tuple[str, ...]
    """One for each of COLUMNS; empty where it is not compared."""
    colour: int | None
    """Place in run_colours(); None for a run that is not compared."""
    is_base: bool
    """It is the one that the others are compared with."""


class CompareTable(QTableWidget):
    """Setters emit nothing."""

    run_toggled = Signal(int, bool)
    run_shown = Signal(int)
    """A run that is compared was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(COLUMNS), parent)
        self._rows: list[CompareRow] = []
        self.setAccessibleName("Runs to compare")
        for column, (title, tip) in enumerate(COLUMNS):
            item = QTableWidgetItem(title)
            item.setToolTip(tip)
            item.setTextAlignment(_alignment(column))
            self.setHorizontalHeaderItem(column, item)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setFixedHeight(header.sizeHint().height() + _ROWS * self.verticalHeader().defaultSectionSize() + 4)
        self.itemChanged.connect(self._take_tick)
        self.itemSelectionChanged.connect(self._take_selection)

    def set_rows(self, rows: Sequence[CompareRow], shown: int | None) -> None:
        """Draw all; *shown* is the run whose row is selected."""
        with QSignalBlocker(self):
            self._rows = list(rows)
            self.setRowCount(len(self._rows))
            for place, row in enumerate(self._rows):
                self._fill(place, row)
            self._widen()
            chosen = next((place for place, row in enumerate(self._rows) if row.run_id == shown), None)
            if chosen is None:
                self.clearSelection()
            else:
                self.selectRow(chosen)

    def _fill(self, place: int, row: CompareRow) -> None:
        for column, text in enumerate(row.cells):
            item = QTableWidgetItem(text)
            item.setTextAlignment(_alignment(column))
            item.setToolTip(text)
            flags = Qt.ItemFlag.ItemIsEnabled
            if row.colour is not None and not row.is_base:
                flags |= Qt.ItemFlag.ItemIsSelectable
            if column == 0:
                if not row.is_base:
                    flags |= Qt.ItemFlag.ItemIsUserCheckable
                item.setCheckState(Qt.CheckState.Checked if row.colour is not None else Qt.CheckState.Unchecked)
                item.setIcon(self._swatch(row.colour))
            item.setFlags(flags)
            self.setItem(place, column, item)

    def _swatch(self, colour: int | None) -> QIcon:
        """With an edge, and not tinted, so that it is seen in the row that is selected."""
        picture = QPixmap(_SWATCH_PX, _SWATCH_PX)
        picture.fill(Qt.GlobalColor.transparent)
        if colour is not None:
            painter = QPainter(picture)
            painter.fillRect(picture.rect(), self.palette().base())
            painter.fillRect(picture.rect().adjusted(1, 1, -1, -1), run_colours(self.palette())[colour])
            painter.end()
        made = QIcon(picture)
        made.addPixmap(picture, QIcon.Mode.Selected)
        return made

    def _widen(self) -> None:
        """Columns as wide as their texts, with room between them."""
        self.resizeColumnsToContents()
        for column in range(len(COLUMNS) - 1):
            self.setColumnWidth(column, self.columnWidth(column) + _ROOM_PX)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_rows"):
            with QSignalBlocker(self):
                for place, row in enumerate(self._rows):
                    if (item := self.item(place, 0)) is not None:
                        item.setIcon(self._swatch(row.colour))

    def _take_tick(self, item: QTableWidgetItem) -> None:
        if item.column() == 0:
            self.run_toggled.emit(self._rows[item.row()].run_id, item.checkState() == Qt.CheckState.Checked)

    def _take_selection(self) -> None:
        selected = self.selectionModel().selectedRows()
        if selected:
            self.run_shown.emit(self._rows[selected[0].row()].run_id)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if 0 < column < len(COLUMNS) - 1 else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter

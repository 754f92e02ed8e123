"""Pinned thresholds beside the present one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget

from anomaly_gui.ui.widgets.live_label import NumberLabel
from anomaly_gui.ui.widgets.shown_figures import PinRow
from anomaly_gui.ui.wording import percent_text

_COLUMNS = (
    ("Threshold", "0000.000", "Where it lies"),
    ("Found", "00,000", "Defective images with a score at or above it"),
    ("Missed", "00,000", "Defective images with a score below it"),
    ("Alarms", "00,000", "False alarms: good images with a score at or above it"),
    ("Recall", "100.0 %", "Share of the defective images that are found"),
    ("Precision", "100.0 %", "Share of the alarms that are right"),
)


class PinsTable(QWidget):
    """A row for each pin and one for the present threshold; hidden while nothing is pinned."""

    pin_chosen = Signal(str)
    """Go back to this one."""
    pin_removed = Signal(str)

    def __init__(self, letters: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QToolButton] = {}
        self.removers: dict[str, QToolButton] = {}
        self._cells: dict[str, list[NumberLabel]] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(1)
        for column, (title, _sample, tip) in enumerate(_COLUMNS, start=1):
            heading = QLabel(title, self)
            heading.setEnabled(False)
            heading.setToolTip(tip)
            self._grid.addWidget(heading, 0, column, Qt.AlignmentFlag.AlignRight)
            self._grid.setColumnStretch(column, 1)
        for letter in letters:
            self._add_pin(letter)
        self._now = QLabel("Now", self)
        self._add_cells("", self._grid.rowCount(), self._now)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVisible(False)

    def _add_pin(self, letter: str) -> None:
        row = self._grid.rowCount()
        button, remover = self._button(letter), self._button("×")
        button.setToolTip(f"Set the threshold back to pin {letter} ( {letter} )")
        button.setAccessibleName(f"Back to pin {letter}")
        remover.setToolTip(f"Remove pin {letter}")
        remover.setAccessibleName(f"Remove pin {letter}")
        button.clicked.connect(self._choose)
        remover.clicked.connect(self._remove)
        for made in (button, remover):
            made.setProperty("pin", letter)
        self._add_cells(letter, row, button)
        self._grid.addWidget(remover, row, len(_COLUMNS) + 1)
        self.buttons[letter], self.removers[letter] = button, remover

    def _button(self, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setAutoRaise(text == "×")
        button.setFixedSize(24, 22)
        return button

    def _add_cells(self, name: str, row: int, head: QWidget) -> None:
        self._grid.addWidget(head, row, 0)
        cells = [NumberLabel(sample, self) for _title, sample, _tip in _COLUMNS]
        for column, cell in enumerate(cells, start=1):
            self._grid.addWidget(cell, row, column, Qt.AlignmentFlag.AlignRight)
        self._cells[name] = cells

    def set_pins(self, rows: list[PinRow]) -> None:
        """Other pins; rows of letters that are not among them are hidden."""
        shown = {row.name: row for row in rows}
        for letter, button in self.buttons.items():
            for widget in (button, self.removers[letter], *self._cells[letter]):
                widget.setVisible(letter in shown)
            if letter in shown:
                self._write(letter, shown[letter])
        self.setVisible(bool(rows))

    def set_present(self, row: PinRow) -> None:
        """The present threshold moved."""
        self._write("", row)

    def _write(self, name: str, row: PinRow) -> None:
        counts = (f"{count:,}" for count in (row.found, row.missed, row.false_alarms))
        texts = (row.threshold, *counts, percent_text(row.recall), percent_text(row.precision))
        undefined = (False, False, False, False, row.recall is None, row.precision is None)
        for cell, text, muted in zip(self._cells[name], texts, undefined, strict=True):
            cell.set_text(text)
            cell.set_muted(muted)

    def texts(self, name: str) -> list[str]:
        """What is written for a pin, or for the present threshold with an empty name."""
        return [cell.text().strip("\u2007 ") for cell in self._cells[name]]

    def _choose(self) -> None:
        self.pin_chosen.emit(str(self.sender().property("pin")))

    def _remove(self) -> None:
        self.pin_removed.emit(str(self.sender().property("pin")))

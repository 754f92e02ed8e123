"""The detectors there are, each with a sentence of when to use it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from anomaly_gui.detectors.registry import Entry
from anomaly_gui.ui.theme import explain

_INDENT_PX = 22


class DetectorList(QWidget):
    """set_current emits nothing."""

    chosen = Signal(str)

    def __init__(self, entries: Sequence[Entry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for entry in entries:
            title, _, rest = entry.sentence.partition(": ")
            button = QRadioButton(title if rest else entry.name, self)
            button.setProperty("detector", entry.name)
            button.clicked.connect(self._choose)
            sentence = QLabel((rest[:1].upper() + rest[1:]) if rest else entry.sentence, self)
            sentence.setWordWrap(True)
            sentence.setIndent(_INDENT_PX)
            explain(sentence)
            self._group.addButton(button)
            self._buttons[entry.name] = button
            layout.addWidget(button)
            layout.addWidget(sentence)
        if entries:
            self._buttons[entries[0].name].setChecked(True)

    @property
    def current(self) -> str:
        return next(name for name, button in self._buttons.items() if button.isChecked())

    def set_current(self, name: str) -> None:
        """A name that is not there changes nothing."""
        if name in self._buttons:
            self._buttons[name].setChecked(True)

    def _choose(self) -> None:
        self.chosen.emit(str(self.sender().property("detector")))

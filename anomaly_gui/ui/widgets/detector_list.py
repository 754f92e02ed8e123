"""The detectors there are, and when to use the one that is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from anomaly_gui.detectors.registry import Entry
from anomaly_gui.ui.theme import explain

_INDENT_PX = 22


class DetectorList(QWidget):
    """set_current emits nothing. Only the chosen one explains itself; the others do by their tooltips."""

    chosen = Signal(str)

    def __init__(self, entries: Sequence[Entry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QRadioButton] = {}
        self.sentences: dict[str, QLabel] = {}
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for entry in entries:
            title, sentence = _parts(entry)
            button = QRadioButton(title, self)
            button.setProperty("detector", entry.name)
            button.setToolTip(sentence)
            button.toggled.connect(self._explain_chosen)
            button.clicked.connect(self._choose)
            label = QLabel(sentence, self)
            label.setWordWrap(True)
            label.setIndent(_INDENT_PX)
            label.setVisible(False)
            explain(label)
            self._group.addButton(button)
            self.buttons[entry.name] = button
            self.sentences[entry.name] = label
            layout.addWidget(button)
            layout.addWidget(label)
        if entries:
            self.buttons[entries[0].name].setChecked(True)

    @property
    def current(self) -> str:
        return next(name for name, button in self.buttons.items() if button.isChecked())

    def set_current(self, name: str) -> None:
        """A name that is not there changes nothing."""
        if name in self.buttons:
            self.buttons[name].setChecked(True)

    def _explain_chosen(self) -> None:
        for name, label in self.sentences.items():
            label.setVisible(self.buttons[name].isChecked())

    def _choose(self) -> None:
        self.chosen.emit(str(self.sender().property("detector")))


def _parts(entry: Entry) -> tuple[str, str]:
    """Name and explanation, which the registry has in one sentence divided by a colon."""
    title, colon, rest = entry.sentence.partition(": ")
    return (title, rest[:1].upper() + rest[1:]) if colon else (entry.name, entry.sentence)

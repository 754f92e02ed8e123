"""A field for a defect type: one of a list, or a new name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFocusEvent, QIcon, QKeyEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QWidget

_SWATCH_PX = 12
_CHOOSING_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class TypeBox(QComboBox):
    """Tells of a type when it is picked from the list or Enter is pressed, once, and never else.

    A plain box also tells when one leaves the field, turns the wheel over it or steps through its
    list, and tells twice of a known name that was typed: by then the next image may be selected.
    """

    chosen = Signal(str)
    """Empty for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        field = QLineEdit(self)
        field.setPlaceholderText("Defect type")
        self.setLineEdit(field)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Defect type")
        self.textActivated.connect(self._announce)

    @property
    def names(self) -> list[str]:
        return [self.itemText(row) for row in range(self.count())]

    def set_names(self, names: Sequence[str]) -> None:
        """The types there are; what is typed stays."""
        if list(names) != self.names:
            text = self.currentText()
            with QSignalBlocker(self):
                self.clear()
                self.addItems(list(names))
                self.setCurrentIndex(self.findText(text))
                self.setEditText(text)

    def show_name(self, name: str) -> None:
        """In the field, with its colour; emits nothing."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findText(name) if name else -1)
            self.setEditText(name)

    def set_colours(self, colours: Mapping[str, str]) -> None:
        """Type → #rrggbb, for the list."""
        text = self.currentText()
        with QSignalBlocker(self):
            for row, name in enumerate(self.names):
                self.setItemIcon(row, swatch(colours[name]) if name in colours else QIcon())
            self.setEditText(text)  # Another symbol makes the box show its item anew.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._announce(self.currentText())
        elif event.key() in _CHOOSING_KEYS:
            self.showPopup()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        with QSignalBlocker(self):
            super().focusOutEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    @Slot(str)
    def _announce(self, text: str) -> None:
        """A type that there is already in other capitals is that type."""
        name = text.strip()
        row = self.findText(name, Qt.MatchFlag.MatchFixedString)
        self.chosen.emit(name if row < 0 else self.itemText(row))


def swatch(colour: str) -> QIcon:
    """A square of *colour*, #rrggbb."""
    pixmap = QPixmap(_SWATCH_PX, _SWATCH_PX)
    pixmap.fill(QColor(colour))
    return QIcon(pixmap)

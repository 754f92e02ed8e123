"""One action's keys: pressed to be recorded, then used, added, taken away or reset."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QKeySequenceEdit, QLabel, QPushButton, QWidget

from anomaly_gui.ui.widgets.live_label import LiveLabel

_STROKES = 2


class _Field(QKeySequenceEdit):
    """Tells of every stroke; Qt tells of a sequence only when no other stroke has followed for a second."""

    stroked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.keySequence()
        super().keyPressEvent(event)
        if self.keySequence() != before:
            self.stroked.emit()


class KeyRecorder(QWidget):
    """Announces only; the dialog says what is so."""

    recorded = Signal(str)
    """What is pressed just now, as text for files; empty when it was used or cleared."""
    use_wanted = Signal(str)
    """The action is to have this key alone."""
    add_wanted = Signal(str)
    none_wanted = Signal()
    reset_wanted = Signal()
    take_wanted = Signal()
    """The other action is to go without the key that both have."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = LiveLabel(self, bold=True)
        self.field = _Field(self)
        self.field.setMaximumSequenceLength(_STROKES)
        self.field.setAccessibleName("New key")
        self.field.setToolTip("Click here and press a key, or one after another, as W and then 1; Tab leaves the field")
        self.use = self._button("&Use it", "The action has this key alone")
        self.add = self._button("A&dd it", "The action keeps its other keys")
        self.none = self._button("&No key", "The action can be reached from menus, buttons and the command palette")
        self.reset = self._button("&Reset", "The keys as delivered")
        self.take = self._button("&Take it from the other", "The other action goes without this key")
        self.note = LiveLabel(self, lines=2)
        self._lay_out()
        self.field.stroked.connect(self._tell)
        self.field.keySequenceChanged.connect(self._tell)
        self.field.editingFinished.connect(self._finish)
        self.use.clicked.connect(self._use)
        self.add.clicked.connect(self._add)
        self.none.clicked.connect(self.none_wanted)
        self.reset.clicked.connect(self.reset_wanted)
        self.take.clicked.connect(self.take_wanted)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        label = QLabel("&Press a key", self)
        label.setBuddy(self.field)
        row.addWidget(label)
        row.addWidget(self.field, 1)
        for button in (self.use, self.add, self.none, self.reset):
            row.addWidget(button)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.title, 0, 0, 1, 2)
        grid.addLayout(row, 1, 0, 1, 2)
        grid.addWidget(self.note, 2, 0)
        grid.addWidget(self.take, 2, 1)
        grid.setColumnStretch(0, 1)

    @property
    def key(self) -> str:
        return self.field.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def show_action(self, title: str, *, has_keys: bool, changed: bool) -> None:
        self.title.set_text(title)
        self.none.setEnabled(has_keys)
        self.reset.setEnabled(changed)

    def show_note(self, sentence: str, *, usable: bool, takeable: bool) -> None:
        """What is to be said of the key that was pressed, or of a conflict."""
        self.note.set_text(sentence)
        self.use.setEnabled(usable)
        self.add.setEnabled(usable)
        self.take.setVisible(takeable)

    def clear(self) -> None:
        """Announces nothing."""
        with QSignalBlocker(self.field):
            self.field.clear()

    @Slot()
    def _tell(self) -> None:
        self.recorded.emit(self.key)

    @Slot()
    def _finish(self) -> None:
        # Left by Tab or the mouse, the focus is somewhere already.
        if self.field.hasFocus() and self.use.isEnabled():
            self.use.setFocus()

    @Slot()
    def _use(self) -> None:
        self.use_wanted.emit(self.key)

    @Slot()
    def _add(self) -> None:
        self.add_wanted.emit(self.key)

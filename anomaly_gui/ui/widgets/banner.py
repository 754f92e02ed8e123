"""A sentence across a page with what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from anomaly_gui.ui.widgets.icon_button import IconToolButton


class Banner(QWidget):
    """say() and clear() emit nothing."""

    accepted = Signal(str)
    """A button was pressed: the name given to say(), or that of another choice."""
    dismissed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = self._make_button()
        self.others: list[QPushButton] = []
        """Of the other choices, in their order."""
        self.close_button = IconToolButton("mdi6.close", self)
        self.close_button.setToolTip("Hide this")
        self.close_button.clicked.connect(self._dismiss)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(12, 6, 6, 6)
        self._line.setSpacing(8)
        self._line.addWidget(self.text, 1)
        self._line.addWidget(self.button)
        self._line.addWidget(self.close_button)
        self.setVisible(False)

    def _make_button(self) -> QPushButton:
        button = QPushButton(self)
        button.setAutoDefault(False)
        button.clicked.connect(self._accept)
        return button

    @property
    def name(self) -> str:
        """Of what is said; empty if nothing is."""
        return self._name

    def say(self, name: str, text: str, button: str, others: Mapping[str, str] | None = None) -> None:
        """*others* are names of further choices and the words on their buttons."""
        self._name = name
        self.text.setText(text)
        self._label(self.button, name, button)
        choices = dict(others or {})
        while len(self.others) < len(choices):
            self.others.append(self._make_button())
            self._line.insertWidget(self._line.count() - 1, self.others[-1])
        for made in self.others[len(choices) :]:
            made.setVisible(False)
        for made, (choice, words) in zip(self.others, choices.items(), strict=False):
            self._label(made, choice, words)
        self.setVisible(True)

    @staticmethod
    def _label(button: QPushButton, name: str, words: str) -> None:
        button.setProperty("choice", name)
        button.setText(words)
        button.setVisible(bool(words))

    def clear(self) -> None:
        self._name = ""
        self.setVisible(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        accent = QColor(self.palette().color(QPalette.ColorRole.Highlight))
        painter.fillRect(0, 0, 3, self.height(), accent)
        accent.setAlpha(38)
        painter.fillRect(self.rect(), accent)
        painter.end()

    @Slot()
    def _accept(self) -> None:
        name = str(self.sender().property("choice"))
        self.clear()
        self.accepted.emit(name)

    def _dismiss(self) -> None:
        name = self._name
        self.clear()
        self.dismissed.emit(name)

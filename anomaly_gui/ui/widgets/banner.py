"""A sentence across a page with one thing to do about it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from anomaly_gui.ui.widgets.icon_button import IconToolButton


class Banner(QWidget):
    """say() and clear() emit nothing."""

    accepted = Signal(str)
    """The button was pressed: the name given to say()."""
    dismissed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton(self)
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._accept)
        self.close_button = IconToolButton("mdi6.close", self)
        self.close_button.setToolTip("Hide this")
        self.close_button.clicked.connect(self._dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.setSpacing(8)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.button)
        layout.addWidget(self.close_button)
        self.setVisible(False)

    @property
    def name(self) -> str:
        """Of what is said; empty if nothing is."""
        return self._name

    def say(self, name: str, text: str, button: str) -> None:
        self._name = name
        self.text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setVisible(True)

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

    def _accept(self) -> None:
        name = self._name
        self.clear()
        self.accepted.emit(name)

    def _dismiss(self) -> None:
        name = self._name
        self.clear()
        self.dismissed.emit(name)

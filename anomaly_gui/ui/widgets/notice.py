"""What a page says when it has nothing to show, with the button to change that."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

_TITLE_SIZE = 1.5
_WIDEST_PX = 560


class Notice(QWidget):
    """A title, a sentence and at most one button, in the middle."""

    page_chosen = Signal(str)
    """The button was pressed: name of the page it leads to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(self)
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * _TITLE_SIZE)
        self.title.setFont(font)
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        self.sentence.setMaximumWidth(_WIDEST_PX)
        self.button = QPushButton(self)
        self.button.clicked.connect(self._choose)
        self._page = ""
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addStretch(2)
        for widget in (self.title, self.sentence, self.button):
            if isinstance(widget, QLabel):
                widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def say(self, title: str, sentence: str, button: str = "", page: str = "") -> None:
        """Set all texts; *button* leads to *page*, and without one there is no button."""
        self._page = page
        self.title.setText(title)
        self.sentence.setText(sentence)
        width = min(_WIDEST_PX, self.sentence.fontMetrics().horizontalAdvance(sentence) + 8)
        self.sentence.setMinimumWidth(width)
        # The layout takes the height that it has for its own guess of a width, which cuts a second line.
        self.sentence.setMinimumHeight(max(0, self.sentence.heightForWidth(width)))  # -1 without words
        self.button.setText(button)
        self.button.setVisible(bool(button))

    def _choose(self) -> None:
        self.page_chosen.emit(self._page)

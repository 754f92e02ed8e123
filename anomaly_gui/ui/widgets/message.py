"""What the window says when something cannot be done or went wrong, and what it asks."""

from __future__ import annotations

import traceback

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.errors import InputError

_WIDTH_PX = 520
_DETAILS_PX = 150

Symbol = QStyle.StandardPixmap


class Notification(QDialog):
    """A symbol, a bold headline and a text, with buttons below; shown with open(), deletes itself."""

    def __init__(self, symbol: Symbol, headline: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Anomaly GUI")
        self.setMinimumWidth(_WIDTH_PX)
        picture = QLabel(self)
        picture.setPixmap(self.style().standardIcon(symbol).pixmap(32, 32))
        self.headline, self.text = QLabel(headline, self), QLabel(text, self)
        bold = self.headline.font()
        bold.setBold(True)
        self.headline.setFont(bold)
        words = QVBoxLayout()
        words.setSpacing(8)
        for label in (self.headline, self.text):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setMinimumWidth(_WIDTH_PX - 90)
            words.addWidget(label)
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(18, 16, 18, 14)
        self.body.setSpacing(14)
        self.body.addLayout(top)
        self.buttons = QDialogButtonBox(self)
        self.buttons.rejected.connect(self.reject)


class Refusal(Notification):
    """Something the user gave or chose cannot be used: what, why, and what to do."""

    def __init__(self, error: InputError, parent: QWidget | None = None) -> None:
        text = "\n".join(_sentence(part) for part in (error.cause, error.next_step) if part)
        super().__init__(Symbol.SP_MessageBoxWarning, _headline(error.what), text, parent)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close).setDefault(True)
        self.body.addWidget(self.buttons)


class Fault(Notification):
    """The program itself is wrong: it goes on, and the details can be copied for a report."""

    def __init__(self, error: BaseException, parent: QWidget | None = None) -> None:
        text = (
            "A fault in the program kept it from doing this. Nothing that was saved is lost, and you can go on "
            f"working.\n\n{type(error).__name__}: {error}"
        )
        super().__init__(Symbol.SP_MessageBoxCritical, "Something went wrong", text, parent)
        self._trace = "".join(traceback.format_exception(error))
        self.details = QPlainTextEdit(self._trace, self)
        self.details.setReadOnly(True)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setFixedHeight(_DETAILS_PX)
        self.details.setVisible(False)
        self.copy = self._button("Copy details")
        self.copy.clicked.connect(self._copy)
        self.unfold = self._button("Show details")
        self.unfold.setCheckable(True)
        self.unfold.toggled.connect(self._show_details)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close).setDefault(True)
        self.body.addWidget(self.details)
        self.body.addWidget(self.buttons)

    def _button(self, text: str) -> QPushButton:
        made = self.buttons.addButton(text, QDialogButtonBox.ButtonRole.ActionRole)
        made.setAutoDefault(False)
        return made

    @Slot(bool)
    def _show_details(self, shown: bool) -> None:
        self.details.setVisible(shown)
        self.adjustSize()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._trace)
        self.copy.setText("Copied")


class Question(Notification):
    """Two answers; `accepted` tells of the first, and Enter and Escape give the second, which changes nothing."""

    def __init__(self, headline: str, text: str, accept: str, reject: str, parent: QWidget | None = None) -> None:
        super().__init__(Symbol.SP_MessageBoxQuestion, headline, text, parent)
        self.accept_button = self.buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
        self.accept_button.setAutoDefault(False)
        self.reject_button = self.buttons.addButton(reject, QDialogButtonBox.ButtonRole.RejectRole)
        self.reject_button.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.body.addWidget(self.buttons)


class About(Notification):
    """Which program this is."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(Symbol.SP_MessageBoxInformation, "Anomaly GUI", text, parent)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close).setDefault(True)
        self.body.addWidget(self.buttons)


def message_for(error: BaseException, parent: QWidget | None) -> Notification:
    """The dialog for an exception."""
    return Refusal(error, parent) if isinstance(error, InputError) else Fault(error, parent)


def _headline(what: str) -> str:
    """Names of files keep their case."""
    return what if "/" in what or "\\" in what or "." in what else _capital(what)


def _sentence(part: str) -> str:
    text = _capital(part)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

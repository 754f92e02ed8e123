"""What the window says when something cannot be done, or went wrong."""

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


class Message(QDialog):
    """A title, a text, and perhaps details to copy; shown with open(), deletes itself."""

    def __init__(self, title: str, text: str, details: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH_PX)
        self._details = details
        symbol = QLabel(self)
        kind = QStyle.StandardPixmap.SP_MessageBoxCritical if details else QStyle.StandardPixmap.SP_MessageBoxWarning
        symbol.setPixmap(self.style().standardIcon(kind).pixmap(32, 32))
        symbol.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text = QLabel(text, self)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setMinimumWidth(_WIDTH_PX - 80)
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(symbol)
        top.addWidget(self.text, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addLayout(top)
        if details:
            layout.addWidget(self._details_box())
        layout.addWidget(self._buttons())

    def _details_box(self) -> QPlainTextEdit:
        self.details = QPlainTextEdit(self._details, self)
        self.details.setReadOnly(True)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setFixedHeight(150)
        self.details.setVisible(False)
        return self.details

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        box.rejected.connect(self.close)
        self.copy: QPushButton | None = None
        if self._details:
            self.copy = box.addButton("Copy details", QDialogButtonBox.ButtonRole.ActionRole)
            self.copy.clicked.connect(self._copy)
            show = box.addButton("Show details", QDialogButtonBox.ButtonRole.ActionRole)
            show.setCheckable(True)
            show.toggled.connect(self._show_details)
        box.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        return box

    @Slot(bool)
    def _show_details(self, shown: bool) -> None:
        self.details.setVisible(shown)
        self.adjustSize()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
        assert self.copy is not None
        self.copy.setText("Copied")


def message_for(error: BaseException, parent: QWidget | None) -> Message:
    """What to show for an exception: the user's next step, or how to report a fault of ours."""
    if isinstance(error, InputError):
        return Message(*input_error_text(error), "", parent)
    details = "".join(traceback.format_exception(error))
    text = (
        "A fault in the program kept it from doing this. Nothing that was saved is lost, and you can go on working.\n\n"
        f"{type(error).__name__}: {error}"
    )
    return Message("Something went wrong", text, details, parent)


def input_error_text(error: InputError) -> tuple[str, str]:
    """Title and text."""
    return "This cannot be done", f"{error.what}\n\n{_sentence(error.cause)}\n{_sentence(error.next_step)}"


def _sentence(part: str) -> str:
    return part[:1].upper() + part[1:] + "." if part else ""

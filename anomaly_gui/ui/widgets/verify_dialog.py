"""What verifying found."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QPlainTextEdit, QWidget

from anomaly_gui.jobs.verify import VerifyReport, in_words
from anomaly_gui.ui.widgets.message import Notification, Symbol
from anomaly_gui.ui.wording import counted

_HEIGHT_PX = 200
_WIDTH_PX = 700


class VerifyDialog(Notification):
    """The verdict, and below it all that was looked at, to be copied."""

    def __init__(self, report: VerifyReport, parent: QWidget | None = None) -> None:
        sound = not report.problems
        headline = "The project is whole and unchanged" if sound else "Not everything is as it should be"
        said = "Everything that was looked at is what the journal says." if sound else _problems(report)
        symbol = Symbol.SP_MessageBoxInformation if sound else Symbol.SP_MessageBoxWarning
        super().__init__(symbol, headline, said, parent)
        self.setMinimumWidth(_WIDTH_PX)
        self._told = "\n".join(in_words(report))
        self.details = QPlainTextEdit(self._told, self)
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setAccessibleName("What was looked at")
        self.details.setMinimumHeight(_HEIGHT_PX)
        self.copy = self.buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self._copy)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close).setDefault(True)
        self.body.addWidget(self.details, 1)
        self.body.addWidget(self.buttons)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._told)
        self.copy.setText("Copied")


def _problems(report: VerifyReport) -> str:
    return f"{counted(len(report.problems), 'problem')} found. Nothing was changed: what is below says what is wrong."

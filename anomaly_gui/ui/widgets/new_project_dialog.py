"""Asks for the name and the place of a new project."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.ui.theme import explain

_WIDTH_PX = 560
_FORBIDDEN = '<>:"/\\|?*'
"""Windows allows them in no name."""


class NewProjectDialog(QDialog):
    """Show with open(); `wanted` carries the folder to make."""

    wanted = Signal(object)

    def __init__(self, title: str, name: str, place: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH_PX)
        self.name = QLineEdit(name, self)
        self.name.selectAll()
        self.place = QLineEdit(str(place), self)
        browse = QPushButton("Browse …", self)
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        grid = QGridLayout()
        for row, (text, field) in enumerate((("&Name:", self.name), ("&Place:", self.place))):
            label = QLabel(text, self)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(browse, 1, 2)
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        self.sentence.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        explain(self.sentence)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.create_button = self.buttons.addButton("Create", QDialogButtonBox.ButtonRole.AcceptRole)
        self.create_button.setDefault(True)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addLayout(grid)
        layout.addWidget(self.sentence)
        layout.addWidget(self.buttons)
        self.name.textChanged.connect(self._check)
        self.place.textChanged.connect(self._check)
        self._check()

    @property
    def folder(self) -> Path:
        return Path(self.place.text().strip()).expanduser() / self.name.text().strip()

    @Slot()
    def _check(self) -> None:
        problem = self._problem()
        self.sentence.setText(problem or f"The project becomes the folder {self.folder}")
        self.create_button.setEnabled(not problem)

    def _problem(self) -> str:
        name = self.name.text().strip()
        if not name or name in (".", ".."):
            return "Give the project a name."
        if any(sign in name for sign in _FORBIDDEN):
            return f"A name cannot have any of these signs: {' '.join(_FORBIDDEN)}"
        if not self.place.text().strip():
            return "Choose the folder that the project goes into."
        try:
            taken = self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir()))
        except OSError as error:
            return f"This place cannot be used ({error.strerror})."
        return f"{self.folder} is there already and not empty. Choose another name." if taken else ""

    @Slot()
    def _browse(self) -> None:
        dialog = QFileDialog(self, "Place of the new project", self.place.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.place.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _accept(self) -> None:
        folder = self.folder
        self.accept()
        self.wanted.emit(folder)

"""A file to be picked, as a field of a form: typed, dropped or chosen in a dialog; empty is allowed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from anomaly_gui.ui.widgets.icon_button import IconToolButton


class FileField(QWidget):
    """set_path emits nothing; path_changed tells that the user changed it."""

    path_changed = Signal()

    def __init__(self, title: str, pattern: str, empty: str, parent: QWidget | None = None) -> None:
        """*pattern* is that of a file dialog, "Networks (*.onnx)"; *empty* is shown where nothing is picked."""
        super().__init__(parent)
        self._title = title
        self._pattern = pattern
        self._last = ""
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(empty)
        self.line.setAccessibleName(title)
        # Drops come here as a whole: the line would insert the file's address into its text.
        self.line.setAcceptDrops(False)
        self.setAcceptDrops(True)
        self.browse = IconToolButton("mdi6.folder-open-outline", self)
        self.browse.setAccessibleName(f"{title}: choose a file")
        self.browse.setToolTip("Choose a file")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.line, 1)
        layout.addWidget(self.browse)
        self.setFocusProxy(self.line)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.line.textChanged.connect(self._take_text)
        self.browse.clicked.connect(self._open_dialog)

    @property
    def path(self) -> str:
        """Empty if none is picked."""
        return self.line.text().strip()

    def set_path(self, path: str) -> None:
        self._last = path
        self.line.setText(path)
        # A long path shows its end: the file's name.
        self.line.end(False)

    @Slot()
    def _take_text(self) -> None:
        # Without a tip of its own the line shows the field's, which says what files fit.
        self.line.setToolTip(self.path)
        if self.path != self._last:
            self._last = self.path
            self.path_changed.emit()

    @Slot()
    def _open_dialog(self) -> None:
        dialog = QFileDialog(self, self._title, str(Path(self.path).parent) if self.path else "", self._pattern)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take_file)
        dialog.open()

    @Slot(str)
    def _take_file(self, path: str) -> None:
        self.line.setText(path)
        self.line.end(False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self._take_file(event.mimeData().urls()[0].toLocalFile())

"""Asks for a format and a folder to write annotations to, and says beforehand what would be lost."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.annotations.formats import FORMATS
from anomaly_gui.errors import InputError
from anomaly_gui.jobs.export_annotations import Prepared, prepare_export
from anomaly_gui.progress import Cancelled, CancelToken, ignore_events
from anomaly_gui.project.store import Project
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.wording import counted

_WIDTH_PX = 620
_LOSSES_PX = 130


class AnnotationExportDialog(QDialog):
    """Shown with open(); deletes itself. Nothing is written here."""

    export_chosen = Signal(object, str)
    """Prepared, folder."""

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export annotations")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH_PX)
        self._project = project
        self._prepared: Prepared | None = None
        self._background = Background(self)
        self._background.answered.connect(self._take_prepared)
        self._background.failed.connect(self._take_failure)
        self.finished.connect(self._background.stop)
        self.format = QComboBox(self)
        for name, kind in FORMATS.items():
            self.format.addItem(f"{kind.title[:1].upper()}{kind.title[1:]}", name)
        self.format.currentIndexChanged.connect(self._prepare)
        self.folder = QLineEdit(str(Path.home() / "annotations"), self)
        self.folder.textChanged.connect(self._show_possible)
        self.browse = QPushButton("Choose …", self)
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._choose_folder)
        self.summary = QLabel(self)
        self.summary.setWordWrap(True)
        self.losses = QPlainTextEdit(self)
        self.losses.setReadOnly(True)
        self.losses.setTabChangesFocus(True)
        self.losses.setAccessibleName("What would be lost")
        self.losses.setFixedHeight(_LOSSES_PX)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.start = self.buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self._choose)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self._prepare()

    def _lay_out(self) -> None:
        where = QHBoxLayout()
        where.addWidget(self.folder, 1)
        where.addWidget(self.browse)
        hint = QLabel("A new or empty folder: files of yours are never written over.", self)
        explain(hint)
        form = QFormLayout()
        form.addRow("&Format", self.format)
        title = QLabel("F&older", self)
        title.setBuddy(self.folder)
        form.addRow(title, where)
        form.addRow("", hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addLayout(form)
        for widget in (self.summary, self.losses, self.buttons):
            layout.addWidget(widget)

    @Slot()
    def _prepare(self) -> None:
        """Masks are read for it, which takes a while."""
        self._prepared = None
        self.summary.setText("Looking at what this format can hold …")
        self.losses.setPlainText("")
        self._show_possible()
        self._background.ask(_Preparing(self._project, str(self.format.currentData())))

    @Slot(object)
    def _take_prepared(self, prepared: Prepared | Cancelled) -> None:
        if isinstance(prepared, Cancelled):
            return
        self._prepared = prepared
        self.summary.setText(summary_text(prepared))
        refused = [f"{each.path}: {each.reason}" for each in prepared.refused]
        self.losses.setPlainText("\n".join([*(f"{each}." for each in prepared.losses), *refused]))
        self._show_possible()

    @Slot(object)
    def _take_failure(self, error: Exception) -> None:
        if isinstance(error, InputError):
            self.summary.setText(f"{error.what}: {error.cause}. {error.next_step}.")
        else:
            self.summary.setText(f"It cannot be prepared: {error}")

    @Slot()
    def _show_possible(self) -> None:
        self.start.setEnabled(self._prepared is not None and bool(self.folder.text().strip()))

    @Slot()
    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Folder to export to", str(Path(self.folder.text()).parent))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _choose(self) -> None:
        prepared, folder = self._prepared, self.folder.text().strip()
        self.accept()
        if prepared is not None:
            self.export_chosen.emit(prepared, folder)


class _Preparing:
    """In a thread: no widget is touched."""

    def __init__(self, project: Project, name: str) -> None:
        self._project = project
        self._name = name

    def __call__(self, cancel: CancelToken) -> Prepared | Cancelled:
        return prepare_export(self._project, self._name, ignore_events, cancel)


def summary_text(prepared: Prepared) -> str:
    """How much is written, and whether anything is lost."""
    images = counted(len(prepared.records), "image")
    marked = sum(bool(record.regions) for record in prepared.records)
    text = f"{images}, {marked:,} of them with their defects marked. "
    lost = len(prepared.losses) + len(prepared.refused)
    return text + ("This is lost or left out:" if lost else "Nothing is lost.")

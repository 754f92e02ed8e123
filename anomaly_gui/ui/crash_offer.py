"""After a crash the next start offers a report of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QFileDialog, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.progress import CancelToken
from anomaly_gui.project.store import Project
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.crash_report import Crash, forget, write_report
from anomaly_gui.ui.widgets.message import Notification, Symbol

_TEXT = (
    "The program ended by itself on {when}. Everything that was saved is there. A report tells those who mend it where "
    "it happened: the place in the program, the log with file names and faults, and the versions in use. "
    "It stays on this PC until you send it."
)


class CrashDialog(Notification):
    """Offers to write the report."""

    wanted = Signal(bool)
    """Whether with images."""

    def __init__(self, crash: Crash, parent: QWidget | None = None) -> None:
        when = f"{crash.time.astimezone():%d %B at %H:%M}"
        super().__init__(Symbol.SP_MessageBoxInformation, "It crashed last time", _TEXT.format(when=when), parent)
        self.images = QCheckBox("Also the images of the project that was open (up to 200 MB)", self)
        self.images.setVisible(crash.project is not None)
        self.save = self.buttons.addButton("Save a report …", QDialogButtonBox.ButtonRole.AcceptRole)
        self.save.setAutoDefault(False)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close).setDefault(True)
        self.buttons.accepted.connect(self._save)
        self.body.addWidget(self.images)
        self.body.addWidget(self.buttons)

    @Slot()
    def _save(self) -> None:
        self.wanted.emit(self.images.isChecked())
        self.accept()


class CrashOffer(QObject):
    """Once a start: asks, lets the engineer choose a file, and writes it in the background."""

    failed = Signal(object)
    said = Signal(str)

    def __init__(self, crashed: Sequence[Crash], window: QWidget) -> None:
        super().__init__(window)
        self._crashed, self._window = tuple(crashed), window
        self._with_images = False
        self._background = Background(self)
        self._background.answered.connect(self._take_report)
        self._background.failed.connect(self.failed)

    def show(self) -> None:
        """Ask, unless nothing crashed."""
        if self._crashed:
            dialog = CrashDialog(self._crashed[0], self._window)
            dialog.wanted.connect(self._choose)
            dialog.rejected.connect(self._forget)
            dialog.open()

    @Slot(bool)
    def _choose(self, with_images: bool) -> None:
        self._with_images = with_images
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"anomaly-gui-report-{self._crashed[0].time:%Y%m%d-%H%M}.zip"
        dialog = QFileDialog(self._window, "Save the report", str(Path(place) / name), "Zip files (*.zip)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.fileSelected.connect(self.write)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def write(self, path: str) -> None:
        """Write the report to *path*."""
        self._background.ask(partial(_written, Path(path), self._crashed, self._with_images))

    @Slot(object)
    def _take_report(self, path: Path) -> None:
        self._forget()
        self.said.emit(f"Saved the report {printable(path)}")

    @Slot()
    def _forget(self) -> None:
        for crash in self._crashed:
            forget(crash.file)


def _written(path: Path, crashed: Sequence[Crash], with_images: bool, _cancel: CancelToken) -> Path:
    images: list[str] = []
    project = crashed[0].project
    if with_images and project is not None:
        try:
            with Project.open(project, read_only=True, check=False) as opened:
                images = [image.path for image in opened.images()]
        except InputError:
            images = []  # A project that cannot be opened any more must not keep the report from being written.
    write_report(path, crashed, images)
    return path

"""Verifying the project and writing its journal for the customer's file, as jobs with progress and cancel."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.audit_file import AuditReport, check_audit, export_audit
from anomaly_gui.jobs.verify import VerifyReport, verify
from anomaly_gui.progress import Cancelled, CancelToken, EventSink
from anomaly_gui.project.store import Project
from anomaly_gui.ui.session import JobEnd, Session
from anomaly_gui.ui.widgets.verify_dialog import VerifyDialog
from anomaly_gui.ui.wording import counted

_VERIFY, _AUDIT = "verify", "audit"


class Audit(QObject):
    """Made by the window; lives as long as it does."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self.dialog: VerifyDialog | None = None
        session.job_ended.connect(self._take_end)

    @Slot()
    def verify(self) -> None:
        self._session.start_job(_VERIFY, "Verifying the project", _verified)

    @Slot()
    def ask_where(self) -> None:
        """Ask for the file, and write it."""
        project = self._session.project
        name = str(project.folder / "exports" / f"audit_{project.folder.name}.csv")
        kinds = "Table (*.csv);;JSON (*.json)"
        dialog = QFileDialog(self._window, "Export the journal for an audit", name, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(self.export_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def export_to(self, path: str) -> None:
        self._session.start_job(_AUDIT, "Writing the audit", _Writing(Path(path)))

    @Slot(object)
    def _take_end(self, end: JobEnd) -> None:
        if isinstance(end.result, VerifyReport):
            self.dialog = VerifyDialog(end.result, self._window)
            self.dialog.finished.connect(self._forget)
            self.dialog.open()
        elif isinstance(end.result, AuditReport):
            written = f"{counted(end.result.events, 'event')} to {end.result.path}"
            self._session.said.emit(f"Wrote and checked {written}; the chain's head is {end.result.head[:16]}…")
        elif isinstance(end.result, Cancelled) and end.job.kind in (_VERIFY, _AUDIT):
            self._session.said.emit(f"{end.job.title} was stopped. {end.result.kept}")

    @Slot()
    def _forget(self) -> None:
        self.dialog = None


def _verified(project: Project, emit: EventSink, cancel: CancelToken) -> VerifyReport | Cancelled:
    # By a connection of its own: labels can be set meanwhile.
    return verify(project.folder, emit, cancel)


class _Writing:
    """Writes a file, reads it back and compares it with the project."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, project: Project, emit: EventSink, cancel: CancelToken) -> AuditReport | Cancelled:
        with project.snapshot() as copy:
            report = export_audit(copy, self._path, emit, cancel)
            if isinstance(report, AuditReport):
                check = check_audit(copy, self._path)
                if not check.unchanged:
                    problem = "; ".join(check.problems)
                    raise InputError(report.path, f"it does not read back as written ({problem})", "Check the disk")
        return report

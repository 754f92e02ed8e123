"""A damaged project is made whole from the window, with one click."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from anomaly_gui.files import printable
from anomaly_gui.progress import CancelToken, EventSink
from anomaly_gui.project.database import DamagedProject
from anomaly_gui.project.recovery import RepairReport, repair
from anomaly_gui.ui.session import JobEnd, Session
from anomaly_gui.ui.widgets.message import About, Question

KIND = "repair"
"""Of the job."""

_OFFER = (
    "{cause}.\n\nRepairing puts every label, verdict, mask and run back that its journal and its backups still tell. "
    "The damaged file is kept, and nothing else in the folder is changed."
)


class ProjectRepair(QObject):
    """Offers it, does it in the background, and opens what came of it."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._folder: Path | None = None
        self._question: Question | None = None
        session.job_ended.connect(self._end)

    def offer(self, error: DamagedProject) -> None:
        """Ask whether to repair; a question that is open already is enough."""
        if self._question is not None or (self._session.job is not None and self._session.job.kind == KIND):
            return
        self._folder = error.folder
        text = _OFFER.format(cause=error.cause[:1].upper() + error.cause[1:])
        box = Question(f"{printable(error.folder.name)} is damaged", text, "Repair", "Not now", self._window)
        box.accepted.connect(self._repair)
        box.finished.connect(self._forget)
        self._question = box
        box.open()

    @Slot()
    def _forget(self) -> None:
        self._question = None

    @Slot()
    def _repair(self) -> None:
        folder, session = self._folder, self._session
        assert folder is not None
        if session.job is None and session.is_open and session.project.folder == folder:
            session.close_project()

        def work(_emit: EventSink, _cancel: CancelToken) -> RepairReport:
            return repair(folder)

        session.start_job_without_project(KIND, "Repairing the project", work)

    @Slot(object)
    def _end(self, end: JobEnd) -> None:
        if end.job.kind != KIND or not isinstance(end.result, RepairReport) or self._folder is None:
            return
        if self._session.open_project(self._folder):
            kept = f"The damaged file is kept: {end.result.kept}" if end.result.kept else ""
            About("\n".join([*end.result.sentences, kept]), self._window).open()

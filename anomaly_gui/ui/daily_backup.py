"""Today's backup of the open project, made in the background when the window has long been usable."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from anomaly_gui.progress import CancelToken
from anomaly_gui.project.backups import back_up_if_due
from anomaly_gui.project.store import Project
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.session import Session

AFTER_MS = 60_000
"""From the opening on: the first minute belongs to the engineer."""


class DailyBackup(QObject):
    """Watches a session; what keeps a backup from being made is logged, and tried again at the next opening."""

    def __init__(self, session: Session, parent: QObject | None = None, *, after_ms: int = AFTER_MS) -> None:
        super().__init__(parent)
        self._session = session
        self.background = Background(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(after_ms)
        self._timer.timeout.connect(self._back_up)
        session.project_opened.connect(self._wait)
        session.project_closing.connect(self._timer.stop)

    @Slot(object)
    def _wait(self, project: Project) -> None:
        if not project.read_only:
            self._timer.start()

    @Slot()
    def _back_up(self) -> None:
        if self._session.is_open:
            self.background.ask(partial(_made, self._session.project.folder))


def _made(folder: Path, _cancel: CancelToken) -> Path | None:
    return back_up_if_due(folder)

"""Where the threshold in force comes from, in the tooltips of what shows it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.provenance import sentence, threshold_provenance
from anomaly_gui.progress import CancelToken
from anomaly_gui.project.store import Project
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.session import Session


class TuneOrigin(QObject):
    """Asks the journal whenever a threshold is saved or another run is looked at."""

    def __init__(self, session: Session, widgets: Sequence[QWidget], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._widgets = session, list(widgets)
        self._tips = [widget.toolTip() for widget in self._widgets]
        self.background = Background(self)
        self.background.answered.connect(self._show)
        session.threshold_changed.connect(self._ask)
        session.current_run_changed.connect(self._ask)
        session.project_opened.connect(self._ask)
        session.project_closing.connect(self.background.stop)

    @Slot()
    def _ask(self, _changed: object = None) -> None:
        if self._session.is_open:
            self.background.ask(partial(_said, self._session.project, self._session.current_run))

    @Slot(object)
    def _show(self, said: str) -> None:
        for widget, tip in zip(self._widgets, self._tips, strict=True):
            widget.setToolTip("\n\n".join(part for part in (said, tip) if part))


def _said(project: Project, run_id: int | None, _cancel: CancelToken) -> str:
    try:
        found = None if run_id is None else threshold_provenance(project, run_id)
    except InputError:
        return ""
    return "" if found is None else sentence(found)

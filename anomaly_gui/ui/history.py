"""The History view: reads the journal in the background and goes to what an action was about."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.provenance import Provenance, sentence, threshold_provenance
from anomaly_gui.progress import CancelToken
from anomaly_gui.project.store import Project
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.history_state import DETAILS, KINDS, HistoryRow, HistoryState, details, rows_of
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.history_dialog import HistoryDialog

_PAGE = 20_000
"""Actions that are read at once: labels wait for no more than these."""
_NO_THRESHOLD = "The run that is looked at has no threshold yet."


class History(QObject):
    """Made by the window; lives as long as it does."""

    image_wanted = Signal(int)
    run_wanted = Signal(int)
    export_wanted = Signal()

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._state = HistoryState()
        self.dialog: HistoryDialog | None = None
        self._reading, self._origin = Background(self), Background(self)
        self._reading.answered.connect(self._take_rows)
        self._origin.answered.connect(self._take_origin)
        for each in (self._reading, self._origin):
            each.failed.connect(session.failed)
            session.project_closing.connect(each.stop)
        session.operated.connect(self._read_on)
        session.job_ended.connect(self._read_on)

    @Slot()
    def show(self) -> None:
        """A project is open."""
        if self.dialog is not None:
            self.dialog.raise_()
            return
        self._session.settling.emit()
        self._state = HistoryState()
        dialog = HistoryDialog({name: title for name, (title, _) in KINDS.items()}, self._window)
        dialog.filter_changed.connect(self._filter)
        dialog.row_chosen.connect(self._show_details)
        dialog.image_wanted.connect(self.image_wanted)
        dialog.run_wanted.connect(self.run_wanted)
        dialog.export_wanted.connect(self.export_wanted)
        dialog.finished.connect(self._forget)
        self.dialog = dialog
        self._show_rows()
        self._read_on()
        dialog.open()

    @Slot()
    def _forget(self) -> None:
        self.dialog = None
        self._reading.forget()
        self._origin.forget()

    @Slot()
    def _read_on(self, _end: object = None) -> None:
        if self.dialog is None or not self._session.is_open:
            return
        self._reading.ask(partial(_read, self._session.project, self._state.last))
        self._origin.ask(partial(_origin_of, self._session.project, self._session.current_run))

    @Slot(object)
    def _take_rows(self, rows: list[HistoryRow]) -> None:
        self._state.add(rows)
        self._show_rows()

    @Slot(object)
    def _take_origin(self, found: Provenance | None) -> None:
        if self.dialog is not None:
            said = _NO_THRESHOLD if found is None else f"Threshold in force: {sentence(found)}"
            self.dialog.set_in_force(said)

    @Slot(str, str)
    def _filter(self, words: str, kind: str) -> None:
        self._state.choose(words, kind)
        self._show_rows()

    def _show_rows(self) -> None:
        if self.dialog is not None:
            self.dialog.show_rows(self._state.shown, self._state.count_text)

    @Slot(object)
    def _show_details(self, row: HistoryRow | None) -> None:
        if self.dialog is None or not self._session.is_open:
            return
        if row is None:
            self.dialog.show_details("")
            return
        events = self._session.project.events_of(row.entry.operation, DETAILS + 1)
        self.dialog.show_details(details(row.entry, events))


def _read(project: Project, after: int, cancel: CancelToken) -> list[HistoryRow]:
    rows: list[HistoryRow] = []
    while not cancel.cancelled:
        page = project.log_entries(after, _PAGE)
        if not page:
            break
        rows += rows_of(page)
        after = page[-1].operation
    return rows


def _origin_of(project: Project, run_id: int | None, _cancel: CancelToken) -> Provenance | None:
    try:
        return None if run_id is None else threshold_provenance(project, run_id)
    except InputError:
        return None

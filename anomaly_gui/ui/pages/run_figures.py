"""The figures in the table of runs, worked out while nothing else is to be done."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from anomaly_gui.errors import InputError
from anomaly_gui.ui.pages.train_state import RunFigures, figures_of
from anomaly_gui.ui.session import Session


class FiguresOfRuns(QObject):
    """One run's at a time, between events: thirty runs must not delay a key."""

    worked_out = Signal()
    """All that were asked for are known."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._known: dict[int, RunFigures | None] = {}
        self._wanted: list[int] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._next)

    def of(self, run_id: int) -> RunFigures | None:
        """None while they are not known, or if there are none."""
        return self._known.get(run_id)

    def want(self, run_ids: Iterable[int]) -> None:
        """Work out what is not known yet of scored runs, in this order."""
        self._wanted = [run for run in run_ids if run not in self._known and self._session.is_scored(run)]
        if self._wanted:
            self._timer.start()

    def forget(self, run_ids: Iterable[int] | None = None) -> None:
        """What is known of these runs, or of all, holds no more."""
        for run_id in list(self._known) if run_ids is None else run_ids:
            self._known.pop(run_id, None)

    def stop(self) -> None:
        self._timer.stop()

    @Slot()
    def _next(self) -> None:
        if not self._wanted or not self._session.is_open:
            self._timer.stop()
            return
        run_id = self._wanted.pop(0)
        self._known[run_id] = self._figures(run_id)
        if not self._wanted:
            self._timer.stop()
            self.worked_out.emit()

    def _figures(self, run_id: int) -> RunFigures | None:
        threshold = self._session.threshold(run_id)
        if threshold is None:
            return None
        try:
            return figures_of(self._session.project, run_id, threshold)
        except InputError:
            return None  # Scores that cannot be read: the Tune page says why.

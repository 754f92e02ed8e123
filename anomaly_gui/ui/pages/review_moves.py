"""The threshold moved from the Review page: step by step, or to where one image is decided otherwise."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from anomaly_gui.evaluation.confusion import Scores
from anomaly_gui.evaluation.thresholds import neighbours
from anomaly_gui.jobs.evaluate import by_hand
from anomaly_gui.project.records import Threshold
from anomaly_gui.ui.pages.tune_pins import LETTERS, Pins, scores_of
from anomaly_gui.ui.session import Session

SETTLE_MS = 800
"""Presses that follow one another faster are one step."""
_PINS = "tune.pins"


class ThresholdMoves(QObject):
    """Shows each step at once and saves the last one, when no other follows or something else is done."""

    moved = Signal()
    """The threshold that is shown is another one."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: float | None = None
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._timer.timeout.connect(self.settle)
        session.settling.connect(self.settle)

    @property
    def threshold(self) -> Threshold | None:
        """Of the current run: the one that is shown, saved or not yet."""
        saved = self._saved
        return saved if saved is None or self._shown is None else by_hand(self._shown, saved)

    @property
    def _saved(self) -> Threshold | None:
        run_id = self._session.current_run
        return self._session.threshold(run_id) if run_id is not None else None

    def step(self, direction: int, scores: Scores) -> bool:
        """To the next threshold below (-1) or above (1) at which a decision changes; False at an end."""
        present = self.threshold
        wanted = neighbours(scores, present.value)[direction > 0] if present is not None else None
        if wanted is not None:
            self._show(wanted)
        return wanted is not None

    def step_by_percent(self, direction: int, span: float) -> None:
        """By 1 % of *span*, the range of the scores."""
        present = self.threshold
        if present is not None:
            self._show(present.value + direction * span / 100)

    def _show(self, value: float) -> None:
        self._shown = value
        self._timer.start()
        self.moved.emit()

    @Slot()
    def settle(self) -> None:
        """Save what is only shown so far, as one step."""
        self._timer.stop()
        value, self._shown = self._shown, None
        if value is not None and self._session.is_open:
            self.save(value, "Moved while reviewing")

    def save(self, value: float, reason: str) -> bool:
        """Set the threshold of the current run as one step; False if that was refused."""
        run_id = self._session.current_run
        if run_id is None:
            return False
        self.settle()
        present = self._session.threshold(run_id)
        return (
            self._session.apply(lambda project: project.set_threshold(run_id, by_hand(value, present), reason))
            is not None
        )

    def former(self, started_at: float | None) -> tuple[float, str] | None:
        """Where to go back to, and what that is called: the first pinned threshold, or *started_at*."""
        run_id = self._session.current_run
        if run_id is None:
            return None
        project = self._session.project
        pins = Pins.recalled(project.place(_PINS)).of(scores_of(run_id, project.scoring(run_id)))
        for letter in LETTERS:
            if letter in pins:
                return pins[letter], f"pin {letter}"
        return None if started_at is None else (started_at, "that of the start of this queue")

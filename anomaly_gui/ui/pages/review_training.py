"""Scores for the images that a run learnt from, offered where wrong labels are looked for."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from anomaly_gui.jobs.score import ScoreReport
from anomaly_gui.jobs.score_training import score_training
from anomaly_gui.progress import Cancelled, CancelToken, EventSink
from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages.review_view import ReviewView
from anomaly_gui.ui.session import JobEnd, Session
from anomaly_gui.ui.wording import counted

_KIND = "score"


class TrainingScores(QObject):
    """A button that is there while training images have no scores and the queue asks for them."""

    scored = Signal()

    def __init__(self, session: Session, view: ReviewView, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._run: int | None = None
        self._button = view.score_training
        self._button.clicked.connect(self.start)
        session.job_ended.connect(self._take_end)

    def refresh(self, run_id: int, unscored: int) -> None:
        """*unscored* images could be scored; 0 offers nothing."""
        self._run = run_id
        self._button.setVisible(unscored > 0)
        self._button.setText(f"Score {counted(unscored, 'training image')} too")

    @Slot()
    def start(self) -> None:
        """In the background; it can be stopped, and the strip below tells how long it takes."""
        run_id = self._run
        if run_id is None:
            return

        def work(project: Project, emit: EventSink, cancel: CancelToken) -> ScoreReport | Cancelled:
            return score_training(project, run_id, emit, cancel)

        self._session.start_job(_KIND, "Scoring the training images", work)

    @Slot(object)
    def _take_end(self, end: JobEnd) -> None:
        if end.job.kind == _KIND and isinstance(end.result, ScoreReport) and end.result.run == self._run:
            self.scored.emit()

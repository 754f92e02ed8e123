"""Labels that the most alike images speak against, found in the background when they are first asked for."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QObject, Signal, Slot

from anomaly_gui.jobs.label_doubts import label_doubts
from anomaly_gui.progress import CancelToken
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.pages.reviewed_run import JudgedScores
from anomaly_gui.ui.session import Session

_CACHE = "cache"


class Doubts(QObject):
    """Once for each run; what comes late, for another run, is dropped."""

    found = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked: int | None = None
        self._sentences: dict[int, str] = {}
        self._background = Background(self)
        self._background.answered.connect(self._take)
        session.project_closing.connect(self.stop)

    def want(self, scores: JudgedScores, run_id: int) -> None:
        """Look for them, unless that was done."""
        if run_id == self._asked:
            return
        self._asked, self._sentences = run_id, {}
        folder = self._session.project.folder / _CACHE
        images = [image for image in self._session.images.values() if not (image.excluded or image.locked)]
        known = {image.id: score for image in images if (score := scores.score_of(image.id)) is not None}

        def work(cancel: CancelToken) -> dict[int, str] | None:
            return label_doubts(folder, images, known, lambda: cancel.cancelled)

        self._background.ask(work)

    def of(self, run_id: int) -> Collection[int]:
        """Ids, as far as they are known."""
        return self._sentences.keys() if run_id == self._asked else ()

    def sentence(self, image_id: int) -> str:
        """What speaks against an image's label; empty if nothing does."""
        return self._sentences.get(image_id, "")

    @Slot()
    def stop(self) -> None:
        self._background.stop()
        self._asked, self._sentences = None, {}

    @Slot(object)
    def _take(self, found: dict[int, str] | None) -> None:
        if found:
            self._sentences = found
            self.found.emit()

"""The next training with what was corrected since the last one."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import QObject, Slot

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.run_settings import resolve_settings
from anomaly_gui.jobs.train import TrainReport, TrainRequest, train
from anomaly_gui.progress import CancelToken, EventSink
from anomaly_gui.project.corrections import Corrections
from anomaly_gui.project.records import Run
from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages.review_view import ReviewView
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.wording import counted, listed


class Retraining(QObject):
    """A button that is there while there is something to train anew for."""

    def __init__(self, session: Session, view: ReviewView, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._button = view.retrain
        self._button.clicked.connect(self.start)

    def refresh(self, run_id: int) -> None:
        """Say what has been corrected since the run started."""
        found = self._session.project.corrections(run_id)
        text = corrections_text(found)
        self._button.setVisible(bool(text))
        self._button.setText(f"Train again with {text}")
        self._button.setToolTip(
            f"{_parts(found)} changed since this run was trained. The same detector with the same settings learns "
            "again; then both runs are compared on the same images."
        )

    def start_if_corrected(self) -> None:
        """For the key: as the button, which is not there without corrections."""
        if self._button.isHidden():
            self._session.said.emit("Nothing was corrected since this run was trained")
        else:
            self.start()

    @Slot()
    def start(self) -> None:
        """Train as the current run was trained, and watch it."""
        run = self._session.runs.get(self._session.current_run or 0)
        if run is None:
            return
        try:
            changed = changed_settings(run)
        except InputError as error:
            self._session.failed.emit(error)
            return
        request = TrainRequest(detector=run.detector, preset=run.preset, seed=run.seed, settings=changed)

        def work(project: Project, emit: EventSink, cancel: CancelToken) -> TrainReport:
            return train(project, request, emit, cancel)

        self._session.training_suggested.emit(run.detector, run.preset, changed)
        if self._session.start_job("train", "Training", work) is not None:
            self._session.page_wanted.emit("train")


def changed_settings(run: Run) -> dict[str, Any]:
    """Those of a run that its preset does not give. Raises InputError for a detector or preset that is no more."""
    usual = [msgspec.to_builtins(settings) for settings in resolve_settings(run.detector, run.preset, {})]
    kept = {**run.settings.get("detector", {}), **run.settings.get("scoring", {})}
    given = {**usual[0], **usual[1]}
    return {name: value for name, value in kept.items() if name in given and given[name] != value}


def corrections_text(found: Corrections) -> str:
    """ "7 corrected labels", "3 corrections"; empty without any."""
    if not found.images:
        return ""
    if found.images == found.labels:
        return counted(len(found.labels), "corrected label")
    if found.images == found.exclusions:
        return f"{counted(len(found.exclusions), 'image')} left out or back"
    return counted(len(found.images), "correction")


def _parts(found: Corrections) -> str:
    parts = [
        counted(len(ids), what)
        for ids, what in ((found.labels, "label"), (found.masks, "mask"), (found.exclusions, "exclusion"))
        if ids
    ]
    return listed(parts)

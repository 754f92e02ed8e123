"""The open project as the window sees it: what changed, which run is looked at, which job is running.

Pages read the project and call its operations through the session, and hear of each other's doings
from its signals alone.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.region import Region
from anomaly_gui.jobs.evaluate import rule_of
from anomaly_gui.jobs.follow_rule import RuleFollower, follow_pixel_rule
from anomaly_gui.jobs.pixels import pixel_rule_of
from anomaly_gui.jobs.score import score
from anomaly_gui.progress import CancelToken, Event, EventSink, Progress
from anomaly_gui.project.lock import ProjectInUse
from anomaly_gui.project.records import Changed, DefectType, Image, PixelThreshold, Run, Threshold
from anomaly_gui.project.store import Project
from anomaly_gui.ui.garbage import collected_later
from anomaly_gui.ui.workers import JobThread

_log = logging.getLogger(__name__)

_RUN = "run"
"""Key under which the project remembers the run that was looked at."""
_REFRESH_S = 1.5
"""While a job runs its doings are looked up no more often than this, """
_REFRESH_SHARE = 20.0
"""and the longer a look takes, the less often."""
_ADD_IMAGES = ("import", "demo")
"""Kinds of jobs that change images; the others change runs alone."""


@dataclass(frozen=True, eq=False)
class Job:
    """One job under way."""

    kind: str
    """"import", "train", "score", "export", "demo"."""
    title: str
    """For the status bar: "Importing images"."""
    token: CancelToken


@dataclass(frozen=True, eq=False)
class JobEnd:
    """How a job ended: with a result, or with an exception."""

    job: Job
    result: Any
    error: BaseException | None


class Session(QObject):
    """Lives as long as the window; projects come and go."""

    project_opened = Signal(object)
    """Project; its runs, images and current run can be asked for already."""
    project_closing = Signal()
    """The project can still be written to: pages remember their place."""
    project_closed = Signal()
    images_changed = Signal(object)
    """frozenset of image ids: added, or with another label, verdict, comment, mask or exclusion."""
    types_changed = Signal()
    """Defect types came, went, or have another name, colour, key or order."""
    runs_changed = Signal(object)
    """frozenset of run ids: added, or with another status, or with another way from maps to scores."""
    threshold_changed = Signal(int)
    """Run id; the threshold is in the project."""
    pixel_threshold_changed = Signal(int)
    """Run id; the threshold of pixels is in the project."""
    current_run_changed = Signal(object)
    """Run id or None."""
    settling = Signal()
    """Something is about to be written, undone or started: a move that is only shown so far is saved first."""
    region_changed = Signal()
    """Another region of interest is in the project."""
    operated = Signal()
    """An operation changed something in the project, whatever it was."""
    said = Signal(str)
    """A sentence for the status bar, past tense."""
    failed = Signal(object)
    """An exception for the window's dialog; InputError if the user can put it right."""
    job_started = Signal(object)
    """Job."""
    job_progressed = Signal(object)
    """One event of progress.py, at most ten times a second but for epochs and notes."""
    job_paused = Signal(bool)
    """Whether the job rests, or goes on."""
    job_ended = Signal(object)
    """JobEnd."""
    training_suggested = Signal(str, str, object)
    """Detector, preset and settings (a mapping) that another page would have trained next."""
    tune_part_wanted = Signal(str)
    """A page asks for a view beside the threshold, by name, to be shown once Tune is: "compare"."""
    mask_wanted = Signal(object, int)
    """A page asks for the mask editor: ids of the images to go through, and of the one to begin with."""
    region_wanted = Signal(object, int)
    """A page asks for the region of interest to be drawn, on images as for mask_wanted."""
    page_wanted = Signal(str)
    """A page asks for another, by name: "data", "train", "tune", "review", "export"."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project: Project | None = None
        self._held_by: str | None = None
        self._images: dict[int, Image] = {}
        self._types: tuple[DefectType, ...] = ()
        self._region = Region()
        self._last_event = 0
        """Of the journal, up to which a refresh has looked for what a job changed."""
        self._runs: dict[int, Run] = {}
        self._thresholds: dict[int, Threshold | None] = {}
        self._pixel_thresholds: dict[int, PixelThreshold | None] = {}
        self._scorings: dict[int, dict[str, Any] | None] = {}
        self._current_run: int | None = None
        self._job: Job | None = None
        self._job_phase = ""
        self._next_refresh = 0.0
        self._follower = RuleFollower()
        self._thread = JobThread(self)
        self._thread.told.connect(self._take_event)
        self._thread.finished.connect(self._take_result)
        self._thread.failed.connect(self._take_failure)

    # The project

    @property
    def project(self) -> Project:
        """Raises RuntimeError if none is open: pages are shown only when one is."""
        if self._project is None:
            raise RuntimeError("no project is open")
        return self._project

    @property
    def is_open(self) -> bool:
        return self._project is not None

    def create_project(self, folder: Path) -> bool:
        """Make and open a project; False if that failed, which is announced."""
        return self._take_project(lambda: Project.create(folder))

    def open_project(self, folder: Path) -> bool:
        """Open a project; False if that failed, which is announced. One that is open stays as it is."""
        if self._project is not None and folder.exists() and folder.samefile(self._project.folder):
            return True
        return self._take_project(lambda: Project.open(folder))

    def open_again(self) -> bool:
        """Open the project anew: for writing, if it is not held elsewhere any more."""
        folder = self.project.folder
        if self._job is None:
            self.close_project()
        return self.open_project(folder)

    def _take_project(self, make: Callable[[], Project]) -> bool:
        if self._job is not None:
            return self._refuse(InputError("project", f"{self._job.title} is not done", "Wait or cancel it"))
        held_by = None
        try:
            try:
                project = make()
            except ProjectInUse as taken:
                project = Project.open(taken.folder, read_only=True)
                held_by = taken.holder
        except InputError as error:
            return self._refuse(error)
        self.adopt(project, held_by)
        return True

    @property
    def held_by(self) -> str | None:
        """Who writes in the project that is open here for reading only, as far as known; None: we do."""
        return self._held_by

    def adopt(self, project: Project, held_by: str | None = None) -> None:
        """Show a project that is open already; the one before is closed."""
        self.close_project()
        self._project, self._held_by = project, held_by
        self._last_event = project.changed_since(sys.maxsize).operation
        self._images = {image.id: image for image in project.images()}
        self._types = tuple(project.types.all())
        self._region = project.region()
        self._runs = {run.id: run for run in project.runs()}
        self._thresholds = {run_id: project.threshold(run_id) for run_id in self._runs}
        self._pixel_thresholds = {run_id: project.pixel_threshold(run_id) for run_id in self._runs}
        self._scorings = {run_id: project.scoring(run_id) for run_id in self._runs}
        kept = project.place(_RUN)
        self._current_run = kept if kept in self._runs else self._latest_run()
        self.project_opened.emit(project)

    def close_project(self) -> None:
        """Close the project, if one is open. The job, if one runs, must have ended."""
        if self._project is None:
            return
        self.settling.emit()
        self.project_closing.emit()
        self._project.remember(_RUN, self._current_run)
        self._project.close()
        self._project = None
        self._types = ()
        self._images, self._runs, self._current_run = {}, {}, None
        self._thresholds, self._pixel_thresholds, self._scorings = {}, {}, {}
        self.project_closed.emit()

    def shut_down(self) -> None:
        """Stop the job, close the project, end the thread: for the end of the program."""
        self._thread.stop()
        self._job = None
        self.close_project()

    # Reading

    @property
    def images(self) -> Mapping[int, Image]:
        """All images by id, as of the last change."""
        return self._images

    @property
    def peak(self) -> int:
        """The largest value of all 16-bit images: what is shown white without a run."""
        return max((image.peak for image in self._images.values() if image.bit_depth == 16), default=0)

    @property
    def defect_types(self) -> tuple[DefectType, ...]:
        """In the user's order, as of the last change."""
        return self._types

    @property
    def region(self) -> Region:
        """What counts of every image, as of the last change."""
        return self._region

    @property
    def runs(self) -> Mapping[int, Run]:
        """All runs by id, as of the last change."""
        return self._runs

    def threshold(self, run_id: int) -> Threshold | None:
        return self._thresholds.get(run_id)

    def pixel_threshold(self, run_id: int) -> PixelThreshold | None:
        return self._pixel_thresholds.get(run_id)

    def is_scored(self, run_id: int) -> bool:
        """Whether a run has scores: then it has a threshold, which training sets after scoring."""
        return self._thresholds.get(run_id) is not None

    @property
    def current_run(self) -> int | None:
        """Id of the run that Tune, Review and Export look at."""
        return self._current_run

    def choose_run(self, run_id: int | None) -> None:
        """Look at another run."""
        if run_id != self._current_run and (run_id is None or run_id in self._runs):
            self.settling.emit()
            self._current_run = run_id
            self.current_run_changed.emit(run_id)

    def _latest_run(self) -> int | None:
        """The latest with scores, or else the latest."""
        scored = [run_id for run_id in self._runs if self.is_scored(run_id)]
        return max(scored or self._runs, default=None)

    # Operations

    def apply(self, operation: Callable[[Project], Changed | None]) -> Changed | None:
        """Carry out one operation and announce what it changed; None if it failed, which is announced."""
        return self._carry_out(lambda project: self._with_threshold(project, operation))

    def _carry_out(self, operation: Callable[[Project], Changed | None]) -> Changed | None:
        self.settling.emit()
        with collected_later():
            try:
                changed = operation(self.project)
            except InputError as error:
                self._refuse(error)
                return None
            if changed is not None and changed.operation:
                self._announce(changed.images, changed.runs)
                self.operated.emit()
                self.said.emit(changed.sentence)
        return changed

    def _with_threshold(self, project: Project, operation: Callable[[Project], Changed | None]) -> Changed | None:
        """Relabelling moves thresholds that were set by a rule, in the same step, so that one undo takes all back."""
        with project.together():
            changed = operation(project)
            run_id = self._current_run
            if changed is None or not changed.images or run_id is None or not self._follows(run_id):
                return changed  # Many images need not be read twice.
            present = self._fetched(changed.images)
            if all(_counts_alike(self._images.get(key), present[key]) for key in changed.images):
                return changed
            # Pixels first: where scores are areas above their threshold, the images' threshold follows that.
            of_pixels = follow_pixel_rule(project, run_id, present)
            of_images = self._follower.follow(project, run_id, present.values())
            for followed in (of_pixels, of_images):
                changed = changed if followed is None else _both(changed, followed)
        return changed

    def _follows(self, run_id: int) -> bool:
        """Whether a rule set one of the run's thresholds."""
        threshold, of_pixels = self.threshold(run_id), self.pixel_threshold(run_id)
        by_rule = threshold is not None and rule_of(threshold) is not None
        return by_rule or (of_pixels is not None and pixel_rule_of(of_pixels) is not None)

    def undo(self) -> Changed | None:
        return self._carry_out(_undo) if self.is_open else None

    def redo(self) -> Changed | None:
        return self._carry_out(_redo) if self.is_open else None

    @property
    def undo_sentence(self) -> str | None:
        """What undo() would take back."""
        return self._project.undo_sentence if self._project is not None else None

    @property
    def redo_sentence(self) -> str | None:
        return self._project.redo_sentence if self._project is not None else None

    def refresh(self, *, images: bool = True) -> None:
        """Find out what a job has changed in the project, and announce it."""
        if self._project is None:
            return
        changed: frozenset[int] = frozenset()
        started = time.monotonic()
        if images:
            news = self._project.changed_since(self._last_event)
            present = self._project.images(news.images)
            changed = frozenset(image.id for image in present if self._images.get(image.id) != image)
            self._last_event = news.operation
        self._announce(changed, frozenset(run.id for run in self._project.runs()))
        ended = time.monotonic()
        # Many new images take a while to read and to show: the window must not do so again and again.
        self._next_refresh = ended + max(_REFRESH_S, _REFRESH_SHARE * (ended - started))

    def _announce(self, images: frozenset[int], runs: frozenset[int]) -> None:
        """Fetch what may have changed and say what has. A run's threshold and its status are two things."""
        project = self.project
        types, self._types = self._types, tuple(project.types.all())
        if images:
            self._images = self._fetched(images)
        changed_runs, changed_thresholds, changed_pixels = set(), [], []
        for run in project.runs() if runs else ():
            scoring, of_pixels = project.scoring(run.id), project.pixel_threshold(run.id)
            if self._runs.get(run.id) != run or self._scorings.get(run.id) != scoring:
                self._runs[run.id], self._scorings[run.id] = run, scoring
                changed_runs.add(run.id)
            if self._pixel_thresholds.get(run.id) != of_pixels:
                self._pixel_thresholds[run.id] = of_pixels
                changed_pixels.append(run.id)
            threshold = project.threshold(run.id)
            if self._thresholds.get(run.id) != threshold:
                self._thresholds[run.id] = threshold
                changed_thresholds.append(run.id)
        region, self._region = self._region, project.region()
        if self._types != types:
            self.types_changed.emit()
        if self._region != region:
            self.region_changed.emit()
        if images:
            self.images_changed.emit(images)
        if changed_runs:
            self.runs_changed.emit(frozenset(changed_runs))
        for run_id in changed_thresholds:
            self.threshold_changed.emit(run_id)
        for run_id in changed_pixels:
            self.pixel_threshold_changed.emit(run_id)
        if self._current_run is None:
            self.choose_run(self._latest_run())

    def _fetched(self, ids: frozenset[int]) -> dict[int, Image]:
        """All images, those of *ids* as they are now."""
        return {**self._images, **{image.id: image for image in self.project.images(ids)}}

    def _refuse(self, error: InputError) -> bool:
        _log.info("refused: %s", error)
        self.failed.emit(error)
        return False

    # Jobs

    @property
    def job(self) -> Job | None:
        """The one that runs."""
        return self._job

    def start_job(self, kind: str, title: str, work: Callable[[Project, EventSink, CancelToken], Any]) -> Job | None:
        """Run *work* on the open project in the background; None if a job runs already."""
        project = self.project
        return self._start(kind, title, lambda emit, cancel: work(project, emit, cancel))

    def score_again(self, run_id: int) -> Job | None:
        """Take a run's images through its detector once more, in the background."""
        title = f"Scoring run {self._runs[run_id].name}"
        return self.start_job("score", title, lambda project, emit, cancel: score(project, run_id, emit, cancel))

    def start_job_without_project(
        self, kind: str, title: str, work: Callable[[EventSink, CancelToken], Any]
    ) -> Job | None:
        """Run *work*, which opens what it needs itself."""
        return self._start(kind, title, work)

    def _start(self, kind: str, title: str, work: Callable[[EventSink, CancelToken], Any]) -> Job | None:
        if self._job is not None:
            self._refuse(InputError(title, f"{self._job.title} is not done yet", "Wait for it or cancel it"))
            return None
        self.settling.emit()
        self._job_phase = ""
        self._job = Job(kind, title, self._thread.start(work))
        self.job_started.emit(self._job)
        return self._job

    def cancel_job(self) -> None:
        """Ask the job to stop; a second time, to leave out what it would still do then."""
        if self._job is not None:
            self._job.token.cancel()

    def pause_job(self) -> None:
        if self._job is not None:
            self._job.token.pause()
            self.job_paused.emit(True)

    def resume_job(self) -> None:
        if self._job is not None:
            self._job.token.resume()
            self.job_paused.emit(False)

    @Slot(object)
    def _take_event(self, event: Event) -> None:
        if isinstance(event, Progress):
            news = event.phase != self._job_phase or time.monotonic() > self._next_refresh
            self._job_phase = event.phase
            if news:
                self.refresh(images=self._job is not None and self._job.kind in _ADD_IMAGES)
        self.job_progressed.emit(event)

    @Slot(object)
    def _take_result(self, result: object) -> None:
        self._end_job(result, None)

    @Slot(object)
    def _take_failure(self, error: BaseException) -> None:
        self._end_job(None, error)

    def _end_job(self, result: object, error: BaseException | None) -> None:
        job, self._job = self._job, None
        assert job is not None
        if error is not None:
            _log.error("%s failed", job.title, exc_info=error)
        self.refresh()
        if job.kind == "score":
            # The project's tables say nothing of the new scores.
            self.runs_changed.emit(frozenset(self._runs))
        self.job_ended.emit(JobEnd(job, result, error))
        if error is not None:
            self.failed.emit(error)


def _counts_alike(before: Image | None, now: Image) -> bool:
    """Whether a rule sees the same in it."""
    return before is not None and (before.label, before.excluded, before.locked) == (
        now.label,
        now.excluded,
        now.locked,
    )


def _both(changed: Changed, followed: Changed) -> Changed:
    """One operation and the threshold that followed it, as one."""
    return Changed(
        operation=changed.operation,
        sentence=f"{changed.sentence}. {followed.sentence}",
        images=changed.images,
        runs=changed.runs | followed.runs,
    )


def _undo(project: Project) -> Changed | None:
    return project.undo()


def _redo(project: Project) -> Changed | None:
    return project.redo()

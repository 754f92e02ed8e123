"""Answers, beside the image under review, why it was missed; works it out in the background."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRunnable, QThread, QThreadPool, Signal, Slot

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.misses import REASONS, MissAnalysis
from anomaly_gui.imaging.load import to_unit
from anomaly_gui.jobs.nearest_good import Look, look_of, looked_through, nearest, small_looks
from anomaly_gui.jobs.why_missed import RunMeasure, analyse, run_measure
from anomaly_gui.project.records import Image
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.pages.why_missed_state import (
    NextStep,
    analysis_lines,
    causes,
    causes_sentence,
    next_step,
    verdict_for,
)
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.alike_strip import COUNT
from anomaly_gui.ui.widgets.picture_set import PictureSet
from anomaly_gui.ui.widgets.why_panel import WhyPanel

_PLACE = "why-missed"
_CACHE = "cache"
_ROOMY_PX = 1500
"""In a narrower window the panel starts folded: the panes come first."""
_ANSWER, _GATHER = 10, 0
"""Priorities in the pool."""
_CHOSEN_FROM = 12
"""Most alike images, of which some may be no good ones any more."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Findings:
    """What was worked out of one image."""

    analysis: MissAnalysis | None
    look: Look
    problem: str = ""


_Key = tuple[int, str | None]
"""Image id and mask: another mask is another question."""


class _Task(QRunnable):
    """Something to be worked out in a thread of the pool, and where to tell it."""

    def __init__(self, work: Callable[[], object], tell: Callable[[object], None]) -> None:
        super().__init__()
        self._work, self._tell = work, tell

    def run(self) -> None:
        try:
            made = self._work()
        except Exception:
            _log.exception("looking into a miss failed")
            return
        # The window may have been closed meanwhile, and the owner with it.
        with contextlib.suppress(RuntimeError):
            self._tell(made)


class WhyMissed(QObject):
    """Connects the panel with the session. The page tells which image is shown, and its pictures."""

    judged = Signal(int)
    """Image id: a reason was saved or taken back."""
    answered = Signal(int, object, object)
    """From the pool: generation, key, Findings."""
    gathered = Signal(int, object)
    """From the pool: generation, (ids, looks) or None."""

    def __init__(self, session: Session, panel: WhyPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.panel = panel
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(2)
        self._pool.setThreadPriority(QThread.Priority.LowPriority)
        self._generation = 0
        self._stopped = threading.Event()
        self._measure: RunMeasure | None = None
        self._image: Image | None = None
        self._pictures: PictureSet | None = None
        self._decimals = 2
        self._known: dict[_Key, Findings] = {}
        self._under_way: set[_Key] = set()
        self._looks: tuple[NDArray[np.int64], NDArray[np.float32]] | None = None
        self._gathering = False
        self._queue: list[Image] = []
        self._step: NextStep | None = None
        self._connect()

    def _connect(self) -> None:
        self.panel.reason_chosen.connect(self.choose_reason)
        self.panel.step_chosen.connect(self.take_step)
        self.panel.opened.connect(self._open)
        self.answered.connect(self._take_answer)
        self.gathered.connect(self._take_looks)
        session = self._session
        session.project_opened.connect(self._restore)
        session.project_closing.connect(self._save)
        session.project_closed.connect(self.forget)
        session.current_run_changed.connect(self.forget)
        session.runs_changed.connect(self.forget)

    def add_actions(self, actions: Actions, page: str) -> None:
        """W, then a digit; W twice takes what the figures suggest."""
        for digit, (reason, title) in enumerate(REASONS.items(), start=1):
            text = f"Missed because: {title.lower()}"
            actions.add(f"reason-{digit}", text, [f"W, {digit}"], self._chooser(reason), page)
        actions.add("reason-suggested", "Missed for the suggested reason", ["W, W"], self.choose_suggested, page)
        actions.add("why-panel", "Show or fold why it was missed", ["Shift+W"], self.panel.toggle, page)

    # What the page tells

    def show_image(self, image: Image | None, decimals: int) -> None:
        """Another image, or the same with another label or verdict; its pictures follow."""
        if image is None or self._image is None or image.id != self._image.id:
            self._pictures = None
        self._image, self._decimals = image, decimals
        self._show()

    def take_pictures(self, pictures: PictureSet) -> None:
        """Look into the image shown; what arrives after it was left is kept but not shown."""
        if self._image is not None and pictures.request.image_id == self._image.id:
            self._pictures = pictures
            self._ask()

    def set_queue(self, images: Sequence[Image]) -> None:
        """The misses whose reasons are counted."""
        self._queue = list(images)
        self._show_causes()

    @Slot()
    def forget(self) -> None:
        """Another run or project: what is under way is dropped."""
        self._generation += 1
        self._stopped.set()
        self._stopped = threading.Event()
        self._measure = self._image = self._pictures = self._looks = None
        self._gathering = False
        self._known, self._under_way, self._queue = {}, set(), []
        self._show()
        self._show_causes()

    def stop(self) -> None:
        """Wait for what is under way: before the window goes."""
        self.forget()
        self._pool.clear()
        self._pool.waitForDone()
        self.panel.alike.thumbnails.stop()

    # Reasons

    @Slot(str)
    def choose_reason(self, reason: str) -> None:
        """Save a reason with the verdict; the same again takes it back."""
        image, run_id = self._image, self._session.current_run
        if image is None or run_id is None:
            return
        image = self._session.images[image.id]
        if image.label.kind != "defect":
            self._session.said.emit("A reason is given for a missed defect; this image is not labelled defective")
            return
        verdict = verdict_for(image, reason)
        if self._session.apply(lambda project: project.review(image.id, run_id, verdict, None)) is not None:
            self.judged.emit(image.id)

    def choose_suggested(self) -> None:
        suggested = self.panel.reasons.suggested
        if suggested is None:
            self._session.said.emit("The figures suggest no reason for this image: choose one yourself")
        else:
            self.choose_reason(suggested)

    def _chooser(self, reason: str) -> Callable[[], None]:
        return lambda: self.choose_reason(reason)

    # Working it out

    @property
    def _key(self) -> _Key | None:
        return (self._image.id, self._image.mask_path) if self._image is not None else None

    def _ask(self) -> None:
        key, pictures, measure = self._key, self._pictures, self._run_measure()
        if key is None or pictures is None or measure is None or not self.panel.is_open:
            return
        self._gather()
        if key in self._known or key in self._under_way:
            self._show()
            return
        self._under_way.add(key)
        generation = self._generation
        task = _Task(lambda: _findings(measure, pictures), lambda made: self.answered.emit(generation, key, made))
        self._pool.start(task, _ANSWER)

    def _run_measure(self) -> RunMeasure | None:
        run_id = self._session.current_run
        if self._measure is None and run_id is not None:
            with contextlib.suppress(InputError):
                self._measure = run_measure(self._session.project, run_id)
        return self._measure

    def _gather(self) -> None:
        """Small pictures of all good images: once for a project, in the background."""
        if self._gathering or self._looks is not None:
            return
        self._gathering = True
        project = self._session.project
        roles = project.roles(self._session.current_run or 0)
        scored = [image for image in self._session.images.values() if roles.get(image.id) in ("validation", "test")]
        good = looked_through([image for image in scored if _is_good(image)])
        folder: Path = project.folder / _CACHE
        generation, stopped = self._generation, self._stopped
        task = _Task(
            lambda: small_looks(folder, good, stopped.is_set), lambda made: self.gathered.emit(generation, made)
        )
        self._pool.start(task, _GATHER)

    @Slot(int, object, object)
    def _take_answer(self, generation: int, key: _Key, found: Findings) -> None:
        if generation != self._generation:
            return
        self._under_way.discard(key)
        self._known[key] = found
        if key == self._key:
            self._show()
        self._show_causes()

    @Slot(int, object)
    def _take_looks(self, generation: int, looks: tuple[NDArray[np.int64], NDArray[np.float32]] | None) -> None:
        if generation == self._generation and looks is not None:
            self._looks = looks
            self._show()

    # Showing

    def _show(self) -> None:
        image, panel = self._image, self.panel
        found = self._known.get(self._key) if self._key is not None else None
        panel.reasons.setEnabled(image is not None)
        panel.set_missed(image is None or image.label.kind == "defect")
        saved = image.verdict.reason if image is not None and image.verdict else None
        analysis = found.analysis if found else None
        panel.reasons.set_reason(saved, analysis.reason if analysis else None)
        panel.set_findings(self._lines(image, found))
        self._show_alike(found)

    def _lines(self, image: Image | None, found: Findings | None) -> list[str]:
        if image is None:
            return []
        if found is None:
            return ["Looking …"]
        if found.analysis is None or self._measure is None:
            return [found.problem]
        lines = analysis_lines(found.analysis, self._measure, (image.width, image.height), self._decimals)
        # Of a good image there is no defect to tell the size of.
        return lines if image.label.kind == "defect" else lines[:1]

    def _show_alike(self, found: Findings | None) -> None:
        images = self._session.images
        alike: list[Image] = []
        title = "Most alike good images"
        if found is not None and self._looks is not None and self._image is not None:
            order = nearest(found.look, *self._looks, _CHOSEN_FROM, but=self._image.id)
            alike = [images[image_id] for image_id in order if image_id in images and _is_good(images[image_id])]
            title = f"Most alike of {len(self._looks[0]):,} good images" if alike else "No good image to compare with"
        elif self._gathering and self._image is not None:
            title = "Looking for good images like it …"
        self.panel.alike_title.set_text(title)
        self.panel.alike.set_images(alike[:COUNT])

    def _show_causes(self) -> None:
        images = [self._session.images.get(image.id, image) for image in self._queue]
        counted = causes(images)
        measure, self._step = self._measure, None
        if counted and measure is not None:
            sides = [(image.width, image.height) for image in images]
            usual = max(set(sides), key=sides.count)
            self._step = next_step(counted, len(images), measure, usual, self._small_widths(images))
        step = self._step
        self.panel.set_causes(
            causes_sentence(counted, len(images)), step.sentence if step else "", step.button if step else ""
        )

    def _small_widths(self, images: Sequence[Image]) -> list[float]:
        """Of the defects that were called too small, as far as they were looked into."""
        called = [image for image in images if image.verdict and image.verdict.reason == "too small"]
        found = [self._known.get((image.id, image.mask_path)) for image in called]
        return [each.analysis.size.input_width for each in found if each and each.analysis and each.analysis.size]

    def at_end(self, sentence: str) -> str:
        """What to say at the end of the queue: *sentence*, and what the reasons given so far ask for."""
        return f"{sentence}. {self._step.sentence}" if self._step is not None else sentence

    @Slot()
    def take_step(self) -> None:
        """Go where the most frequent cause is mended, with its setting filled in."""
        step, measure = self._step, self._measure
        if step is None or measure is None:
            return
        if step.page == "train":
            self._session.training_suggested.emit(step.detector or measure.detector, measure.preset, step.settings)
        self._session.page_wanted.emit(step.page)

    # Open or folded

    @Slot(bool)
    def _open(self, is_open: bool) -> None:
        if is_open:
            self._ask()

    @Slot()
    def _save(self) -> None:
        self._session.project.remember(_PLACE, {"open": self.panel.is_open})

    @Slot()
    def _restore(self) -> None:
        self.forget()
        kept = self._session.project.place(_PLACE)
        roomy = self.panel.window().width() >= _ROOMY_PX
        self.panel.set_open(bool(kept.get("open", roomy)) if isinstance(kept, dict) else roomy)


def _is_good(image: Image) -> bool:
    return image.label.kind == "good" and not image.excluded


def _findings(measure: RunMeasure, pictures: PictureSet) -> Findings:
    """In a thread of the pool."""
    request, original, stored = pictures.request, pictures.original, pictures.anomaly_map
    if original is None or stored is None:
        problem = pictures.problems[0] if pictures.problems else "This image has no error map."
        return Findings(None, look_of(np.zeros((2, 2, 1), np.float32)), problem)
    look = look_of(to_unit(original.values, request.white_level))
    drawn = pictures.reconstruction
    try:
        found = analyse(
            # Of an image that was moved first, something else counts.
            replace(measure, region=request.region),
            np.asarray(stored.values[:, :, 0], np.uint16),
            original.values,
            request.white_level,
            request.mask_path,
            np.asarray(drawn.values, np.uint8) if drawn is not None else None,
        )
    except InputError as error:
        return Findings(None, look, str(error))
    return Findings(found, look)

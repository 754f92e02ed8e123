"""Tune: where to put the threshold, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import PurePath

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QPixmap, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.thresholds import Rule
from anomaly_gui.jobs.evaluate import by_hand, scored_images
from anomaly_gui.jobs.run_region import outdated_region
from anomaly_gui.project.records import Changed
from anomaly_gui.project.store import Project
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.burst import Burst
from anomaly_gui.ui.pages.image_look import open_image
from anomaly_gui.ui.pages.page import Page
from anomaly_gui.ui.pages.run_notice import (
    NO_RUN,
    SCORE_AGAIN,
    Advice,
    advice_for,
    advice_for_labels,
    unreadable_scores,
)
from anomaly_gui.ui.pages.tune_compare import TuneCompare
from anomaly_gui.ui.pages.tune_locked import TuneLocked
from anomaly_gui.ui.pages.tune_origin import TuneOrigin
from anomaly_gui.ui.pages.tune_part import TunePart
from anomaly_gui.ui.pages.tune_pixels import TunePixels
from anomaly_gui.ui.pages.tune_state import TuneState
from anomaly_gui.ui.pages.tune_tools import TuneTools
from anomaly_gui.ui.pages.tune_view import TuneView
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.flip_strip import TILE_PX
from anomaly_gui.ui.widgets.notice import Notice
from anomaly_gui.ui.widgets.segmented import SegmentedButtons
from anomaly_gui.ui.widgets.thumbnails import Thumbnails

_LOG_COUNTS = "tune.log_counts"
_STEPS = ("threshold-lower", "threshold-higher", "threshold-down", "threshold-up")
_THUMBNAIL_BYTES = 8 << 20
_PART = "tune.part"
_THRESHOLD_PART = "threshold"
_PARTS: tuple[type[TunePart], ...] = (TunePixels, TuneLocked, TuneCompare)
"""What the page shows beside the threshold, in the order of the buttons."""


class TunePage(Page):
    """Connects the views of the threshold with the project: a move is live, its end is saved."""

    name = "tune"
    title = "Tune"
    menu_title = "T&une"
    icon = "mdi6.tune-vertical"

    part_made = Signal()
    """The page has widgets that it did not have before."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._state: TuneState | None = None
        self._run: int | None = None
        self._run_to_score: int | None = None
        self._stale = True
        self.burst = Burst(self)
        self._thumbnails = Thumbnails(TILE_PX, _THUMBNAIL_BYTES, parent=self, threads=1)
        self.notice = Notice(self)
        self.view = TuneView(self)
        self._tools = TuneTools(self, self)
        self._kinds = {kind.name: kind for kind in _PARTS}
        self.parts: dict[str, TunePart] = {}
        """Those that were looked at since the window opened: plots take long to make."""
        choices = [(_THRESHOLD_PART, "Threshold"), *((kind.name, kind.title) for kind in _PARTS)]
        self.choice = SegmentedButtons(choices, self, name="What to tune")
        self._shown = QStackedWidget(self)
        self._stack = QStackedLayout(self)
        self._place_parts()
        self.origin = TuneOrigin(session, (self.view.basis, self.view.control.number, self.view.figures), self)
        self._connect()

    def _place_parts(self) -> None:
        for kind in _PARTS:
            self.choice.set_tip(kind.name, kind.tip)
        self._shown.addWidget(self.view)
        body = QWidget(self)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.choice)
        layout.addWidget(self._shown, 1)
        self._body = body
        self._stack.addWidget(self.notice)
        self._stack.addWidget(body)

    def _connect(self) -> None:
        session = self.session
        for signal in (session.images_changed, session.runs_changed, session.current_run_changed):
            signal.connect(self._take_change)
        session.region_changed.connect(self._take_change)
        session.project_opened.connect(self._take_project)
        session.project_closed.connect(self._take_project)
        session.threshold_changed.connect(self._take_threshold)
        self.view.threshold_dragged.connect(self._move)
        self.view.threshold_chosen.connect(self.choose)
        self.view.threshold_nudged.connect(self._nudge)
        session.settling.connect(self.burst.settle)
        self.view.step_wanted.connect(self._step)
        self.view.percent_wanted.connect(self._step_by_percent)
        self.view.rule_chosen.connect(self._choose_rule)
        self.view.part_wanted.connect(self.show_part)
        self.notice.page_chosen.connect(self._leave)
        self.choice.chosen.connect(self.show_part)
        session.project_closing.connect(self._thumbnails.stop)
        session.tune_part_wanted.connect(self.show_part)
        self._thumbnails.ready.connect(self.view.flips.take_thumbnail)
        self.view.flips.set_source(self._name_of, self._thumbnail_of)
        self.view.flips.image_chosen.connect(self._look_at)

    @property
    def state(self) -> TuneState | None:
        """What is shown; None where there is nothing to tune."""
        return self._state

    @property
    def run_id(self) -> int | None:
        return self._run

    def _name_of(self, image_id: int) -> str:
        return PurePath(self.session.images[image_id].path).name

    def _thumbnail_of(self, image_id: int) -> QPixmap | None:
        image = self.session.images.get(image_id)
        return None if image is None else self._thumbnails.picture(image)

    @Slot(int)
    def _look_at(self, image_id: int) -> None:
        """Show one image in three panes."""
        state, run = self._state, self._run
        if state is None or run is None:
            return
        open_image(self.session, run, image_id, state.sentence_of(image_id), state.value, self)

    def add_actions(self, actions: Actions) -> None:
        for name, text, keys, slot in (
            ("threshold-lower", "Threshold to the next lower score", ["["], self._step_lower),
            ("threshold-higher", "Threshold to the next higher score", ["]"], self._step_higher),
            ("threshold-down", "Threshold down by 1 % of the range", ["Shift+[", "{"], self._percent_lower),
            ("threshold-up", "Threshold up by 1 % of the range", ["Shift+]", "}"], self._percent_higher),
            ("leave-part", "Back to the threshold", ["Esc"], self._leave_part),
            ("log-counts", "Log counts in the histogram", ["L"], self.view.log_counts.toggle),
            ("show-overlap", "Look closer at where good and defective scores overlap", ["O"], self.view.overlap.click),
            ("show-all-scores", "Show the whole histogram", ["F"], self.view.histogram.show_all),
        ):
            action = actions.add(name, text, keys, slot, self.name)
            # Held down, it goes on; all of it is one step to undo.
            action.setAutoRepeat(name in _STEPS)
        self._tools.add_actions(actions)

    @Slot(str)
    def show_part(self, name: str) -> None:
        """The threshold's view, or one of _PARTS."""
        self.choice.set_current(name)
        if name in self._kinds and name not in self.parts:
            self._make_part(name)
        self._shown.setCurrentWidget(self.parts.get(name, self.view))
        self._refresh_part()

    def _make_part(self, name: str) -> None:
        part = self.parts[name] = self._kinds[name](self.session, self)
        self._shown.addWidget(part)
        if self.session.is_open:
            part.restore_place()
        self.part_made.emit()

    def _leave_part(self) -> None:
        self.show_part(_THRESHOLD_PART)
        self.take_focus()

    def _refresh_part(self) -> None:
        """What is shown beside the threshold is drawn when it is looked at."""
        part = self._shown.currentWidget()
        if isinstance(part, TunePart) and self._state is not None and self._run is not None:
            part.refresh(self._run)

    def activate(self) -> None:
        self._refresh_if_stale()

    def deactivate(self) -> None:
        self.burst.settle()

    def home(self) -> QWidget:
        return self.view.control.slider if self._stack.currentWidget() is self._body else self.notice.button

    def save_place(self) -> None:
        self.session.project.remember(_LOG_COUNTS, self.view.log_counts.isChecked())
        self.session.project.remember(_PART, self.choice.current)
        self._tools.save_place()
        for part in self.parts.values():
            part.save_place()

    def restore_place(self) -> None:
        self.view.log_counts.setChecked(bool(self.session.project.place(_LOG_COUNTS, False)))
        self._tools.restore_place()
        for part in self.parts.values():
            part.restore_place()
        self.show_part(str(self.session.project.place(_PART, _THRESHOLD_PART)))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh_if_stale()

    @Slot(str)
    def _leave(self, page: str) -> None:
        """Do what the notice's button says."""
        if page == SCORE_AGAIN and self._run_to_score is not None:
            self.session.score_again(self._run_to_score)
        else:
            self.session.page_wanted.emit(page)

    # Hearing of changes

    @Slot()
    def _take_project(self) -> None:
        self._state, self._run = None, None
        self._take_change()

    @Slot()
    def _take_change(self) -> None:
        self._stale = True
        if self.isVisible():
            self._refresh_if_stale()

    @Slot(int)
    def _take_threshold(self, run_id: int) -> None:
        if run_id == self._run and self._state is not None and not self._stale:
            self._state.take_saved(self.session.threshold(run_id))
            self.view.show_saved(self._state)
            self._refresh_part()
        else:
            self._take_change()

    def _refresh_if_stale(self) -> None:
        if self._stale:
            self._stale = False
            advice = self._refresh()
            if advice is not None:
                self._state = None
                self.notice.say(advice.title, advice.sentence, advice.button, advice.page)
            self._stack.setCurrentWidget(self._body if advice is None else self.notice)
            self._refresh_part()

    def _refresh(self) -> Advice | None:
        """Read scores and labels anew; what to say if there are none."""
        session = self.session
        run_id = session.current_run if session.is_open else None
        if run_id is None:
            return NO_RUN
        advice = advice_for(session.runs.get(run_id), session.is_scored(run_id))
        if advice is not None:
            return advice
        try:
            scored = scored_images(session.project, run_id)
            caution = outdated_region(session.project, run_id)
        except InputError as error:
            self._run_to_score = run_id
            return unreadable_scores(error)
        advice = advice_for_labels(scored)
        if advice is not None:
            return advice
        state = TuneState(scored, session.threshold(run_id), caution)
        same_run = self._state is not None and self._run == run_id
        if self._state is not None and same_run:
            state.keep_comparison(self._state)
        self._state, self._run = state, run_id
        self.view.set_state(state, same_run=same_run)
        self._tools.refresh()
        return None

    # Moving the threshold

    @Slot(float)
    def _move(self, value: float) -> None:
        if self._state is not None:
            self._state.move_to(value)
            self.view.show_threshold(self._state)

    @Slot(float)
    def choose(self, value: float) -> None:
        """Save the end of a move as one step that can be undone."""
        self.save(lambda project, run: project.set_threshold(run, by_hand(value, project.threshold(run))))

    @Slot(object)
    def _choose_rule(self, rule: Rule) -> None:
        state = self._state
        if state is not None:
            self.save(lambda project, run: project.set_threshold(run, state.by_rule(rule), state.title_of(rule)))

    def save(self, operation: Callable[[Project, int], Changed]) -> None:
        """Carry out an operation on the run, and show what is saved then."""
        state, run = self._state, self._run
        if state is None or run is None:
            return
        self.session.apply(lambda project: operation(project, run))
        # Refused, or nothing new: all views go back to what is saved.
        state.take_saved(self.session.threshold(run))
        self.view.show_saved(state)

    @Slot(float)
    def _nudge(self, value: float) -> None:
        """Show a step at once; those that follow one another are saved as one."""
        self._move(value)
        self.burst.put_off("threshold", partial(self.choose, value))

    @Slot(int)
    def _step(self, direction: int) -> None:
        part = self._shown.currentWidget()
        if isinstance(part, TunePart) and part.step(direction):
            return
        if self._state is not None:
            self._nudge(self._state.stepped(direction))

    @Slot(int)
    def _step_by_percent(self, direction: int) -> None:
        part = self._shown.currentWidget()
        if isinstance(part, TunePart) and part.step_by_percent(direction):
            return
        if self._state is not None:
            self._nudge(self._state.stepped_by_percent(direction))

    def _step_lower(self) -> None:
        self._step(-1)

    def _step_higher(self) -> None:
        self._step(1)

    def _percent_lower(self) -> None:
        self._step_by_percent(-1)

    def _percent_higher(self) -> None:
        self._step_by_percent(1)

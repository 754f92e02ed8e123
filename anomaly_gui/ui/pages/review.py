"""Review: the defects that the inspection would miss, one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.project.records import Image, Label, Threshold, Verdict
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.models.missed_images import MissRow
from anomaly_gui.ui.pages.blind_review import BlindReview
from anomaly_gui.ui.pages.page import Page
from anomaly_gui.ui.pages.review_keys import add_review_actions
from anomaly_gui.ui.pages.review_state import (
    ReviewState,
    distance_text,
    empty_advice,
    find_misses,
    judgement,
    score_sentence,
    verdict_text,
    why_not_here,
)
from anomaly_gui.ui.pages.review_view import ReviewView
from anomaly_gui.ui.pages.reviewed_run import JudgedScores, RunLook, judged_scores, look_at
from anomaly_gui.ui.pages.run_notice import NO_RUN, Advice, advice_for, advice_for_labels
from anomaly_gui.ui.pages.why_missed import WhyMissed
from anomaly_gui.ui.pages.why_missed_state import kept_reason
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.held_key import HeldKey
from anomaly_gui.ui.widgets.notice import Notice
from anomaly_gui.ui.widgets.picture_loader import PictureLoader
from anomaly_gui.ui.widgets.picture_set import PictureSet
from anomaly_gui.ui.widgets.triptych import ViewState

_PLACE = "review"
_AHEAD = 2
"""Images fetched before they are asked for."""


class ReviewPage(Page):
    """Every verdict is saved at once; the queue and the figures follow from what the session says."""

    name = "review"
    title = "Review"
    menu_title = "&Review"
    icon = "mdi6.eye-check-outline"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._state = ReviewState()
        self._look: RunLook | None = None
        self._scores: JudgedScores | None = None
        self._stale = True
        self._commenting = False
        self._loader = PictureLoader(self)
        self.blink, self.hide_all = HeldKey(self), HeldKey(self)
        self.notice = Notice(self)
        self.view = ReviewView(self)
        self.why = WhyMissed(session, self.view.why, self)
        self.blind = BlindReview(session, self)  # Blind re-review: a part of its own.
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.notice)
        self._stack.addWidget(self.view)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._connect_session()
        self._connect_view()

    def _connect_session(self) -> None:
        session = self.session
        session.runs_changed.connect(self._take_change)
        session.images_changed.connect(self._take_images)
        session.current_run_changed.connect(self._take_run)
        session.threshold_changed.connect(self._take_threshold)
        session.project_opened.connect(self._take_project)
        session.project_closed.connect(self._take_project)

    def _connect_view(self) -> None:
        view = self.view
        self.why.judged.connect(lambda image_id: self._state.note_verdict(image_id))
        self.blink.held.connect(view.triptych.set_blinking)
        self.hide_all.held.connect(view.triptych.set_all_hidden)
        self.notice.page_chosen.connect(self.session.page_wanted)
        self.blind.image_wanted.connect(self._show_anew)
        view.judge_blind.clicked.connect(self.blind.ask)
        self._loader.loaded.connect(self._take_pictures)
        view.list.image_chosen.connect(self._go_to)
        view.orders.currentIndexChanged.connect(self._change_order)
        view.verdicts.good_chosen.connect(self.judge_good)
        view.verdicts.defective_chosen.connect(self.judge_defective)
        view.verdicts.unsure_chosen.connect(self.judge_unsure)
        view.verdicts.confirmed.connect(self.confirm)
        view.verdicts.type_chosen.connect(self._judge_as_type)
        view.verdicts.comment_committed.connect(self._save_comment)
        view.verdicts.comment_left.connect(self._take_focus)

    def add_actions(self, actions: Actions) -> None:
        add_review_actions(actions, self)
        self.blind.add_actions(actions, self.name)

    def activate(self) -> None:
        if not self._state.misses:
            # What was judged last has left an empty queue: now the page may say so.
            self._state.current = None
            self._stale = True
        self._refresh_if_stale()

    def home(self) -> QWidget:
        return self if self._stack.currentWidget() is self.view else self.notice.button

    def deactivate(self) -> None:
        self._let_go()

    def shut_down(self) -> None:
        self.why.stop()

    def save_place(self) -> None:
        place = {
            "image": self._state.current,
            "order": self._state.order,
            "go_on": self.view.go_on.isChecked(),
            "view": asdict(self.view.triptych.state),
        }
        self.session.project.remember(_PLACE, place)

    def restore_place(self) -> None:
        place = self.session.project.place(_PLACE) or {}
        self._state = ReviewState(place.get("order", ""))
        self._state.current = place.get("image")
        self.view.set_order(self._state.order)
        self.view.go_on.setChecked(bool(place.get("go_on", True)))
        self.view.triptych.set_state(ViewState(**place.get("view", {})))
        self._take_change()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh_if_stale()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._let_go()

    def _let_go(self) -> None:
        """A key that is held when the page is left comes up somewhere else."""
        self.blink.release()
        self.hide_all.release()

    # Hearing of changes

    @Slot()
    def _take_project(self) -> None:
        self._state = ReviewState(self._state.order)
        self._take_run()

    @Slot()
    def _take_run(self) -> None:
        self._look = None
        self._loader.forget()
        self._take_change()

    @Slot(int)
    def _take_threshold(self, run_id: int) -> None:
        if run_id == self.session.current_run:
            self._take_change()

    @Slot(object)
    def _take_images(self, changed: frozenset[int]) -> None:
        # An undo from elsewhere leads back to the image that it was about.
        scores = self._scores
        if not self._commenting and self.isVisible() and scores is not None and len(changed) == 1:
            (image_id,) = changed
            if scores.score_of(image_id) is not None:
                self._state.go_to(image_id)
        self._take_change()

    @Slot()
    def _take_change(self) -> None:
        self._stale = True
        if self.isVisible():
            self._refresh_if_stale()

    def _refresh_if_stale(self) -> None:
        if self._stale:
            self._stale = False
            advice = self._refresh()
            if advice is not None:
                self.notice.say(advice.title, advice.sentence, advice.button, advice.page)
                self._let_go()
            self._stack.setCurrentWidget(self.view if advice is None else self.notice)

    def _refresh(self) -> Advice | None:
        """Read scores and labels anew; what to say if there is nothing to review."""
        session = self.session
        run_id = session.current_run if session.is_open else None
        if run_id is None:
            return NO_RUN
        advice = advice_for(session.runs.get(run_id), session.is_scored(run_id))
        if advice is not None:
            return advice
        try:
            if self._look is None or self._look.run_id != run_id:
                self._look = look_at(session.project, run_id)
            self._scores = judged_scores(session.project, run_id)
        except InputError as error:
            return Advice("The scores cannot be read", str(error), "Go to Train", "train")
        threshold = session.threshold(run_id)
        advice = advice_for_labels(self._scores.scored)
        if advice is not None or threshold is None:
            return advice or NO_RUN
        self._state.set_misses(find_misses(self._scores.scored, session.images, threshold.value))
        if self._state.current not in session.images:
            self._state.leave_current()
        if not self._state.misses and self._state.current is None:
            return empty_advice(self._scores.defect_count, threshold.value, self._scores.decimals)
        self._show_queue(self._look, self._scores, threshold)
        self._show_current()
        return None

    # Showing

    def _show_queue(self, look: RunLook, scores: JudgedScores, threshold: Threshold) -> None:
        view = self.view
        view.list.missed.set_rows(len(self._state.misses), partial(self._describe, scores, threshold.value))
        view.score_place.set_bins(scores.bins)
        view.score_place.set_threshold(threshold.value)
        view.triptych.set_scale(*look.scale)
        tau = self.session.project.pixel_threshold(look.run_id)
        level = threshold.value if look.scores_are_maxima else None
        view.triptych.set_threshold(level, tau.value if tau and look.maps_match else None)
        self.why.set_queue([miss.image for miss in self._state.misses])
        view.verdicts.set_types(self.session.project.defect_types())

    def _describe(self, scores: JudgedScores, threshold: float, row: int) -> MissRow:
        miss = self._state.misses[row]
        comment = f"\n“{miss.image.comment}”" if miss.image.comment else ""
        return MissRow(
            image_id=miss.image.id,
            name=miss.name,
            detail=f"{miss.defect_type} · {distance_text(miss.score, threshold, scores.decimals)}",
            verdict=miss.image.verdict.kind if miss.image.verdict else "",
            tip=f"{miss.image.path}\n{verdict_text(miss.image.verdict)}{comment}",
        )

    def _show_current(self) -> None:
        """Words at once; the pictures as soon as they are read."""
        self.view.position.set_text(self._state.position_sentence)
        self.view.list.set_row(self._state.place)
        image = self._current_image
        if image is None or self._look is None:
            self.view.triptych.set_empty()
            return
        self._show_words(image)
        self.why.show_image(image, self._scores.decimals if self._scores is not None else 2)
        pictures = self._loader.show(self._look.request(image))
        if pictures is None:
            self.view.triptych.expect()
        else:
            self._take_pictures(pictures)

    def _show_words(self, image: Image) -> None:
        scores, threshold = self._scores, self._threshold
        if scores is None or threshold is None:
            return
        score = scores.score_of(image.id)
        self.view.show_image(
            image,
            score_sentence(score, threshold, scores.decimals),
            verdict_text(image.verdict),
            why_not_here(image, score, threshold),
        )
        self.view.score_place.set_score(score)

    @Slot(object)
    def _take_pictures(self, pictures: PictureSet) -> None:
        if pictures.request.image_id != self._state.current:
            return
        if pictures is not self.view.triptych.pictures:
            self.view.triptych.set_pictures(pictures)
        self.why.take_pictures(pictures)
        for image_id in self._state.upcoming(_AHEAD):
            if self._look is not None:
                self._loader.fetch_ahead(self._look.request(self.session.images[image_id]))

    @property
    def _current_image(self) -> Image | None:
        current = self._state.current
        return self.session.images.get(current) if self.session.is_open and current is not None else None

    @property
    def _threshold(self) -> float | None:
        run_id = self.session.current_run
        threshold = self.session.threshold(run_id) if run_id is not None else None
        return threshold.value if threshold else None

    # Moving

    @Slot(int)
    def _go_to(self, image_id: int) -> None:
        self._state.go_to(image_id)
        self._show_current()

    @Slot(int)
    def _show_anew(self, image_id: int) -> None:
        """An image that a blind review found, though no defect may be missed."""
        self._state.go_to(image_id)
        self._take_change()

    @Slot()
    def _change_order(self) -> None:
        self._state.set_order(str(self.view.orders.currentData()))
        self._take_change()

    def show_next(self) -> None:
        self._go(self._state.go(1), self.why.at_end("This is the last missed defect"))

    def show_previous(self) -> None:
        self._go(self._state.go(-1), "This is the first missed defect")

    def show_next_unreviewed(self) -> None:
        self._go(self._state.go_unreviewed(1), "Every missed defect is reviewed")

    def show_previous_unreviewed(self) -> None:
        self._go(self._state.go_unreviewed(-1), "Every missed defect is reviewed")

    def show_last_judged(self) -> None:
        self._go(self._state.go_back(), "There is no earlier verdict to go back to")

    def _go(self, went: bool, otherwise: str) -> None:
        if went:
            self._show_current()
        else:
            self.session.said.emit(otherwise)

    # Judging

    def confirm(self) -> None:
        """The miss is real; go on."""
        image = self._current_image
        if image is None:
            return
        if image.verdict is None:
            self._judge(Verdict("confirmed"), None)
        self._go(self._state.go(1), self.why.at_end("This is the last missed defect"))

    def judge_good(self) -> None:
        self._judge_as(Label("good"))

    def judge_defective(self) -> None:
        self._judge_as(Label("defect"))

    def judge_unsure(self) -> None:
        self._judge(Verdict("unsure"), None)
        self._go_on()

    def judge_type(self, digit: int) -> Callable[[], None]:
        """What the key of a digit does."""

        def judge() -> None:
            name = self.view.verdicts.type_of_key(digit)
            if name is None:
                self.session.said.emit(f"There is no defect type with key {digit}")
            else:
                self._judge_as_type(name)

        return judge

    @Slot(str)
    def _judge_as_type(self, name: str) -> None:
        self._judge_as(Label("defect", name))

    def _judge_as(self, label: Label) -> None:
        image = self._current_image
        if image is not None and self._judge(*judgement(image, label)):
            self._go_on()

    def _judge(self, verdict: Verdict, label: Label | None) -> bool:
        """Save verdict and label as one step; False if that was refused."""
        image, run_id = self._current_image, self.session.current_run
        if image is None or run_id is None:
            return False
        verdict = kept_reason(image, verdict)
        if self.session.apply(lambda project: project.review(image.id, run_id, verdict, label)) is None:
            return False
        self._state.note_verdict(image.id)
        return True

    def _go_on(self) -> None:
        if self.view.go_on.isChecked() and self._state.go(1):
            self._show_current()

    def write_comment(self) -> None:
        self.view.verdicts.comment.setFocus()

    @Slot()
    def _take_focus(self) -> None:
        """Letters are keys again."""
        self.setFocus()

    @Slot(int, str)
    def _save_comment(self, image_id: int, text: str) -> None:
        if self.session.is_open:
            # It may be saved because another image is shown by now: that one stays.
            self._commenting = True
            self.session.apply(lambda project: project.set_comment(image_id, text))
            self._commenting = False

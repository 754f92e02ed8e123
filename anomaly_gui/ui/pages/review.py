"""Review: the images that deserve a second look, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.project.records import Image, Threshold
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.models.queued_images import QueueRow
from anomaly_gui.ui.pages import review_words as words
from anomaly_gui.ui.pages.blind_review import BlindReview
from anomaly_gui.ui.pages.page import Page
from anomaly_gui.ui.pages.review_catching import Catching
from anomaly_gui.ui.pages.review_doubts import Doubts
from anomaly_gui.ui.pages.review_judging import Judging
from anomaly_gui.ui.pages.review_keys import add_review_actions
from anomaly_gui.ui.pages.review_queues import MISSED, SUSPICIOUS, Basis, kind_of
from anomaly_gui.ui.pages.review_retraining import Retraining
from anomaly_gui.ui.pages.review_state import FrozenQueue, ReviewState
from anomaly_gui.ui.pages.review_training import TrainingScores
from anomaly_gui.ui.pages.review_view import ReviewView
from anomaly_gui.ui.pages.review_walking import Walking
from anomaly_gui.ui.pages.reviewed_run import JudgedScores, RunLook, RunScores, look_at, run_scores
from anomaly_gui.ui.pages.run_notice import NO_RUN, Advice, advice_for, advice_for_labels
from anomaly_gui.ui.pages.saved_filter import saved_filter
from anomaly_gui.ui.pages.why_missed import WhyMissed
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.held_key import HeldKey
from anomaly_gui.ui.widgets.notice import Notice
from anomaly_gui.ui.widgets.picture_loader import PictureLoader
from anomaly_gui.ui.widgets.picture_set import PictureSet
from anomaly_gui.ui.widgets.triptych import ViewState

_PLACE = "review"
_AHEAD = 2
_PAINTED_MS = 20
"""Reading ahead begins when the image is painted: until then the processor is needed for it."""
"""Images fetched before they are asked for."""


class ReviewPage(Page):
    """Shows one queue. Verdicts, the threshold and the next training are its parts' business."""

    name = "review"
    title = "Review"
    menu_title = "&Review"
    icon = "mdi6.eye-check-outline"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.state = ReviewState()
        self.scores: JudgedScores | None = None
        self._run: RunScores | None = None
        self._look: RunLook | None = None
        self._rows: Sequence[int] = ()
        self._stale = True
        self._loader = PictureLoader(self)
        self._after_painting = QTimer(self, singleShot=True, interval=_PAINTED_MS)
        self._after_painting.timeout.connect(self._fetch_ahead)
        self.blink, self.hide_all = HeldKey(self), HeldKey(self)
        self.notice = Notice(self)
        self.view = ReviewView(self)
        self.why = WhyMissed(session, self.view.why, self)
        self.walking = Walking(self, self)
        self.judging = Judging(self, self)
        self.catching = Catching(self, self)
        self.retraining = Retraining(session, self.view, self)
        self.doubts = Doubts(session, self)
        self.training = TrainingScores(session, self.view, self)
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
        self.why.judged.connect(self.judging.note)
        self.catching.moves.moved.connect(self._take_change)
        self.doubts.found.connect(self._take_doubts)
        self.training.scored.connect(self._take_doubts)
        self.blink.held.connect(view.triptych.set_blinking)
        self.hide_all.held.connect(view.triptych.set_all_hidden)
        self.notice.page_chosen.connect(self.session.page_wanted)
        view.empty.page_chosen.connect(self.session.page_wanted)
        self.blind.image_wanted.connect(self.walking.go_to)
        view.judge_blind.clicked.connect(self.blind.ask)
        view.triptych.bar.edit_mask.setVisible(True)
        view.triptych.bar.edit_mask_wanted.connect(self.draw_mask)
        self._loader.begun.connect(self._take_original)
        self._loader.loaded.connect(self._take_pictures)
        view.chooser.queue_chosen.connect(self.choose_queue)
        view.chooser.order_chosen.connect(self._choose_order)
        view.chooser.anew_wanted.connect(self.start_anew)
        view.verdicts.comment_left.connect(self.setFocus)  # Letters are keys again.

    def add_actions(self, actions: Actions) -> None:
        add_review_actions(actions, self)
        self.blind.add_actions(actions, self.name)

    def activate(self) -> None:
        queue = self.queue
        # Not begun, or done with: now the present labels and threshold say what there is to review.
        if queue is not None and not (queue.touched and self.walking.count_left(queue)):
            self.state.drop(self.session.current_run)
        self._stale = True
        self._refresh_if_stale()

    def home(self) -> QWidget:
        return self if self._stack.currentWidget() is self.view else self.notice.button

    def deactivate(self) -> None:
        self._let_go()
        self.save_place()

    def shut_down(self) -> None:
        self.why.stop()
        self.catching.stop()
        self.doubts.stop()

    def save_place(self) -> None:
        place = {
            **self.state.remembered(),
            "go_on": self.view.go_on.isChecked(),
            "view": asdict(self.view.triptych.state),
        }
        self.session.project.remember(_PLACE, place)

    def restore_place(self) -> None:
        place: dict[str, Any] = self.session.project.place(_PLACE) or {}
        self.state = ReviewState.recalled(place, self.session.images)
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
        self.catching.moves.settle()

    # Hearing of changes

    @Slot()
    def _take_project(self) -> None:
        self.state = ReviewState()
        self._run = None
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
        queue, scores = self.queue, self.scores
        if not self.judging.is_commenting and self.isVisible() and len(changed) == 1 and queue and scores:
            (image_id,) = changed
            if image_id in queue or scores.score_of(image_id) is not None:
                queue.go_to(image_id)
        self._take_change()

    @Slot()
    def _take_doubts(self) -> None:
        queue = self.queue
        if self.state.name == SUSPICIOUS and queue is not None and not queue.touched:
            self.state.drop(self.session.current_run)
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
        """Read scores and labels anew; what to say if there is nothing to review at all."""
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
            self._run = run_scores(session.project, run_id, self._run)
        except InputError as error:
            return Advice("The scores cannot be read", str(error), "Go to Train", "train")
        self.scores = JudgedScores(self._run, session.images)
        threshold = self._threshold
        advice = advice_for_labels(self.scores.scored)
        if threshold is None:
            return advice or NO_RUN
        if self.state.name == SUSPICIOUS:
            self.doubts.want(self.scores, run_id)
        project, doubts = session.project, frozenset(self.doubts.of(run_id))
        basis = Basis(threshold, doubts, saved_filter(project), project.saved_filters())
        if advice is not None and not any(self.scores.table.counts(basis).values()):
            return advice
        self._show_all(self._look, self.scores, basis, run_id)
        return None

    # Showing

    def _show_all(self, look: RunLook, scores: JudgedScores, basis: Basis, run_id: int) -> None:
        view, threshold, name = self.view, basis.threshold, self.state.name
        live = scores.table.build(name, basis, self.state.order)
        queue = self.state.queue(run_id) or self.state.start(run_id, live, threshold.value)
        items = [(key, kind_of(key), count) for key, count in scores.table.counts(basis, name).items()]
        view.chooser.set_queues(
            [(key, words.queue_item(kind.title, count), kind.sentence) for key, kind, count in items], name
        )
        view.chooser.set_order(queue.order)
        fresh = sum(image_id not in queue for image_id in live)
        view.chooser.set_anew(words.anew_text(fresh), words.anew_tip(fresh))
        self.walking.left = self.walking.count_left(queue)
        self._show_rows(queue)
        view.score_place.set_bins(scores.bins)
        view.score_place.set_threshold(threshold.value)
        view.triptych.set_scale(*look.scale)
        tau = self.session.project.pixel_threshold(look.run_id)
        level = threshold.value if look.scores_are_maxima else None
        view.triptych.set_threshold(level, tau.value if tau and look.maps_match else None)
        self.why.set_queue([self.session.images[key] for key in queue.ids] if name == MISSED else [])
        view.verdicts.set_types(self.session.project.defect_types())
        view.verdicts.set_confirm(kind_of(name).confirm, kind_of(name).confirm_tip)
        self.retraining.refresh(run_id)
        self.training.refresh(run_id, scores.unscored_training() if name == SUSPICIOUS else 0)
        self.show_current()

    def _show_rows(self, queue: FrozenQueue) -> None:
        listed = self.view.list.queued
        if self._rows is queue.ids:
            listed.show_changes()
        else:
            self._rows = queue.ids
            listed.set_rows(len(queue.ids), self._describe)

    def _describe(self, row: int) -> QueueRow:
        image_id = self._rows[row]
        image, scores, threshold, queue = self.session.images[image_id], self.scores, self._threshold, self.queue
        assert scores is not None
        assert threshold is not None
        assert queue is not None
        score = scores.score_of(image_id)
        comment = f"\n“{image.comment}”" if image.comment else ""
        said = image.verdict.kind if image.verdict else ("skipped" if image_id in queue.skipped else "")
        return QueueRow(
            image_id=image_id,
            name=words.name_of(image),
            detail=words.row_detail(image, score, threshold.value, scores.decimals),
            verdict=said,
            tip=f"{printable(image.path)}\n{words.verdict_text(image)}{comment}",
            badge=words.badge(self.state.name, image, score, threshold),
        )

    def show_current(self) -> None:
        """Words at once; the pictures as soon as they are read."""
        queue, image, scores, threshold = self.queue, self.image, self.scores, self._threshold
        if queue is None or scores is None or threshold is None:
            return
        self.view.position.set_text(
            words.position_sentence(queue.place, len(queue.ids), self.walking.left, len(queue.skipped))
        )
        self.view.list.set_row(queue.place)
        if image is None or self._look is None:
            self._show_empty(scores, threshold)
            return
        self._after_painting.stop()
        # Reading goes on while the words are found.
        pictures = self._loader.show(self._look.request(image))
        self.view.stage.setCurrentWidget(self.view.viewer)
        self._show_words(image, scores, threshold)
        self.why.show_image(image, scores.decimals)
        if pictures is None:
            self.view.triptych.expect()
        else:
            self._take_pictures(pictures)

    def _show_empty(self, scores: JudgedScores, threshold: Threshold) -> None:
        advice = words.why_empty(self.state.name, threshold.value, scores.decimals, scores.defect_count)
        self.view.empty.say(advice.title, advice.sentence, advice.button, advice.page)
        self.view.stage.setCurrentWidget(self.view.empty)
        self.view.triptych.set_empty()
        self.why.show_image(None, scores.decimals)
        self.catching.show_image(None, None)

    def _show_words(self, image: Image, scores: JudgedScores, threshold: Threshold) -> None:
        score = scores.score_of(image.id)
        badge = words.badge(self.state.name, image, score, threshold)
        self.view.show_image(
            image,
            words.score_sentence(score, threshold.value, scores.decimals),
            words.verdict_text(image),
            badge or (self.doubts.sentence(image.id) if self.state.name == SUSPICIOUS else ""),
            self._look.origin_text(image) if self._look is not None else "",
        )
        self.view.score_place.set_score(score)
        self.catching.show_image(image, score)

    @Slot(object)
    def _take_original(self, pictures: PictureSet) -> None:
        """Of a large image: the other parts follow."""
        queue = self.queue
        if queue is not None and pictures.request.image_id == queue.current:
            self.view.triptych.set_pictures(pictures)

    @Slot(object)
    def _take_pictures(self, pictures: PictureSet) -> None:
        queue = self.queue
        if queue is None or pictures.request.image_id != queue.current:
            return
        if pictures is not self.view.triptych.pictures:
            self.view.triptych.set_pictures(pictures)
        self.why.take_pictures(pictures)
        self._after_painting.start()

    @Slot()
    def _fetch_ahead(self) -> None:
        if self.queue is None or self._look is None or not self.session.is_open:
            return
        for image_id in self.queue.upcoming(_AHEAD):
            if image_id in self.session.images:
                self._loader.fetch_ahead(self._look.request(self.session.images[image_id]))

    # What is shown

    @property
    def queue(self) -> FrozenQueue | None:
        return self.state.queue(self.session.current_run)

    @property
    def image(self) -> Image | None:
        """The one that is shown."""
        queue = self.queue
        return self.session.images.get(queue.current) if queue is not None and queue.current is not None else None

    @property
    def _threshold(self) -> Threshold | None:
        return self.catching.moves.threshold

    def is_open(self, image_id: int) -> bool:
        """Whether an image of the queue still waits for a verdict."""
        queue, image, threshold = self.queue, self.session.images[image_id], self._threshold
        if image.verdict is not None or queue is None or image_id in queue.skipped or threshold is None:
            return False
        score = self.scores.score_of(image_id) if self.scores is not None else None
        return not words.badge(self.state.name, image, score, threshold)

    # Queues

    @Slot(str)
    def choose_queue(self, name: str) -> None:
        self.state.choose(name)
        self._take_change()

    @Slot(str)
    def _choose_order(self, order: str) -> None:
        queue, scores, threshold = self.queue, self.scores, self._threshold
        self.state.set_order(order)
        if queue is not None and scores is not None and threshold is not None:
            queue.arrange(scores.table.arrange(queue.ids, threshold.value, order), order)
            if not queue.touched and queue.ids:
                queue.go_to(queue.ids[0])
        self._take_change()

    @Slot()
    def draw_mask(self) -> None:
        queue, image = self.queue, self.image
        if queue is not None and image is not None:
            self.session.mask_wanted.emit(list(queue.ids), image.id)

    @Slot()
    def start_anew(self) -> None:
        """Build the queue by the present threshold and labels."""
        self.state.drop(self.session.current_run)
        self._take_change()

    def go_on(self) -> None:
        """To the next image, or say that there is none."""
        self.walking.go_on()

    def skip(self) -> None:
        """Pass over the image for now."""
        self.walking.skip()

    def confirm(self) -> None:
        """Pay the price that is shown, or confirm what is said of the image."""
        if self.catching.shows_price:
            self.catching.accept()
        else:
            self.judging.confirm()

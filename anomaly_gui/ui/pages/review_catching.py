"""The threshold from the Review page: its price for the image shown, steps, and the way back."""

from __future__ import annotations

import math
from typing import Protocol

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QPixmap

from anomaly_gui.project.records import Image
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.pages.image_look import open_image
from anomaly_gui.ui.pages.review_judging import Reviewed
from anomaly_gui.ui.pages.review_moves import ThresholdMoves
from anomaly_gui.ui.pages.review_price import Price, price_of
from anomaly_gui.ui.pages.review_words import distance_text
from anomaly_gui.ui.pages.reviewed_run import JudgedScores
from anomaly_gui.ui.widgets.flip_strip import TILE_PX
from anomaly_gui.ui.widgets.thumbnails import Thumbnails
from anomaly_gui.ui.wording import score_text

_THUMBNAIL_BYTES = 8 << 20


class Scored(Reviewed, Protocol):
    """The page, with the scores of the run."""

    @property
    def scores(self) -> JudgedScores | None: ...


class Catching(QObject):
    """Made by the page, after its view."""

    def __init__(self, page: Scored, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._price: Price | None = None
        self._leave: QAction | None = None
        self.moves = ThresholdMoves(page.session, self)
        self._thumbnails = Thumbnails(TILE_PX, _THUMBNAIL_BYTES, parent=self)
        view = page.view
        view.catch.strip.set_source(self._name_of, self._thumbnail_of)
        view.catch.strip.set_empty_text("No other decision changes.")
        view.catch.strip.image_chosen.connect(self._look_at)
        self._thumbnails.ready.connect(view.catch.strip.take_thumbnail)
        view.catch_this.clicked.connect(self.catch)
        view.threshold_back.clicked.connect(self.go_back)
        view.lower_threshold.clicked.connect(self.step_lower)
        view.higher_threshold.clicked.connect(self.step_higher)
        view.catch.accepted.connect(self.accept)
        view.catch.declined.connect(self.decline)

    def add_actions(self, actions: Actions, page: str) -> None:
        for name, text, keys, slot in (
            ("catch", "Catch this one: what it would cost; again: do it", ["T"], self.catch),
            ("threshold-back", "Threshold back to where it was pinned, or was before", ["Shift+T"], self.go_back),
            ("leave-threshold", "Leave the threshold where it is", ["Esc"], self.decline),
            ("review-threshold-lower", "Threshold to the next lower score", ["["], self.step_lower),
            ("review-threshold-higher", "Threshold to the next higher score", ["]"], self.step_higher),
            ("review-threshold-down", "Threshold down by 1 % of the range", ["Shift+[", "{"], self.percent_lower),
            ("review-threshold-up", "Threshold up by 1 % of the range", ["Shift+]", "}"], self.percent_higher),
        ):
            # A threshold key that is held down goes on, and all of it is one step.
            actions.add(name, text, keys, slot, page).setAutoRepeat(name.startswith("review-threshold"))
        self._leave = actions.action("leave-threshold")
        self._leave.setEnabled(False)

    def stop(self) -> None:
        self._thumbnails.stop()

    # One image

    def show_image(self, image: Image | None, score: float | None) -> None:
        """What could be done about its decision; a price that was told of another image is gone."""
        self.decline()
        view, threshold = self._page.view, self.moves.threshold
        text, tip = "", "No threshold decides this image: it has no finite score"
        if image is not None and score is not None and threshold is not None and math.isfinite(score):
            text, tip = _catch_words(image, score < threshold.value)
        view.set_catch(text, tip)
        former = self.moves.former(self._started_at)
        view.threshold_back.setEnabled(former is not None)
        decimals = self._page.scores.decimals if self._page.scores is not None else 2
        where = f" ({score_text(former[0], decimals)}, {former[1]})" if former is not None else ""
        view.threshold_back.setToolTip(f"Threshold back to where it was{where}")

    @Slot()
    def catch(self) -> None:
        """Tell the price; the second time, pay it."""
        if self._price is not None:
            self.accept()
            return
        image, scores, threshold = self._page.image, self._page.scores, self.moves.threshold
        if image is None or scores is None or threshold is None:
            return
        score = scores.score_of(image.id)
        if score is None or not self._page.view.catch_this.isEnabled():
            self._page.session.said.emit(self._why_not(image, score, threshold.value, scores.decimals))
            return
        self._price = price_of(scores.scored, score, threshold, scores.decimals)
        if self._price is not None:
            self._show(self._price)

    def _show(self, price: Price) -> None:
        panel = self._page.view.catch
        panel.set_price(price.sentence, price.remark)
        panel.strip.set_flips(lambda: price.flips)
        self._page.view.show_price(True)
        self._let_leave(True)

    def _why_not(self, image: Image, score: float | None, threshold: float, decimals: int) -> str:
        if score is None or not math.isfinite(score):
            return "No threshold decides this image: it has no finite score"
        found = "It is caught already" if image.label.kind == "defect" else "It passes already"
        return f"{found}: {distance_text(score, threshold, decimals)} the threshold"

    @property
    def shows_price(self) -> bool:
        return self._price is not None

    @Slot()
    def accept(self) -> None:
        """Set the threshold whose price is shown."""
        price = self._price
        self.decline()
        if price is not None:
            self._touch()
            self.moves.save(price.value, price.sentence)

    @Slot()
    def decline(self) -> None:
        """Show the verdicts again; the threshold stays."""
        if self._price is not None:
            self._price = None
            self._page.view.show_price(False)
            self._let_leave(False)

    def _let_leave(self, possible: bool) -> None:
        """Else Escape is everybody's way back to the page."""
        if self._leave is not None:
            self._leave.setEnabled(possible)

    # Steps

    @Slot()
    def go_back(self) -> None:
        """To the pinned threshold, or to that of the start of the queue."""
        former, present = self.moves.former(self._started_at), self.moves.threshold
        if former is None or present is None or former[0] == present.value:
            self._page.session.said.emit("The threshold is where it was")
        else:
            self._touch()
            self.moves.save(former[0], f"Back to {former[1]}")

    @property
    def _started_at(self) -> float | None:
        queue = self._page.state.queue(self._page.session.current_run)
        return queue.threshold if queue is not None else None

    @Slot()
    def step_lower(self) -> None:
        self._step(-1)

    @Slot()
    def step_higher(self) -> None:
        self._step(1)

    def percent_lower(self) -> None:
        self._step_by_percent(-1)

    def percent_higher(self) -> None:
        self._step_by_percent(1)

    def _step(self, direction: int) -> None:
        scores = self._page.scores
        if scores is None:
            return
        self._touch()
        if not self.moves.step(direction, scores.scored.scores):
            self._page.session.said.emit("No further decision changes in this direction")

    def _step_by_percent(self, direction: int) -> None:
        scores = self._page.scores
        if scores is not None:
            self._touch()
            self.moves.step_by_percent(direction, scores.bins.high - scores.bins.low)

    def _touch(self) -> None:
        run_id = self._page.session.current_run
        if run_id is not None:
            self._page.state.touch(run_id)

    # Thumbnails

    def _name_of(self, image_id: int) -> str:
        return self._page.session.images[image_id].path

    def _thumbnail_of(self, image_id: int) -> QPixmap | None:
        image = self._page.session.images.get(image_id)
        return None if image is None else self._thumbnails.picture(image)

    @Slot(int)
    def _look_at(self, image_id: int) -> None:
        run_id, threshold, price = self._page.session.current_run, self.moves.threshold, self._price
        if run_id is None or threshold is None or price is None:
            return
        sentence = next((flip.sentence for flip in price.flips.first if flip.image_id == image_id), "")
        open_image(self._page.session, run_id, image_id, sentence, threshold.value, self._page.view)


def _catch_words(image: Image, below: bool) -> tuple[str, str]:
    """Text and tooltip of the button; an empty text where nothing is wrong with the decision."""
    if below and image.label.kind != "good":
        return "Catch this one", "What a threshold just below this score would cost, before it is set"
    if not below and image.label.kind != "defect":
        return "Let this one pass", "What a threshold just above this score would cost, before it is set"
    return "", "It is caught already" if image.label.kind == "defect" else "It passes already"

"""What the reviewer says of the image shown: each verdict is saved at once, as one step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Slot

from anomaly_gui.project.records import Image, Label, Verdict
from anomaly_gui.ui.pages.review_state import ReviewState
from anomaly_gui.ui.pages.review_view import ReviewView
from anomaly_gui.ui.pages.review_words import judgement
from anomaly_gui.ui.pages.why_missed_state import kept_reason
from anomaly_gui.ui.session import Session


class Reviewed(Protocol):
    """What the page's parts ask of it."""

    session: Session
    view: ReviewView

    @property
    def state(self) -> ReviewState: ...

    @property
    def image(self) -> Image | None:
        """The one that is shown."""

    def go_on(self) -> None:
        """To the next image, or say that there is none."""

    def skip(self) -> None:
        """Pass over the image for now."""


class Judging(QObject):
    """Made by the page, after its view."""

    def __init__(self, page: Reviewed, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self.is_commenting = False
        """A comment is being saved: the image that is shown by now stays."""
        verdicts = page.view.verdicts
        verdicts.good_chosen.connect(self.judge_good)
        verdicts.defective_chosen.connect(self.judge_defective)
        verdicts.unsure_chosen.connect(self.judge_unsure)
        verdicts.confirmed.connect(self.confirm)
        verdicts.skipped.connect(self.skip)
        verdicts.exclusion_wanted.connect(self.toggle_exclusion)
        verdicts.type_chosen.connect(self.judge_as_type)
        verdicts.comment_committed.connect(self.save_comment)

    @Slot()
    def confirm(self) -> None:
        """Everything is as it seems; go on. A verdict that there is stays, and an unlabelled image is skipped."""
        image = self._page.image
        if image is None:
            return
        if not image.label.is_decided:
            self.skip()
            return
        if image.verdict is None:
            self._judge(Verdict("confirmed"), None)
        self._page.go_on()

    @Slot()
    def judge_good(self) -> None:
        self._judge_as(Label("good"))

    @Slot()
    def judge_defective(self) -> None:
        self._judge_as(Label("defect"))

    @Slot()
    def judge_unsure(self) -> None:
        if self._judge(Verdict("unsure"), None):
            self._go_on_if_wanted()

    @Slot()
    def skip(self) -> None:
        """Nothing is said of the image, and nothing is saved."""
        image = self._page.image
        if image is not None and image.verdict is None:
            self._page.skip()
        elif image is not None:
            self._page.go_on()

    @Slot()
    def toggle_exclusion(self) -> None:
        """Leave the image out of figures and training, or put it back."""
        image = self._page.image
        if image is None:
            return
        excluded = not image.excluded
        done = self._page.session.apply(lambda project: project.set_excluded([image.id], excluded))
        if done is not None:
            self._page.state.note_verdict(image.id)
            if excluded:
                self._go_on_if_wanted()

    def type_judge(self, digit: int) -> Callable[[], None]:
        """What the key of a digit does."""
        return partial(self._judge_by_digit, digit)

    def _judge_by_digit(self, digit: int) -> None:
        name = self._page.view.verdicts.type_of_key(digit)
        if name is None:
            self._page.session.said.emit(f"There is no defect type with key {digit}")
        else:
            self.judge_as_type(name)

    @Slot(str)
    def judge_as_type(self, name: str) -> None:
        self._judge_as(Label("defect", name))

    def _judge_as(self, label: Label) -> None:
        image = self._page.image
        if image is not None and self._judge(*judgement(image, label)):
            self._go_on_if_wanted()

    def _judge(self, verdict: Verdict, label: Label | None) -> bool:
        """Save verdict and label as one step; False if that was refused."""
        image, run_id = self._page.image, self._page.session.current_run
        if image is None or run_id is None:
            return False
        verdict = kept_reason(image, verdict)
        self._page.state.touch(run_id)
        if self._page.session.apply(lambda project: project.review(image.id, run_id, verdict, label)) is None:
            return False
        self._page.state.note_verdict(image.id)
        return True

    def _go_on_if_wanted(self) -> None:
        if self._page.view.go_on.isChecked():
            self._page.go_on()

    def write_comment(self) -> None:
        self._page.view.verdicts.comment.setFocus()

    @Slot(int)
    def note(self, image_id: int) -> None:
        """Something was said of an image elsewhere on the page."""
        self._page.state.note_verdict(image_id)

    @Slot(int, str)
    def save_comment(self, image_id: int, text: str) -> None:
        session = self._page.session
        if session.is_open:
            # It may be saved because another image is shown by now: that one stays.
            self.is_commenting = True
            session.apply(lambda project: project.set_comment(image_id, text))
            self.is_commenting = False

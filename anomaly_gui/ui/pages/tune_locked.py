"""Beside the threshold: figures that rest on images which chose nothing."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.evaluate import scored_images
from anomaly_gui.jobs.locked_test import LockedTest, how_locked, locked_test, reveal
from anomaly_gui.progress import CancelToken
from anomaly_gui.project.locked_split import LockChoice, choose_locked
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.pages import tune_locked_state as words
from anomaly_gui.ui.pages.tune_locked_state import FoldedAnswer
from anomaly_gui.ui.pages.tune_locked_view import TuneLockedView
from anomaly_gui.ui.pages.tune_part import TunePart
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.message import Question
from anomaly_gui.ui.wording import counted


class TuneLocked(TunePart):
    """Nothing of the locked images is worked out before the engineer asks for it."""

    name = "locked"
    title = "Locked test"
    tip = "Images set aside, for figures that nothing was chosen on; and what the rule gives when it is cross-validated"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._run: int | None = None
        self._choice: LockChoice | None = None
        self._choosing = Background(self)
        """Of 100,000 images it takes a second to choose; so do the folds."""
        self._folding = Background(self)
        self.view = TuneLockedView(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.view.lock_wanted.connect(self._lock)
        self.view.unlock_wanted.connect(self._unlock)
        self.view.reveal_wanted.connect(self._ask_to_reveal)
        self._folding.answered.connect(self._take_folded)
        self._folding.failed.connect(self._take_failure)
        self._choosing.answered.connect(self._take_choice)
        self._choosing.failed.connect(self._take_no_choice)
        for background in (self._choosing, self._folding):
            session.project_closing.connect(background.stop)

    def refresh(self, run_id: int) -> None:
        self._run = run_id
        self._show_labels()
        self._show_reveals()
        self._ask_for_folds()

    # Setting aside

    def _locked(self) -> list[int]:
        return [image.id for image in self.session.images.values() if image.locked]

    def _show_labels(self) -> None:
        images, view = list(self.session.images.values()), self.view
        locked = self._locked()
        self._choice = None
        self._choosing.forget()
        if locked:
            rows = words.label_rows(images, {*locked})
            view.show_labels(rows, how_locked(self.session.project), locked=True)
            return
        self._show_unlocked(words.CHOOSING)
        self._choosing.ask(lambda _cancel: choose_locked(images))

    def _show_unlocked(self, why_not: str) -> None:
        images = list(self.session.images.values())
        self.view.show_labels(words.label_rows(images, set()), why_not, locked=False)
        self.view.show_lock("Lock 30 % of the labelled images", why_not)

    @Slot(object)
    def _take_choice(self, choice: LockChoice) -> None:
        images = list(self.session.images.values())
        self._choice = choice
        self.view.show_labels(words.label_rows(images, {*choice.ids}), choice.sentence, locked=False)
        self.view.show_lock(words.lock_text(choice, images), "")

    @Slot(object)
    def _take_no_choice(self, error: Exception) -> None:
        if isinstance(error, InputError):
            self._show_unlocked(words.refusal(error))
        else:
            self.session.failed.emit(error)

    @Slot()
    def _lock(self) -> None:
        choice = self._choice
        if choice is not None:
            self.session.apply(lambda project: project.set_locked(choice.ids, True, choice.sentence))

    @Slot()
    def _unlock(self) -> None:
        locked = self._locked()
        self.session.apply(lambda project: project.set_locked(locked, False))

    # Looking

    def _show_reveals(self) -> None:
        run, locked, view = self._run, len(self._locked()), self.view
        if run is None:
            return
        try:
            test = locked_test(self.session.project, run)
        except InputError as error:
            view.show_reveals(f"The scores cannot be read: {error}", (), can_reveal=False, why_not=str(error))
            view.show_figures(None, "")
            return
        if not locked and not test.reveals:
            none = "No image is locked yet: lock some first, on the left."
            view.show_reveals(none, (), can_reveal=False, why_not=none)
            view.show_figures(None, "")
            return
        self._show_test(test, locked)

    def _show_test(self, test: LockedTest, locked: int) -> None:
        last = test.reveals[-1] if test.reveals else None
        holds = last is not None and not last.changed_since
        nothing = "" if test.good + test.defective else "No locked image was scored by this run"
        why_not = nothing or ("These figures hold: nothing has changed since" if holds else "")
        rows = [words.reveal_cells(one) for one in reversed(test.reveals)]
        self.view.show_reveals(words.state_sentence(test, locked), rows, can_reveal=not why_not, why_not=why_not)
        if last is None:
            self.view.show_figures(None, "")
        else:
            self.view.show_figures(words.shown_figures(last), words.stale_text(last))

    @Slot()
    def _ask_to_reveal(self) -> None:
        headline = f"Look at the figures of the {counted(len(self._locked()), 'locked image')}?"
        question = Question(headline, words.QUESTION, "Reveal them", "Not yet", self)
        question.accepted.connect(self._reveal)
        question.open()

    @Slot()
    def _reveal(self) -> None:
        run = self._run
        if run is not None and self.session.apply(lambda project: reveal(project, run)) is not None:
            self._show_reveals()

    # Cross-validating

    def _ask_for_folds(self) -> None:
        run = self._run
        threshold = None if run is None else self.session.threshold(run)
        why_not = words.why_not_folded(threshold)
        if run is None or threshold is None or why_not:
            self._folding.forget()
            self.view.show_folded((), why_not)
            return
        project = self.session.project

        def work(cancel: CancelToken) -> FoldedAnswer:
            return words.folded_answer(scored_images(project, run), threshold, cancel)

        self.view.show_folded((), "Working it out …")
        self._folding.ask(work)

    @Slot(object)
    def _take_folded(self, answer: FoldedAnswer) -> None:
        self.view.show_folded(words.folded_rows(answer), words.folded_sentence(answer))

    @Slot(object)
    def _take_failure(self, error: Exception) -> None:
        if isinstance(error, InputError):
            self.view.show_folded((), words.refusal(error))
        else:
            self.view.show_folded((), "This cannot be worked out.")
            self.session.failed.emit(error)

"""Blind re-review, opened from Review: who judges what, the judging itself, and the report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFileDialog, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.agreement import Answer
from anomaly_gui.jobs.blind_report import blind_report, write_report
from anomaly_gui.jobs.blind_study import BlindResult, blind_result, candidates, start_study
from anomaly_gui.progress import CancelToken
from anomaly_gui.project.blind_sample import Candidate
from anomaly_gui.project.records import BlindStudy, Image, Judgement, Label
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.pages.blind_state import (
    HARD_SHARES,
    BlindStart,
    JudgingState,
    end_sentences,
    next_trial,
    remembered,
    standing,
    study_title,
)
from anomaly_gui.ui.pages.reviewed_run import RunLook, look_at
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.theme import settings
from anomaly_gui.ui.widgets.blind_report_dialog import BlindReportDialog
from anomaly_gui.ui.widgets.blind_start_dialog import BlindStartDialog, StudyChoice
from anomaly_gui.ui.widgets.judging_dialog import JudgingDialog
from anomaly_gui.ui.widgets.picture_set import PictureRequest

_REVIEWERS = "blind_reviewers"
_AHEAD = 2
_KEYS_OF = {"good": "good", "defect": "defective", "unsure": "unsure", "undo": "back"}
"""What is done while judging → the page's action whose keys it has, so that keys changed there hold here too."""
_VIEW_KEYS = ("fit", "full-size", "zoom-in", "zoom-out")
_ANSWERS: dict[str, Answer] = {"good": "good", "defect": "defect", "unsure": "unsure"}
_WORDS: dict[Answer, str] = {"good": "good", "defect": "defective", "unsure": "unsure"}


@dataclass(frozen=True)
class _Begun:
    """A study that a reviewer begins or goes on with."""

    look: RunLook
    study: BlindStudy
    reviewer: str


class BlindReview(QObject):
    """Judging goes past the session: nothing of the window may hear of it, or it would show the image's name."""

    image_wanted = Signal(int)
    """An image is to be shown on the Review page."""

    def __init__(self, session: Session, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._page = session, page
        self._actions: Actions | None = None
        self._state: JudgingState | None = None
        self._look: RunLook | None = None
        self._result: BlindResult | None = None
        self._relabelled = 0
        """Steps that were made from the report and not taken back."""
        self._start: BlindStartDialog | None = None
        self.judging: JudgingDialog | None = None
        self.report: BlindReportDialog | None = None
        # Statistics of 100,000 images take a while to read.
        self._finding, self._drawing, self._counting = Background(self), Background(self), Background(self)
        self._finding.answered.connect(self._ask_who)
        self._drawing.answered.connect(self._judge)
        self._counting.answered.connect(self._take_result)
        for background in (self._finding, self._drawing):
            background.failed.connect(session.failed)
        self._counting.failed.connect(self._take_no_result)
        session.images_changed.connect(self._refresh_report)
        session.project_closing.connect(self._close_all)

    def add_actions(self, actions: Actions, page: str) -> None:
        self._actions = actions
        tip = "Judge a sample again without seeing labels or scores: how far can labels and reviewers be trusted?"
        actions.add("judge-blind", "Judge images blind …", ["Ctrl+B"], self.ask, page, tip)

    # Before

    @Slot()
    def ask(self) -> None:
        """Ask who judges what, once it is known what there is to judge."""
        run_id = self._session.current_run if self._session.is_open else None
        if run_id is None or self._start is not None:
            return
        project = self._session.project

        def work(_cancel: CancelToken) -> list[Candidate]:
            found = candidates(project, run_id)
            if len(found) < 2:
                raise InputError("blind review", "there are no labelled test images to judge", "Label or import some")
            return found

        self._finding.ask(work)

    @Slot(object)
    def _ask_who(self, found: list[Candidate]) -> None:
        if self._start is not None:
            return
        defects = sum(each.defective for each in found)
        self._start = dialog = BlindStartDialog(
            self._reviewers(),
            self._choices(),
            HARD_SHARES,
            (defects, len(found) - defects),
            self._standing,
            self._page.window(),
        )
        dialog.start_wanted.connect(self._take_start)
        dialog.report_wanted.connect(self.show_report)
        dialog.finished.connect(self._forget_start)
        dialog.open()

    @property
    def start_dialog(self) -> BlindStartDialog | None:
        return self._start

    @Slot()
    def _forget_start(self) -> None:
        self._start = None

    def _choices(self) -> list[StudyChoice]:
        """The newest first."""
        made = []
        for study in reversed(self._session.project.blind_studies()):
            said = self._said(study)
            made.append(StudyChoice(study.id, study_title(study, said), study.finished_utc is None, bool(said)))
        return made

    def _standing(self, study_id: int, reviewer: str) -> str:
        study = self._study(study_id)
        return standing(study, self._said(study), reviewer)

    def _study(self, study_id: int) -> BlindStudy:
        return next(study for study in self._session.project.blind_studies() if study.id == study_id)

    def _said(self, study: BlindStudy) -> list[Judgement]:
        return self._session.project.judgements(study.id)

    def _reviewers(self) -> list[str]:
        kept = json.loads(str(settings().value(_REVIEWERS, "[]")))
        return remembered([*kept, *(one.reviewer for one in self._session.project.judgements())])

    @Slot()
    def _take_start(self) -> None:
        dialog = self._start
        if dialog is not None:
            self.start(
                BlindStart(dialog.reviewer_name, dialog.study, dialog.sample_size, dialog.hard_share, dialog.trials)
            )

    # Judging

    def start(self, wanted: BlindStart) -> None:
        """Begin or go on; what keeps from it is announced."""
        run_id, project = self._session.current_run, self._session.project
        if run_id is None:
            return
        settings().setValue(_REVIEWERS, json.dumps(remembered(self._reviewers(), wanted.reviewer)))
        going_on = None if wanted.study is None else self._study(wanted.study)

        def work(_cancel: CancelToken) -> _Begun:
            look = look_at(project, run_id if going_on is None else going_on.run)
            study = going_on or start_study(
                project, run_id, size=wanted.size, hard_share=wanted.hard_share, trials=wanted.trials
            )
            return _Begun(look, study, wanted.reviewer)

        self._drawing.ask(work)

    @Slot(object)
    def _judge(self, begun: _Begun) -> None:
        study, self._look = begun.study, begun.look
        trial = next_trial(study, self._said(study), begun.reviewer) or study.trials
        self._state = JudgingState(study, begun.reviewer, trial, self._said(study))
        self.judging = dialog = JudgingDialog(self._keys(), self._page.window())
        dialog.answered.connect(self._take_answer)
        dialog.undo_wanted.connect(self._take_back)
        dialog.next_trial_wanted.connect(self._go_on)
        dialog.report_wanted.connect(self._report_at_end)
        dialog.finished.connect(self._forget_judging)
        dialog.view.shown.connect(self._fetch_ahead)
        self._show_current()
        dialog.setGeometry(self._page.window().screen().geometry())  # Else dialogs are put over their parent's middle.
        dialog.setWindowState(Qt.WindowState.WindowFullScreen)
        dialog.open()

    def _keys(self) -> Mapping[str, Sequence[QKeySequence]]:
        assert self._actions is not None
        names = _KEYS_OF | {name: name for name in _VIEW_KEYS}
        keys = {doing: list(self._actions.action(action).shortcuts()) for doing, action in names.items()}
        keys["undo"].append(QKeySequence("Ctrl+Z"))
        return keys | {"pause": [QKeySequence("Esc")]}

    @Slot()
    def _forget_judging(self) -> None:
        self.judging, self._state = None, None

    def _request(self, image_id: int) -> PictureRequest:
        """Of the image alone: no mask, no map, no reconstruction."""
        assert self._look is not None
        whole = self._look.request(self._session.images[image_id])
        return replace(whole, mask_path=None, project_folder=None, run_name="")

    def _show_current(self) -> None:
        state, dialog = self._state, self.judging
        if state is None or dialog is None:
            return
        dialog.set_progress(state.done, state.total)
        if state.current is not None:
            dialog.show_image(self._request(state.current))
            return
        said = self._said(state.study)
        to_come = next_trial(state.study, said, state.reviewer)
        sentence = end_sentences(state.study, said, state.reviewer, state.trial)
        button = f"Go on with &trial {to_come}" if to_come is not None else ""
        dialog.show_end(f"All {state.total} images are judged", sentence, button)

    @Slot(int)
    def _fetch_ahead(self, image_id: int) -> None:
        state, dialog = self._state, self.judging
        if state is not None and dialog is not None:
            for following in state.left[: _AHEAD + 1]:
                if following != image_id:
                    dialog.view.fetch_ahead(self._request(following))

    @Slot(int, str)
    def _take_answer(self, image_id: int, answer: str) -> None:
        state, dialog = self._state, self.judging
        if state is None or dialog is None or image_id != state.current:
            return
        try:
            said = _ANSWERS[answer]
            self._session.project.record_judgement(state.study.id, image_id, state.reviewer, said, state.trial)
        except InputError as error:
            dialog.say(f"The answer was not saved: {error.cause}. {error.next_step}.")
            return
        state.note_answer(image_id)
        self._show_current()

    @Slot()
    def _take_back(self) -> None:
        state, dialog = self._state, self.judging
        if state is None or dialog is None:
            return
        try:
            changed = self._session.project.take_back_judgement(state.study.id, state.reviewer, state.trial)
        except InputError as error:
            dialog.say(f"Nothing was taken back: {error.cause}. {error.next_step}.")
            return
        for image_id in changed.images:
            state.note_taken_back(image_id)
        self._show_current()

    @Slot()
    def _go_on(self) -> None:
        """The next trial of the same reviewer."""
        state = self._state
        if state is not None:
            said = self._said(state.study)
            trial = next_trial(state.study, said, state.reviewer)
            if trial is not None:
                self._state = JudgingState(state.study, state.reviewer, trial, said)
                self._show_current()

    @Slot()
    def _report_at_end(self) -> None:
        state, dialog = self._state, self.judging
        if state is not None and dialog is not None:
            dialog.accept()
            self.show_report(state.study.id)

    # Afterwards

    @Slot(int)
    def show_report(self, study_id: int) -> None:
        """Show what was said so far, as soon as it is counted; what keeps from it is announced."""
        project = self._session.project
        self._counting.ask(lambda _cancel: blind_result(project, study_id))

    @Slot(object)
    def _take_result(self, result: BlindResult) -> None:
        self._result = result
        if self.report is not None:
            self._fill_report()
            return
        self._relabelled = 0
        self.report = dialog = BlindReportDialog(self._page.window())
        dialog.label_wanted.connect(self._relabel)
        dialog.undo_wanted.connect(self._undo)
        dialog.image_wanted.connect(self._open_in_review)
        dialog.export_wanted.connect(self._ask_where)
        dialog.finish_wanted.connect(self._finish)
        dialog.finished.connect(self._forget_report)
        self._fill_report()
        dialog.open()

    @Slot()
    def _forget_report(self) -> None:
        self._counting.forget()
        self.report, self._result = None, None

    @Slot(object)
    def _take_no_result(self, error: Exception) -> None:
        if self.report is not None and isinstance(error, InputError):
            self.report.say(str(error))
        else:
            self._session.failed.emit(error)

    @Slot()
    def _refresh_report(self) -> None:
        if self.report is not None and self._result is not None:
            self.show_report(self._result.study.id)

    def _fill_report(self) -> None:
        dialog, result = self.report, self._result
        if dialog is None or result is None:
            return
        dialog.show_report(blind_report(result), can_finish=result.study.finished_utc is None)
        listed = [each for each in result.disagreements() if each.image in self._session.images]
        images = [self._session.images[each.image] for each in listed]
        said = {each.image: " · ".join(f"{who}: {_WORDS[answer]}" for who, answer in each.said) for each in listed}
        deep = (image.peak for image in self._session.images.values() if image.bit_depth == 16)
        dialog.show_images(images, said, max(deep, default=0))

    @Slot(object, str)
    def _relabel(self, ids: list[int], kind: str) -> None:
        """One step for all; a defect keeps its type."""
        dialog, result = self.report, self._result
        if dialog is None or result is None:
            return
        images = self._session.images
        changing = [i for i in ids if images[i].label.kind != kind]
        label = Label("good") if kind == "good" else Label("defect")
        reason = f"Blind review {result.study.id}"
        changed = self._session.apply(lambda project: project.set_label(changing, label, reason)) if changing else None
        if changed is not None:
            self._relabelled += 1
            dialog.set_can_undo(True)
        dialog.say(changed.sentence if changed is not None else "Nothing to change")

    @Slot()
    def _undo(self) -> None:
        """What was done here alone: the report is modal, so that it was done last."""
        changed = self._session.undo() if self._relabelled else None
        if self.report is not None and changed is not None:
            self._relabelled -= 1
            self.report.set_can_undo(self._relabelled > 0)
            self.report.say(changed.sentence)

    @Slot(int)
    def _open_in_review(self, image_id: int) -> None:
        if self.report is not None:
            self.report.accept()
        self.image_wanted.emit(image_id)

    @Slot()
    def _finish(self) -> None:
        if self._result is not None:
            study = self._result.study.id
            self._session.apply(lambda project: project.finish_blind_study(study))
            self._refresh_report()

    @Slot()
    def _ask_where(self) -> None:
        if self.report is None or self._result is None:
            return
        folder = self._session.project.folder / "exports"
        name = str(folder / f"blind_review_{self._result.study.id}.html")
        dialog = QFileDialog(self.report, "Report of the blind review", name, "Report (*.html)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("html")
        dialog.fileSelected.connect(self.export_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Write the report; what keeps from it is said."""
        dialog, result = self.report, self._result
        if dialog is None or result is None:
            return
        try:
            written = write_report(result, _paths(self._session.images), Path(path))
        except InputError as error:
            dialog.say(str(error))
            return
        dialog.say(f"Wrote {written[0].name}, and {written[1].name} and {written[2].name} beside it")

    @Slot()
    def _close_all(self) -> None:
        for background in (self._finding, self._drawing, self._counting):
            background.stop()
        for dialog in (self._start, self.judging, self.report):
            if dialog is not None:
                dialog.reject()


def _paths(images: Mapping[int, Image]) -> dict[int, str]:
    return {image_id: image.path for image_id, image in images.items()}

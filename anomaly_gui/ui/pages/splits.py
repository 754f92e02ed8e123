"""The splits: training or testing for every image, shown before it is done."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, fields

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.progress import CancelToken
from anomaly_gui.project.records import Image
from anomaly_gui.project.split_proposal import SplitProposal, SplitSettings, group_names, propose_split
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.pages import splits_state as state
from anomaly_gui.ui.pages.data_part import DataPart
from anomaly_gui.ui.pages.splits_view import SplitsView
from anomaly_gui.ui.session import Session

_PLACE = "splits.settings"


@dataclass(frozen=True)
class _Answer:
    settings: SplitSettings
    proposal: SplitProposal
    rows: list[state.SplitRow]
    examples: dict[str, str]


class SplitsPart(DataPart):
    """Worked out in the background with every change of the settings; nothing is moved before the button."""

    name = "splits"
    title = "Splits"
    tip = "Which images are for training and which for testing: by share, folder or part"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._answer: _Answer | None = None
        self._background = Background(self)
        self.view = SplitsView(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.view.settings_changed.connect(self._change)
        self.view.apply.clicked.connect(self.apply)
        self._background.answered.connect(self._take)
        self._background.failed.connect(self._take_failure)
        self.forget()

    def home(self) -> QWidget:
        return self.view.by.button(self.view.by.current)

    def forget(self) -> None:
        self._answer = None
        kept = self.session.project.place(_PLACE, {}) if self.session.is_open else {}
        known = {field.name for field in fields(SplitSettings)}
        self.view.set_settings(SplitSettings(**{name: value for name, value in kept.items() if name in known}))
        self.view.set_rows([])
        self.view.say("", "", wrong=False, ready=False)

    @Slot()
    def stop(self) -> None:
        self._background.stop()

    def refresh(self) -> None:
        self._ask()

    @Slot()
    def _change(self) -> None:
        if self.session.is_open:
            self.session.project.remember(_PLACE, asdict(self.view.settings))
            self._ask()

    def _ask(self) -> None:
        settings, images = self.view.settings, list(self.session.images.values())
        self.view.apply.setEnabled(False)

        def work(_cancel: CancelToken) -> _Answer:
            proposal = propose_split(images, settings)
            return _Answer(settings, proposal, state.split_rows(images, proposal), _examples(images, settings))

        self._background.ask(work)

    @Slot(object)
    def _take(self, answer: _Answer) -> None:
        self._answer = answer
        self.view.set_rows(answer.rows)
        self.view.say(
            state.groups_text(answer.proposal, answer.settings, answer.examples),
            state.summary(answer.proposal, len(self.session.runs)),
            wrong=False,
            ready=bool(answer.proposal.changed),
        )

    @Slot(object)
    def _take_failure(self, error: Exception) -> None:
        self._answer = None
        if isinstance(error, InputError):
            self.view.say(str(error), "", wrong=True, ready=False)
        else:
            self.session.failed.emit(error)

    @Slot()
    def apply(self) -> None:
        """Split as shown, in one undoable step."""
        answer, self._answer = self._answer, None
        if answer is not None:
            self.session.apply(lambda project: state.apply(project, answer.proposal, answer.settings))


def _examples(images: list[Image], settings: SplitSettings) -> dict[str, str]:
    """A file's name for each group."""
    found: dict[str, str] = {}
    for image, group in zip(images, group_names(images, settings), strict=True):
        if group is not None and group not in found:
            found[group] = printable(os.path.basename(image.path))
    return found

"""What the Tune page does beside moving the threshold: recheck line, clicks on curves, defect types, pins."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar, Protocol

import msgspec
from PySide6.QtCore import QObject, Slot

from anomaly_gui.project.records import Changed
from anomaly_gui.project.store import Project
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.burst import Burst
from anomaly_gui.ui.pages.tune_curves import ROC
from anomaly_gui.ui.pages.tune_pins import LETTERS, Pins, scores_of
from anomaly_gui.ui.pages.tune_state import TuneState
from anomaly_gui.ui.pages.tune_view import TuneView
from anomaly_gui.ui.session import Session

_PINS = "tune.pins"
_CURVE = "tune.curve"


class TunedRun(Protocol):
    """What the tools ask of the page."""

    name: ClassVar[str]
    session: Session
    view: TuneView
    burst: Burst

    @property
    def state(self) -> TuneState | None:
        """None where there is nothing to tune."""

    @property
    def run_id(self) -> int | None: ...

    def choose(self, value: float) -> None:
        """Save a threshold by hand, as one step."""

    def save(self, operation: Callable[[Project, int], Changed]) -> None:
        """Carry out an operation on the run, and show what is saved then."""


class TuneTools(QObject):
    """Made by the page, after its view."""

    def __init__(self, page: TunedRun, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._pins = Pins()
        view = page.view
        view.recheck_switched.connect(self._switch_recheck)
        view.recheck_dragged.connect(self._move_recheck)
        view.recheck_chosen.connect(self._choose_recheck)
        view.recheck_nudged.connect(self._nudge_recheck)
        view.score_clicked.connect(self._click_score)
        view.curves.roc_clicked.connect(self._click_roc)
        view.curves.precision_recall_clicked.connect(self._click_precision_recall)
        view.curves.type_chosen.connect(self._choose_type)
        view.control.pin_wanted.connect(self._pin_free)
        view.pins.pin_chosen.connect(self.go_to_pin)
        view.pins.pin_removed.connect(self.remove_pin)
        page.session.types_changed.connect(self._take_types)

    def add_actions(self, actions: Actions) -> None:
        name = self._page.name
        for letter in LETTERS:
            go, pin = partial(self.go_to_pin, letter), partial(self.pin, letter)
            actions.add(f"to-pin-{letter}", f"Threshold back to pin {letter}", [letter], go, name)
            actions.add(f"pin-{letter}", f"Pin the threshold as {letter}", [f"Shift+{letter}"], pin, name)

    def save_place(self) -> None:
        self._page.session.project.remember(_CURVE, self._page.view.curves.choice.current)

    def restore_place(self) -> None:
        project = self._page.session.project
        self._pins = Pins.recalled(project.place(_PINS))
        self._page.view.curves.show_view(str(project.place(_CURVE, ROC)))
        self.refresh()

    def refresh(self) -> None:
        """Draw the pins over other scores."""
        state, scores = self._page.state, self._scores
        if state is not None and scores is not None:
            self._page.view.show_pins(self._pins.of(scores), self._pins.free(scores), state)
            self._take_types()

    @property
    def _scores(self) -> str | None:
        """What pins are of; None where there is nothing to tune."""
        run = self._page.run_id
        return None if run is None else scores_of(run, self._page.session.project.scoring(run))

    @Slot()
    def _take_types(self) -> None:
        """Bars have the colours of their defect types."""
        if self._page.session.is_open:
            types = self._page.session.project.types.all()
            self._page.view.curves.bars.set_colours({each.name: each.colour for each in types})

    # The recheck line

    @Slot(bool)
    def _switch_recheck(self, wanted: bool) -> None:
        state = self._page.state
        if state is not None:
            self._save_recheck(state.first_recheck() if wanted else None)

    @Slot(float)
    def _move_recheck(self, line: float) -> None:
        state = self._page.state
        if state is not None:
            state.move_recheck_to(line)
            self._page.view.show_threshold(state)

    @Slot(float)
    def _nudge_recheck(self, line: float) -> None:
        self._move_recheck(line)
        self._page.burst.put_off("recheck", partial(self._choose_recheck, line))

    @Slot(float)
    def _choose_recheck(self, line: float) -> None:
        """Save the end of a move as one step that can be undone."""
        state = self._page.state
        if state is not None:
            state.move_recheck_to(line)
            self._save_recheck(state.recheck)

    def _save_recheck(self, line: float | None) -> None:
        """The threshold itself, and the rule that set it, stay."""

        def operation(project: Project, run: int) -> Changed:
            present = project.threshold(run)
            assert present is not None  # A run without one is not tuned.
            reason = "Recheck line set" if line is not None else "Recheck line removed"
            return project.set_threshold(run, msgspec.structs.replace(present, recheck=line), reason)

        self._page.save(operation)

    # Clicks on curves

    @Slot(float)
    def _click_score(self, score: float) -> None:
        if self._page.state is not None:
            self._page.choose(self._page.state.targets.at(score))

    @Slot(float, float)
    def _click_roc(self, false_alarm_rate: float, recall: float) -> None:
        if self._page.state is not None:
            self._choose_known(self._page.state.targets.on_roc(false_alarm_rate, recall))

    @Slot(float, float)
    def _click_precision_recall(self, recall: float, precision: float) -> None:
        if self._page.state is not None:
            self._choose_known(self._page.state.targets.on_precision_recall(recall, precision))

    def _choose_known(self, value: float | None) -> None:
        if value is not None:
            self._page.choose(value)

    @Slot(object)
    def _choose_type(self, name: str | None) -> None:
        state = self._page.state
        if state is not None:
            state.chosen_type = name
            self._page.view.show_threshold(state)

    # Pins

    @Slot()
    def _pin_free(self) -> None:
        scores = self._scores
        letter = None if scores is None else self._pins.free(scores)
        if letter is not None:
            self.pin(letter)

    def pin(self, letter: str) -> None:
        """Keep the threshold that is shown."""
        state, scores = self._page.state, self._scores
        if state is not None and scores is not None:
            self._pins.pin(scores, letter, state.value)
            self._remember()

    @Slot(str)
    def go_to_pin(self, letter: str) -> None:
        """Make a pinned threshold the present one."""
        scores = self._scores
        if scores is not None and letter in self._pins.of(scores):
            self._page.choose(self._pins.of(scores)[letter])

    @Slot(str)
    def remove_pin(self, letter: str) -> None:
        scores = self._scores
        if scores is not None:
            self._pins.remove(scores, letter)
            self._remember()

    def _remember(self) -> None:
        self._page.session.project.remember(_PINS, self._pins.remembered())
        self.refresh()
        state = self._page.state
        if state is not None:
            self._page.view.show_threshold(state)

"""Beside the image threshold: the threshold of pixels, and how maps become scores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedLayout, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.pixel_rules import PIXEL_RULES, PixelRule
from anomaly_gui.jobs.evaluate import UNTYPED, judged_pixels
from anomaly_gui.jobs.pixels import JudgedPixels, why_not_pixel_rule
from anomaly_gui.jobs.rescoring import (
    ScoringEffect,
    change_scoring,
    choose_pixel_threshold,
    offered_smoothings,
    scoring_effect,
    scoring_sentence,
)
from anomaly_gui.jobs.run_facts import scoring_in_force, typed_settings
from anomaly_gui.progress import CancelToken
from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.burst import Burst
from anomaly_gui.ui.pages.image_look import open_image
from anomaly_gui.ui.pages.reviewed_run import RunLook, look_at
from anomaly_gui.ui.pages.tune_part import TunePart
from anomaly_gui.ui.pages.tune_pixels_state import PixelsState, effect_sentence
from anomaly_gui.ui.pages.tune_pixels_view import LIMIT, TunePixelsView
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.notice import Notice
from anomaly_gui.ui.widgets.picture_set import PictureRequest
from anomaly_gui.ui.widgets.region_picture import RegionPicture, load_region_picture
from anomaly_gui.ui.widgets.region_tiles import RegionTile

_SMALLEST = "tune.smallest_defect"
_WORST = 48
_OTHER_MAPS = (
    "The stored maps were drawn with another smoothing. All figures are exact; regions drawn on these maps "
    "would not be. Score again to redraw them."
)
_TRY = "Choose another smoothing or score to see what it would do."


@dataclass(frozen=True)
class _Read:
    """All that is read of a run before it is shown."""

    run_id: int
    judged: JudgedPixels
    look: RunLook
    scoring: ScoringSettings
    trained: ScoringSettings
    smoothings: tuple[float, ...]


class TunePixels(TunePart):
    """A move is live, its end is saved; what takes longer is worked out in the background."""

    name = "pixels"
    title = "Pixels"
    tip = "Where in the error map a defect begins, against the masks; and how maps become scores"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._run: int | None = None
        self._read: _Read | None = None
        self._state: PixelsState | None = None
        self._reading, self._pictures, self._trying = Background(self), Background(self), Background(self)
        self.burst = Burst(self)
        self.view, self.notice = TunePixelsView(self), Notice(self)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.notice)
        self._stack.addWidget(self.view)
        self._connect()

    def _connect(self) -> None:
        view, session = self.view, self.session
        view.threshold_dragged.connect(self._move)
        view.threshold_chosen.connect(self.choose)
        view.threshold_nudged.connect(self._nudge)
        session.settling.connect(self.burst.settle)
        view.step_wanted.connect(self.step)
        view.percent_wanted.connect(self.step_by_percent)
        view.rule_chosen.connect(self.choose)
        view.overlap.place_clicked.connect(self._click_overlap)
        view.tiles.pictures_wanted.connect(self._load_pictures)
        view.tiles.image_chosen.connect(self._look_at)
        view.score_again_wanted.connect(self._score_again)
        view.scoring.settings_tried.connect(self._try)
        view.scoring.apply_wanted.connect(self._apply)
        view.scoring.trained_wanted.connect(self._apply_trained)
        session.pixel_threshold_changed.connect(self._take_saved)
        self._reading.answered.connect(self._take)
        self._reading.failed.connect(self._take_failure)
        self._pictures.answered.connect(view.tiles.set_pictures)
        self._pictures.failed.connect(session.failed)
        self._trying.answered.connect(self._show_effect)
        self._trying.failed.connect(self._refuse_effect)
        session.project_closing.connect(self._stop)

    @property
    def state(self) -> PixelsState | None:
        """What is shown; None before it is read."""
        return self._state

    @Slot()
    def _stop(self) -> None:
        for background in (self._reading, self._pictures, self._trying):
            background.stop()
        self._run, self._read, self._state = None, None, None
        self.view.tiles.forget_pictures()

    def save_place(self) -> None:
        self.session.project.remember(_SMALLEST, self.view.smallest.value())

    def restore_place(self) -> None:
        self.view.smallest.setValue(float(self.session.project.place(_SMALLEST, 30.0)))

    # Reading

    def refresh(self, run_id: int) -> None:
        project, self._run = self.session.project, run_id
        if self._state is None:
            self.notice.say("Reading the statistics …", "")
            self._stack.setCurrentWidget(self.notice)

        def work(_cancel: CancelToken) -> _Read:
            run = project.run(run_id)
            return _Read(
                run_id,
                judged_pixels(project, run_id),
                look_at(project, run_id),
                scoring_in_force(project, run),
                typed_settings(run)[1],
                offered_smoothings(project, run_id),
            )

        self._reading.ask(work)

    @Slot(object)
    def _take(self, read: _Read) -> None:
        before, view = self._read, self.view
        if before is None or (before.run_id, before.look, before.scoring) != (read.run_id, read.look, read.scoring):
            view.tiles.forget_pictures()
        self._read = read
        threshold = self.session.threshold(read.run_id)
        start = (
            threshold.value if threshold is not None and read.scoring.reduction == "max" else sum(read.look.scale) / 2
        )
        self._state = PixelsState(read.judged, self.session.pixel_threshold(read.run_id), start)
        view.set_state(self._state, {name: why_not_pixel_rule(name, read.judged) for name in PIXEL_RULES})
        view.stale.setVisible(not read.look.maps_match)
        view.scoring.set_settings(read.scoring, read.smoothings, read.trained)
        self._show_tiles()
        self._try(read.scoring)
        self._stack.setCurrentWidget(view)

    @Slot(object)
    def _take_failure(self, error: Exception) -> None:
        self._state = self._read = None
        if not isinstance(error, InputError):
            self.session.failed.emit(error)
        self.notice.say("The statistics cannot be read", str(error))
        self._stack.setCurrentWidget(self.notice)

    # Moving the threshold

    @Slot(float)
    def _move(self, value: float) -> None:
        if self._state is not None:
            self._state.move_to(value)
            self._show_threshold(self._state)

    def _show_threshold(self, state: PixelsState) -> None:
        self.view.show_threshold(state)
        if self._read is not None:
            self.view.tiles.set_level(state.value, self._read.look.scale)

    @Slot(float)
    @Slot(object)
    def choose(self, chosen: float | PixelRule) -> None:
        """Save a threshold, or what a rule gives, as one step that can be undone."""
        run, state = self._run, self._state
        if run is None or state is None:
            return
        self.session.apply(lambda project: choose_pixel_threshold(project, run, chosen))
        # Refused, or nothing new: all views go back to what is saved.
        self._take_saved(run)

    @Slot(int)
    def _take_saved(self, run_id: int) -> None:
        state = self._state
        if state is not None and run_id == self._run:
            state.take_saved(self.session.pixel_threshold(run_id))
            self.view.show_saved(state)
            self._show_tiles()

    @Slot(float)
    def _nudge(self, value: float) -> None:
        """Show a step at once; those that follow one another are saved as one."""
        self._move(value)
        self.burst.put_off("pixels", partial(self.choose, value))

    def step(self, direction: int) -> bool:
        if self._state is not None:
            self._nudge(self._state.stepped(direction))
        return True

    def step_by_percent(self, direction: int) -> bool:
        if self._state is not None:
            self._nudge(self._state.stepped_by_percent(direction))
        return True

    @Slot(float, float)
    def _click_overlap(self, false_alarm_rate: float, overlap: float) -> None:
        if self._state is not None:
            level = self._state.level_on_overlap(false_alarm_rate, overlap, LIMIT)
            if level is not None:
                self.choose(level)

    # Images

    def _show_tiles(self) -> None:
        """In a new order once the threshold rests: tiles that jump during a drag cannot be looked at."""
        state, read = self._state, self._read
        if state is None or read is None:
            return
        tiles = []
        for one in state.worst(_WORST):
            image = self.session.images.get(one.image_id)
            if image is not None:
                kind = image.label.defect_type or UNTYPED
                text = f"{kind} · {100 * one.found:.0f} % found"
                tip = f"{PurePath(image.path).name}\n{text}, F1 of its pixels {100 * one.f1:.0f} %"
                tiles.append(RegionTile(image.id, text, tip))
        self.view.tiles.set_level(state.value, read.look.scale)
        if read.look.maps_match:
            self.view.tiles.set_tiles(tiles, "No defective image has a mask. Import masks on the Data page.")
        else:
            self.view.tiles.set_tiles([], _OTHER_MAPS)

    @Slot(object)
    def _load_pictures(self, ids: list[int]) -> None:
        read, images = self._read, self.session.images
        if read is None or not read.look.maps_match:
            return
        requests = {key: read.look.request(images[key]) for key in ids if key in images}

        def work(cancel: CancelToken) -> dict[int, RegionPicture | str]:
            made: dict[int, RegionPicture | str] = {}
            for key, request in requests.items():
                if cancel.cancelled:
                    break
                made[key] = _loaded(request)
            return made

        self._pictures.ask(work)

    @Slot(int)
    def _look_at(self, image_id: int) -> None:
        """Show one image in three panes."""
        run, state = self._run, self._state
        threshold = None if run is None else self.session.threshold(run)
        tile = next((one for one in self.view.tiles.tiles if one.image_id == image_id), None)
        if run is not None and state is not None and threshold is not None and tile is not None:
            open_image(self.session, run, image_id, tile.tip.replace("\n", ": "), threshold.value, self)

    # How maps become scores

    @Slot(object)
    def _try(self, settings: ScoringSettings) -> None:
        run, project = self._run, self.session.project
        wanted = self._with_level(settings)
        if run is None or self._read is None:
            return
        self.view.scoring.set_effect("Working it out …", can_apply=wanted != self._read.scoring)
        self._trying.ask(lambda _cancel: scoring_effect(project, run, wanted))

    def _with_level(self, settings: ScoringSettings) -> ScoringSettings:
        """Areas are those above the pixel threshold."""
        state = self._state
        if settings.reduction != "area" or state is None:
            return settings
        return msgspec.structs.replace(settings, area_level=max(state.value, 0.0))

    @Slot(object)
    def _show_effect(self, effect: ScoringEffect) -> None:
        text = effect_sentence(effect, _TRY)
        self.view.scoring.set_effect(text, can_apply=not effect.settings_are_in_force)
        self.view.scoring.effect.setToolTip(scoring_sentence(effect.settings))

    @Slot(object)
    def _refuse_effect(self, error: Exception) -> None:
        self.view.scoring.set_effect(str(error), can_apply=False)
        if not isinstance(error, InputError):
            self.session.failed.emit(error)

    @Slot()
    def _apply(self) -> None:
        self._change(self._with_level(self.view.scoring.tried()))

    @Slot()
    def _apply_trained(self) -> None:
        self._change(None)

    def _change(self, settings: ScoringSettings | None) -> None:
        run = self._run
        if run is not None:
            self.session.apply(lambda project: change_scoring(project, run, settings))

    @Slot()
    def _score_again(self) -> None:
        if self._run is not None:
            self.session.score_again(self._run)


def _loaded(request: PictureRequest) -> RegionPicture | str:
    try:
        return load_region_picture(request)
    except InputError as error:
        return str(error)
    except ValueError:
        return "It has no mask any more."

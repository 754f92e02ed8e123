"""The Train page: a detector learns what good parts look like, and one watches it learn."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.score import preview_images as preview_choice
from anomaly_gui.jobs.train import TrainReport, TrainRequest, train
from anomaly_gui.progress import CancelToken, EpochFinished, Event, EventSink, Preview, Progress
from anomaly_gui.project.records import Image, Run
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.store import Project
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.durations import rate_text, time_left_text
from anomaly_gui.ui.pages.page import Page
from anomaly_gui.ui.pages.run_figures import FiguresOfRuns
from anomaly_gui.ui.pages.train_state import (
    RESUMABLE,
    caption,
    end_sentence,
    epoch_sentence,
    error_limits,
    finished_banner,
    how_it_went,
    loss_point,
    loss_points,
    lost_run,
    lost_sentence,
    preset_sentence,
    preview_images,
    run_row,
    summarise,
)
from anomaly_gui.ui.pages.train_view import TrainView
from anomaly_gui.ui.session import Job, JobEnd, Session
from anomaly_gui.ui.widgets.loss_plot import LossPoint
from anomaly_gui.ui.widgets.run_preview import RunPreview
from anomaly_gui.ui.wording import status_text

_PLACE = "train"
_STEPS = 1000


class TrainPage(Page):
    name = "train"
    title = "Train"
    menu_title = "&Train"
    icon = "mdi6.school-outline"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._figures = FiguresOfRuns(session, self)
        self._summary_stale = False
        self._shown_run: int | None = None
        self._epoch: EpochFinished | None = None
        self._error_limits: tuple[float, float] | None = None
        self.view = TrainView(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._run_preview = RunPreview(self)
        self._run_preview.loaded.connect(self.view.preview.set_images)
        self._connect()

    def _connect(self) -> None:
        view, session = self.view, self.session
        view.start.clicked.connect(self.start)
        view.pause.clicked.connect(self.toggle_pause)
        view.cancel.clicked.connect(self.cancel)
        view.resume.clicked.connect(self._resume_chosen)
        view.tune.clicked.connect(self._go_to_tune)
        view.settings_changed.connect(self._show_choices)
        view.run_chosen.connect(session.choose_run)
        self._figures.worked_out.connect(self._show_runs)
        view.banner.accepted.connect(self._accept_banner)
        session.project_opened.connect(self._start_over)
        session.project_closed.connect(self._forget)
        session.images_changed.connect(self._take_images)
        session.runs_changed.connect(self._take_runs)
        session.region_changed.connect(self._take_region)
        session.threshold_changed.connect(self._take_threshold)
        session.current_run_changed.connect(self._take_current_run)
        session.job_started.connect(self._take_start)
        session.job_progressed.connect(self._take_event)
        session.job_ended.connect(self._take_end)
        session.training_suggested.connect(view.take_suggestion)

    def add_actions(self, actions: Actions) -> None:
        actions.add("train-start", "Start training", ["F5"], self.start, self.name)

    # Opening and closing

    @Slot(object)
    def _start_over(self, _project: Project) -> None:
        self._figures.forget()
        self._shown_run, self._epoch = None, None
        self.view.banner.clear()
        lost = lost_run(self.session.runs.values())
        if lost is not None:
            self.view.banner.say(f"resume {lost.id}", lost_sentence(lost), "Resume it")
        self._show_runs()
        self._show_choices()
        self._show_run(self.session.current_run)

    @Slot()
    def _forget(self) -> None:
        self._run_preview.forget()
        self._figures.stop()
        self._figures.forget()
        self.view.banner.clear()
        self.view.runs.set_rows([])
        self.view.preview.set_images([])
        self.view.augmentation.clear()
        self.view.tiles.forget()
        self.view.loss.set_points([], 1)

    def home(self) -> QWidget:
        view = self.view
        return view.start if view.start.isEnabled() else view.detectors.buttons[view.detectors.current]

    def save_place(self) -> None:
        view = self.view
        place = {
            "detector": view.detectors.current,
            "preset": view.presets.current,
            "seed": view.form_place.seed.value(),
            "overrides": view.form.overrides,
            "settings_open": view.settings.isExpanded(),
            "smallest_defect_px": view.tiles.smallest.value(),
            "tiles_open": view.tiles_part.isExpanded(),
        }
        self.session.project.remember(_PLACE, place)

    def restore_place(self) -> None:
        kept = self.session.project.place(_PLACE)
        kept = kept if isinstance(kept, dict) else {}
        overrides = kept.get("overrides", {})
        self.view.set_choices(
            str(kept.get("detector", "")),
            str(kept.get("preset", "fast")),
            int(kept.get("seed", 0)),
            overrides if isinstance(overrides, dict) else {},
        )
        self.view.tiles.set_smallest(int(kept.get("smallest_defect_px", 0)))
        for part, name in ((self.view.settings, "settings_open"), (self.view.tiles_part, "tiles_open")):
            if kept.get(name):
                part.expand(animate=False)
            else:
                part.collapse(animate=False)
        self._show_choices()

    def deactivate(self) -> None:
        self.save_place()

    # What to train

    @Slot()
    def _show_choices(self) -> None:
        view = self.view
        overrides = view.form.overrides
        view.preset_sentence.setText(preset_sentence(view.detectors.current, view.presets.current, overrides))
        view.settings.setText(f"Settings ({len(overrides)} changed)" if overrides else "Settings")
        view.tiles.set_choice(view.choice)
        self._show_summary()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._summary_stale:
            self._show_summary()

    def _show_summary(self) -> None:
        """Once the page is seen: of many images it takes a second, and other pages change labels often."""
        self._summary_stale = not self.isVisible()
        if not self.session.is_open or self._summary_stale:
            return
        images = list(self.session.images.values())
        self.view.augmentation.ask(images, self.view.detector_settings)
        self._show_tiles(images)
        share = float(self.view.form.values["validation_share"])
        summary = summarise(images, share, self.view.form_place.seed.value(), self.session.region)
        self.view.show_summary(summary)
        self._show_buttons(summary.problem)

    def _show_tiles(self, images: list[Image]) -> None:
        session = self.session
        scored = [run.name for run in session.runs.values() if session.is_scored(run.id)]
        self.view.tiles.set_project(images, session.region, session.project.folder, sorted(scored, reverse=True))

    def _show_buttons(self, problem: str = "") -> None:
        job, view = self.session.job, self.view
        training = job is not None and job.kind == "train"
        busy = f"Wait: {job.title} is not done" if job is not None and not training else ""
        view.start.setEnabled(job is None and not problem)
        tip = "Train with these settings; you can go on working meanwhile"
        view.start.setToolTip(problem or busy or tip)
        view.pause.setEnabled(training)
        view.cancel.setEnabled(training and job is not None and not job.token.cancelled)
        paused = training and job is not None and job.token.paused
        view.pause.setText("Go on" if paused else "Pause")
        view.pause.set_icon_name("mdi6.play" if paused else "mdi6.pause")
        run = self.session.runs.get(self._shown_run or 0)
        view.resume.setEnabled(job is None and run is not None and run.status in RESUMABLE)
        view.resume.setToolTip("Go on with a run that was cancelled, interrupted or failed")
        view.tune.setEnabled(run is not None and self.session.is_scored(run.id))

    @Slot()
    def start(self) -> None:
        """Train with what is chosen."""
        if self.view.start.isEnabled():
            view = self.view
            self._train(
                TrainRequest(
                    detector=view.detectors.current,
                    preset=view.presets.current,
                    seed=view.form_place.seed.value(),
                    settings=view.form.overrides,
                )
            )

    def _train(self, request: TrainRequest) -> None:
        def work(project: Project, emit: EventSink, cancel: CancelToken) -> TrainReport:
            return train(project, request, emit, cancel)

        self.save_place()
        # Read before the job adds to it, shown after the start has cleared the plot.
        earlier, epochs = self._history(request.resume_run)
        if self.session.start_job("train", "Training", work) is not None:
            self.view.loss.set_points(earlier, epochs)

    @Slot()
    def _resume_chosen(self) -> None:
        if self._shown_run is not None:
            self._resume(self._shown_run)

    def _resume(self, run_id: int) -> None:
        self._train(TrainRequest(resume_run=run_id))

    @Slot()
    def toggle_pause(self) -> None:
        job = self.session.job
        if job is None or job.kind != "train":
            return
        if job.token.paused:
            self.session.resume_job()
        else:
            self.session.pause_job()
            self.view.figures.set_text("Paused")
        self._show_buttons()

    @Slot()
    def cancel(self) -> None:
        self.session.cancel_job()
        self.view.figures.set_text("Stopping; the best epoch so far is kept …")
        self._show_buttons()

    @Slot(str)
    def _accept_banner(self, name: str) -> None:
        what, _, number = name.partition(" ")
        if what == "resume":
            self.session.choose_run(int(number))
            self._resume(int(number))
        else:
            self.session.tune_part_wanted.emit(what)
            self.session.page_wanted.emit("tune")

    @Slot()
    def _go_to_tune(self) -> None:
        self.session.page_wanted.emit("tune")

    # How it goes

    @Slot(object)
    def _take_start(self, job: Job) -> None:
        if job.kind == "train":
            self._epoch, self._error_limits = None, None
            self._run_preview.forget()
            self.view.banner.clear()
            self.view.loss.set_points([], 1)
            self.view.preview.set_images([])
            self.view.loss.set_message("The loss appears here, epoch by epoch")
            self.view.preview.set_message("Pictures appear as soon as it has learnt something")
            self.view.headline.set_text("Training starts …")
            self.view.figures.set_text("")
            self.view.bar.setRange(0, 0)
        self._show_buttons()

    @Slot(object)
    def _take_event(self, event: Event) -> None:
        job = self.session.job
        if job is None or job.kind != "train":
            return
        if isinstance(event, EpochFinished):
            self._show_epoch(event)
        elif isinstance(event, Preview):
            self._error_limits = self._error_limits or error_limits(event)
            self.view.preview.set_images(preview_images(event, self.session.images, self._error_limits))
        elif isinstance(event, Progress):
            self._show_progress(event, job)

    def _show_epoch(self, event: EpochFinished) -> None:
        self._epoch = event
        self.view.loss.add_point(loss_point(event), event.epochs)

    def _show_progress(self, event: Progress, job: Job) -> None:
        self.view.bar.setRange(0, _STEPS)
        self.view.bar.setValue(round(_STEPS * event.fraction))
        name = self.session.runs[run].name if (run := self._running_run()) is not None else ""
        self.view.headline.set_text(" · ".join(part for part in (event.phase, name, event.detail) if part))
        if not job.token.paused and not job.token.cancelled:
            parts = [rate_text(event.rate), time_left_text(event.seconds_left)]
            if self._epoch is not None and event.phase == "Training" and not parts[0]:
                parts = [epoch_sentence(self._epoch)]
            self.view.figures.set_text(" · ".join(part for part in parts if part))

    def _running_run(self) -> int | None:
        running = [run.id for run in self.session.runs.values() if run.status == "running"]
        return max(running, default=None)

    @Slot(object)
    def _take_end(self, end: JobEnd) -> None:
        if end.job.kind == "train":
            self.view.bar.setRange(0, _STEPS)
            if isinstance(end.result, TrainReport):
                self._take_report(end.result)
            else:
                self._show_run(self.session.current_run)
        self._show_summary()

    def _take_report(self, report: TrainReport) -> None:
        self.session.said.emit(
            end_sentence(report.run_name, report.status, report.epochs, report.best_epoch, report.seconds)
        )
        if report.scored:
            self.view.banner.say(*finished_banner(report, filter(self.session.is_scored, self.session.runs)))
        if self.session.current_run == report.run:
            self._show_run(report.run)
        else:
            self.session.choose_run(report.run)

    # The runs

    @Slot(object)
    def _take_images(self, _changed: object) -> None:
        self._figures.forget()
        self._show_runs()
        self._show_summary()

    @Slot()
    def _take_region(self) -> None:
        self._take_images(None)

    @Slot(object)
    def _take_runs(self, changed: frozenset[int]) -> None:
        self._figures.forget(changed)
        self._show_runs()

    @Slot(int)
    def _take_threshold(self, run_id: int) -> None:
        self._figures.forget([run_id])
        self._show_runs()
        self._show_buttons()

    @Slot(object)
    def _take_current_run(self, run_id: int | None) -> None:
        self.view.select_run(run_id)
        job = self.session.job
        if job is None or job.kind != "train":
            self._show_run(run_id)

    @Slot()
    def _show_runs(self) -> None:
        newest_first = sorted(self.session.runs.values(), key=lambda run: -run.id)
        self.view.runs.set_rows([run_row(run, self._figures.of(run.id)) for run in newest_first])
        self.view.no_runs.setVisible(not newest_first)
        self.view.select_run(self.session.current_run)
        self._figures.want(run.id for run in newest_first)

    def _show_run(self, run_id: int | None) -> None:
        """What there is of a run that is over."""
        self._shown_run = run_id
        self._show_buttons()
        self._show_summary()
        run = self.session.runs.get(run_id) if run_id is not None else None
        self.view.bar.setValue(0)
        if run is None:
            self.view.headline.set_text("Nothing trained yet")
            self.view.figures.set_text("Choose a preset and press Start training.")
            self.view.preview.set_images([])
            self.view.preview.set_message("While it learns, a few images are shown here as the detector sees them")
            self.view.loss.set_message("While it learns, the loss is shown here")
            self.view.loss.set_points([], 1)
            return
        one_pass = run.status == "finished"
        self.view.loss.set_message(
            "This detector learns in one pass: there are no epochs" if one_pass else "No epoch was finished"
        )
        points, epochs = self._history(run.id)
        self.view.loss.set_points(points, epochs)
        self.view.headline.set_text(f"Run {run.name} · {status_text(run.status)}")
        self.view.figures.set_text(how_it_went(run, points))
        self.view.bar.setValue(_STEPS if run.status == "finished" else 0)
        self._ask_for_preview(run)

    def _history(self, run_id: int | None) -> tuple[list[LossPoint], int]:
        """The epochs that a run has passed, and how many the plot has to have room for."""
        if run_id is None or run_id not in self.session.runs:
            return [], 1
        folder = RunFolder(self.session.project.folder, self.session.runs[run_id].name)
        try:
            points, epochs = loss_points(folder.read_history())
        except InputError:
            return [], 1
        return points, max(epochs, len(points))

    def _ask_for_preview(self, run: Run) -> None:
        self.view.preview.set_message("No pictures: the run was not scored")
        self.view.preview.set_images([])
        if not self.session.is_scored(run.id):
            return
        images = preview_choice(self.session.project, run.id)
        self._run_preview.ask(self.session.project.folder, run.name, images, caption)

    def shut_down(self) -> None:
        """Let the thread that reads pictures end."""
        self._figures.stop()
        self._run_preview.stop()
        self.view.augmentation.stop()
        self.view.tiles.stop()

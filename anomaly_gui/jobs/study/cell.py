"""One cell of a study: train, score, judge, export and time one detector on one data set with one seed."""

from __future__ import annotations

import importlib
import shutil
import time
from pathlib import Path

import msgspec

from anomaly_gui.detectors import registry
from anomaly_gui.errors import InputError
from anomaly_gui.jobs.evaluate import evaluate, scored_images
from anomaly_gui.jobs.export import export
from anomaly_gui.jobs.run_facts import load_facts
from anomaly_gui.jobs.study.figures import judge
from anomaly_gui.jobs.study.machine import describe_machine, peak_memory
from anomaly_gui.jobs.study.records import CellRequest, CellResult, Figures, failed
from anomaly_gui.jobs.study.timing import time_scoring
from anomaly_gui.jobs.train import TrainReport, TrainRequest, train
from anomaly_gui.progress import Cancelled, CancelToken, EventSink
from anomaly_gui.project.journal import now_utc
from anomaly_gui.project.records import Run
from anomaly_gui.project.store import Project


def run_cell(request: CellRequest, emit: EventSink, cancel: CancelToken) -> CellResult:
    """Work on one cell in its project. What the input does not allow is the result's problem, and no exception."""
    started, date = time.monotonic(), now_utc()
    try:
        with Project.open(Path(request.project)) as project:
            result = _Cell(request, project, emit, cancel).result(date)
    except InputError as error:
        result = failed(request.cell, date, str(error))
    return msgspec.structs.replace(result, seconds=time.monotonic() - started)


def _load_libraries(detector: str) -> None:
    """Import what training needs: seconds in a new process, which are no training."""
    module = registry.entry(detector).import_path.split(":")[0]
    for name in ("anomaly_gui.training.loop", "anomaly_gui.training.dataset", module):
        importlib.import_module(name)


class _Cell:
    """One call of run_cell()."""

    def __init__(self, request: CellRequest, project: Project, emit: EventSink, cancel: CancelToken) -> None:
        self.request = request
        self.project = project
        self.emit = emit
        self.cancel = cancel

    def result(self, date: str) -> CellResult:
        report = self._train()
        peak = peak_memory()
        run = self.project.run(report.run)
        figures = self._judge(run, report)
        figures = msgspec.structs.replace(figures, peak_bytes=peak)
        problem = ""
        try:
            figures = self._export_and_time(run, figures)
        except InputError as error:
            problem = str(error)
        if not self.request.keep_pictures:
            self._drop_pictures(run)
        return CellResult(
            dataset=self.request.dataset,
            detector=self.request.detector,
            seed=self.request.seed,
            date_utc=date,
            problem=problem,
            note=report.message,
            figures=figures,
            machine=describe_machine(load_facts(self.project.run_folder(run.id))),
        )

    def _train(self) -> TrainReport:
        """Raises InputError where there is no run to judge."""
        wanted = self.request
        _load_libraries(wanted.detector)
        request = TrainRequest(
            detector=wanted.detector,
            preset=wanted.preset,
            seed=wanted.seed,
            settings=dict(wanted.settings),
            minutes=wanted.minutes,
        )
        report = train(self.project, request, self.emit, self.cancel)
        if not report.scored:
            cause = report.message.rstrip(".") or "it was stopped"
            raise InputError("training", cause[0].lower() + cause[1:], "Give it more minutes")
        return report

    def _judge(self, run: Run, report: TrainReport) -> Figures:
        trained = sum(role == "train" for role in self.project.roles(run.id).values())
        scored = scored_images(self.project, run.id)
        return judge(evaluate(self.project, run.id), scored, trained, run.name, report.training_seconds)

    def _export_and_time(self, run: Run, figures: Figures) -> Figures:
        """With what the exported bundle shows. Raises InputError if it does not decide as the app does."""
        bundle = Path(self.request.bundle)
        exported = export(self.project, run.id, bundle, self.emit, self.cancel)
        if isinstance(exported, Cancelled):
            raise InputError("export", "it was stopped", "Start the study again")
        timing = time_scoring(self.project, run, load_facts(self.project.run_folder(run.id)), bundle)
        return msgspec.structs.replace(
            figures,
            bundle_bytes=exported.bytes,
            app_ms=timing.app_ms if timing else None,
            runtime_ms=timing.runtime_ms if timing else None,
            ratio=timing.app_ms / timing.runtime_ms if timing else None,
        )

    def _drop_pictures(self, run: Run) -> None:
        """Scoring the run again would bring the maps back."""
        shutil.rmtree(self.project.run_folder(run.id).folder / "maps", ignore_errors=True)
        Path(self.request.bundle).unlink(missing_ok=True)

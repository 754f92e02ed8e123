"""Demo: the whole main job on synthetic parts, from nothing to a bundle."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from anomaly_gui.detectors.registry import AUTO
from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.thresholds import Rule
from anomaly_gui.files import atomic_write, printable, sha256
from anomaly_gui.imaging.large_part import DRAWN_WHOLE_PX
from anomaly_gui.imaging.planted_defects import DOT_PX
from anomaly_gui.imaging.synthetic import SETTINGS_FILE, SyntheticSettings, write_dataset
from anomaly_gui.imaging.tile_proposal import propose_tiles
from anomaly_gui.jobs.evaluate import Evaluation, evaluate
from anomaly_gui.jobs.export import export
from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.jobs.import_images import import_images
from anomaly_gui.jobs.tile_advice import with_tiles
from anomaly_gui.jobs.train import TrainRequest, train
from anomaly_gui.progress import Cancelled, CancelToken, EventSink
from anomaly_gui.project.store import Project

IMAGES = "images"
BUNDLE = "demo.anomaly"
FIGURES = "figures.json"

Result = TypeVar("Result")


class DemoRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Where the demo goes and what it draws; its seed is the training's too."""

    folder: str
    drawing: SyntheticSettings = SyntheticSettings()
    detector: str = "conv-ae"
    preset: str = "fast"
    settings: dict[str, object] = {}
    """Changes to the preset."""
    rule: Rule = Rule(name="best-f1", parameter=None)


class DemoReport(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything is, and how good the detector was."""

    project: str
    images: str
    bundle: str
    figures: str
    """A JSON file with *evaluation*."""
    seconds: dict[str, float]
    """Step → how long it took; a step that an earlier demo had done is not there."""
    evaluation: Evaluation


class _Stopped(Exception):
    """A step was cancelled; the text says what it kept."""


def demo_request(folder: str, drawing: SyntheticSettings) -> DemoRequest:
    """The usual demo, or one by tiles where parts are so large that a dot would vanish."""
    tiles = propose_tiles(drawing.size_px, drawing.size_px, DOT_PX)
    if drawing.size_px <= DRAWN_WHOLE_PX or not tiles.tile_px:
        return DemoRequest(folder=folder, drawing=drawing)
    detector, settings = with_tiles(AUTO, {}, tiles)
    return DemoRequest(folder=folder, drawing=drawing, detector=detector, settings=settings)


def demo(request: DemoRequest, emit: EventSink, cancel: CancelToken) -> DemoReport | Cancelled:
    """Draw, import, train, tune and export, keeping every step that is done already.

    So a demo that was stopped goes on, and a finished one is only read. Raises InputError if the
    folder holds something else.
    """
    folder = Path(request.folder).absolute()
    with _project(folder) as project:
        try:
            return _Demo(request, project, emit, cancel).report()
        except _Stopped as stopped:
            return Cancelled(str(stopped))


def _project(folder: Path) -> Project:
    """Open an earlier demo's project, or make one in a new or empty folder."""
    if not (folder / "project.db").exists():
        if folder.is_dir() and any(folder.iterdir()):
            raise InputError(printable(folder), "is not empty", "Choose an empty folder or a new one")
        return Project.create(folder)
    project = Project.open(folder)
    if project.images() and not (folder / IMAGES / SETTINGS_FILE).exists():
        project.close()
        raise InputError(printable(folder), "is a project with images of its own", "Choose a new folder")
    return project


class _Demo:
    """One call of demo()."""

    def __init__(self, request: DemoRequest, project: Project, emit: EventSink, cancel: CancelToken) -> None:
        self.request = request
        self.project = project
        self.emit = emit
        self.cancel = cancel
        self.seconds: dict[str, float] = {}

    def report(self) -> DemoReport:
        folder = self.project.folder
        images, bundle, figures = folder / IMAGES, folder / "exports" / BUNDLE, folder / FIGURES
        self._draw_and_import(images)
        run = self._finished_run()
        if run is None:
            run = self._timed("train", self._train)
            evaluation = self._timed("tune", lambda: evaluate(self.project, run, rule=self.request.rule))
        else:
            evaluation = evaluate(self.project, run)
        if not self._exported(run, bundle):
            self._timed("export", lambda: export(self.project, run, bundle, self.emit, self.cancel))
        atomic_write(figures, msgspec.json.format(msgspec.json.encode(evaluation), indent=2))
        return DemoReport(
            project=printable(folder),
            images=printable(images),
            bundle=printable(bundle),
            figures=printable(figures),
            seconds=self.seconds,
            evaluation=evaluation,
        )

    def _timed(self, step: str, work: Callable[[], Result | Cancelled]) -> Result:
        started = time.monotonic()
        result = _unless_cancelled(work())
        self.seconds[step] = round(time.monotonic() - started, 2)
        return result

    def _draw_and_import(self, images: Path) -> None:
        def draw() -> int | Cancelled:
            return write_dataset(images, self.request.drawing, self.emit, self.cancel)

        if len(self.project.images()) >= self.request.drawing.image_count:
            _unless_cancelled(draw())  # only looks whether it is the set that was asked for
            return
        self._timed("draw", draw)
        source = ImportRequest(dataset=str(images))
        self._timed("import", lambda: import_images(self.project, source, self.emit, self.cancel))

    def _finished_run(self) -> int | None:
        """The latest finished one."""
        return next((run.id for run in reversed(self.project.runs()) if run.status == "finished"), None)

    def _train(self) -> int | Cancelled:
        """A new run, or the rest of one that was stopped."""
        request = TrainRequest(
            detector=self.request.detector,
            preset=self.request.preset,
            seed=self.request.drawing.seed,
            settings=self.request.settings,
            resume_run=self._stopped_run(),
        )
        report = train(self.project, request, self.emit, self.cancel)
        return report.run if report.status == "finished" else Cancelled(report.message)

    def _stopped_run(self) -> int | None:
        stopped = (run for run in reversed(self.project.runs()) if run.status in ("cancelled", "interrupted"))
        return next((run.id for run in stopped), None)

    def _exported(self, run: int, bundle: Path) -> bool:
        """Whether *bundle* is there and holds this run at its present threshold."""
        last = next((found for found in reversed(self.project.exports()) if found.path == str(bundle)), None)
        if last is None or not bundle.exists() or last.sha256 != sha256(bundle.read_bytes()):
            return False
        return last.run == run and last.threshold == self.project.threshold(run)


def _unless_cancelled(result: Result | Cancelled) -> Result:
    if isinstance(result, Cancelled):
        raise _Stopped(result.kept)
    return result

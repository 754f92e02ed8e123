"""The study itself: one cell after the other, each kept as soon as it is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.jobs.import_images import import_images
from anomaly_gui.jobs.study.child import run_in_child
from anomaly_gui.jobs.study.contact_sheet import contact_sheet
from anomaly_gui.jobs.study.folder import StudyFolder
from anomaly_gui.jobs.study.plan import Plan
from anomaly_gui.jobs.study.records import Cell, CellRequest, CellResult, StudyReport, StudyRequest, failed
from anomaly_gui.jobs.study.tables import write_tables
from anomaly_gui.progress import Cancelled, CancelToken, Event, EventSink, Noted, Progress
from anomaly_gui.project.journal import now_utc
from anomaly_gui.project.store import Project

Runner = Callable[[CellRequest, Path, EventSink, CancelToken], CellResult | Cancelled]
_IMPORTED = "study has imported all"


def study(
    request: StudyRequest, emit: EventSink, cancel: CancelToken, run: Runner = run_in_child
) -> StudyReport | Cancelled:
    """Train and judge every detector on every data set with every seed, and write the tables.

    Cells that are done are read; those that failed are tried again. What fails is a row of the table
    and ends nothing. The tables are written after each cell. Raises InputError before anything is done
    if the request makes no sense or its folder is not free.
    """
    plan = Plan(request)
    with StudyFolder(plan) as folder:
        return _Study(plan, folder, emit, cancel, run).report()


class _Study:
    """One call of study()."""

    def __init__(self, plan: Plan, folder: StudyFolder, emit: EventSink, cancel: CancelToken, run: Runner) -> None:
        self.plan = plan
        self.folder = folder
        self.emit = emit
        self.cancel = cancel
        self.run = run
        self.cells = plan.cells()
        before = {cell: folder.read(cell) for cell in self.cells}
        self.results = {cell: result for cell, result in before.items() if result is not None}
        self.todo = [cell for cell in self.cells if cell not in self.results or self.results[cell].problem]
        self.problems: dict[str, str] = {}
        """Data set → why nothing can be done with it."""

    def report(self) -> StudyReport | Cancelled:
        wanted = len(self.todo)
        if wanted < len(self.cells):
            self.emit(Noted(f"{len(self.cells) - wanted} of {len(self.cells)} trainings are done already."))
        for dataset in dict.fromkeys(cell.dataset for cell in self.todo):
            if not self.cancel.cancelled:
                self._import(dataset)
        while self.todo and not self.cancel.should_stop():
            result = self._work_on(self.todo[0])
            if isinstance(result, Cancelled):
                break
            self._keep(result)
        if self.todo:
            done = len(self.cells) - len(self.todo)
            return Cancelled(f"{done} of {len(self.cells)} trainings are kept, the same command goes on from there")
        return StudyReport(
            cells=len(self.cells),
            computed=wanted,
            failed=tuple(f"{cell}: {self.results[cell].problem}" for cell in self.cells if self.results[cell].problem),
            tables=(*self._write_tables(), *self._write_contact_sheets()),
        )

    def _import(self, dataset: str) -> None:
        folder = self.folder.project(dataset)
        source = ImportRequest(dataset=str(self.plan.datasets[dataset]), subset=self.plan.request.subset)
        exists = (folder / "project.db").exists()
        try:
            with Project.open(folder) if exists else Project.create(folder) as project:
                if project.place(_IMPORTED):
                    return
                report = import_images(project, source, self.emit, self.cancel)
                if not isinstance(report, Cancelled):
                    project.remember(_IMPORTED, True)
        except InputError as error:
            self.problems[dataset] = str(error)

    def _work_on(self, cell: Cell) -> CellResult | Cancelled:
        if cell.dataset in self.problems:
            return failed(cell, now_utc(), self.problems[cell.dataset])
        self.folder.drop_remains(cell.dataset)
        request = self.plan.request
        wanted = CellRequest(
            project=str(self.folder.project(cell.dataset)),
            dataset=cell.dataset,
            detector=cell.detector,
            preset=request.preset,
            seed=cell.seed,
            settings=self.plan.settings[cell.detector],
            minutes=request.minutes,
            bundle=str(self.folder.bundle(cell)),
            keep_pictures=cell.seed == 0,
        )
        shown = _Shown(cell, self.todo, len(self.cells), self._known_seconds(), self.emit)
        return self.run(wanted, self.folder.log(cell), shown, self.cancel)

    def _known_seconds(self) -> dict[Cell, float]:
        return {cell: result.seconds for cell, result in self.results.items() if result.figures is not None}

    def _keep(self, result: CellResult) -> None:
        self.todo.remove(result.cell)
        self.folder.keep(result)
        self.results[result.cell] = result
        self.emit(Noted(f"{result.cell}: {_outcome(result)}"))
        self._write_tables()

    def _write_tables(self) -> tuple[str, ...]:
        return tuple(printable(path) for path in write_tables(self.folder, self.plan, self.results))

    def _write_contact_sheets(self) -> tuple[str, ...]:
        """One a data set, of the runs whose pictures are kept."""
        written = []
        for dataset in self.plan.datasets:
            first = [self.results[cell] for cell in self.cells if (cell.dataset, cell.seed) == (dataset, 0)]
            runs = [(result.detector, result.figures.run) for result in first if result.figures is not None]
            if not runs:
                continue
            path = self.folder.table(f"contact_sheet_{dataset}.png")
            try:
                self.folder.write(path, contact_sheet(self.folder.project(dataset), runs))
                written.append(printable(path))
            except InputError as error:
                self.emit(Noted(f"no contact sheet of {dataset}: {error}"))
        return tuple(written)


def _outcome(result: CellResult) -> str:
    if result.figures is None:
        return result.problem
    figures = result.figures
    reached = "n/a" if figures.auroc is None else f"{figures.auroc:.3f}"
    words = f"AUROC {reached}, trained in {figures.training_s:.0f} s."
    return " ".join(filter(None, (words, result.note, result.problem)))


class _Shown:
    """An event sink for one cell that says how far the whole study is."""

    def __init__(
        self, cell: Cell, todo: Sequence[Cell], total: int, known: Mapping[Cell, float], emit: EventSink
    ) -> None:
        self._cell = cell
        self._todo = tuple(todo)
        self._total = total
        self._known = known
        self._emit = emit
        self._started = time.monotonic()

    def __call__(self, event: Event) -> None:
        if not isinstance(event, Progress):
            self._emit(event)
            return
        left = seconds_left(self._todo, self._known, time.monotonic() - self._started)
        detail = f"{self._cell}: {event.phase} {event.done} of {event.total}"
        done = self._total - len(self._todo)
        self._emit(Progress("Study", done, self._total, seconds_left=left, detail=detail))


def seconds_left(todo: Sequence[Cell], known: Mapping[Cell, float], running_s: float) -> float | None:
    """For *todo*, of which the first runs since *running_s*; None while no cell is known.

    A cell takes as long as the same detector on the same data set did, else as the detector did on
    others, else as all did.
    """
    if not known:
        return None

    def estimate(cell: Cell) -> float:
        same = [s for c, s in known.items() if (c.dataset, c.detector) == (cell.dataset, cell.detector)]
        alike = [s for c, s in known.items() if c.detector == cell.detector]
        return fmean(same or alike or known.values())

    first, *others = (estimate(cell) for cell in todo)
    return max(first - running_s, 0.0) + sum(others)

"""Cells become rows: mean and spread over seeds, and the columns that every table has."""

from __future__ import annotations

import shlex
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anomaly_gui.jobs.study.plan import Plan
from anomaly_gui.jobs.study.records import ALL, Cell, CellResult, Figures, RocPoints

NOT_THERE = "n/a"


@dataclass(frozen=True)
class Spread:
    """A figure over seeds."""

    mean: float
    deviation: float | None
    """Of the sample; None with one seed."""
    low: float
    high: float
    n: int


def spread(values: Iterable[float | None]) -> Spread | None:
    """Of those that are there; None if none is."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    deviation = statistics.stdev(known) if len(known) > 1 else None
    return Spread(statistics.fmean(known), deviation, min(known), max(known), len(known))


@dataclass(frozen=True)
class Column:
    """One figure of the table."""

    key: str
    """The name of a field of Figures."""
    title: str
    decimals: int
    divisor: float = 1.0
    """Unit of the title in units of the field."""
    best: str = ""
    """Which end is the better one, "high" or "low"; "" where none is."""

    def of(self, results: Iterable[CellResult]) -> Spread | None:
        """Over *results*, in the title's unit."""
        values = (getattr(result.figures, self.key) for result in results if result.figures is not None)
        return spread(None if value is None else value / self.divisor for value in values)

    def text(self, found: Spread | None) -> str:
        """ "0.912 ± 0.010"; of two seeds "0.912 (0.905–0.919)"; "n/a" where there is none."""
        if found is None:
            return NOT_THERE
        words = f"{found.mean:.{self.decimals}f}"
        if found.n == 2:
            return f"{words} ({found.low:.{self.decimals}f}–{found.high:.{self.decimals}f})"
        return words if found.deviation is None else f"{words} ± {found.deviation:.{self.decimals}f}"


AUROC = Column("auroc", "Image AUROC", 3, best="high")
QUALITY = (
    AUROC,
    Column("average_precision", "AP", 3, best="high"),
    Column("best_f1", "Best F1 †", 3, best="high"),
    Column("recall_at_false_alarms", "Recall at 5 % false alarms †", 3, best="high"),
    Column("false_alarms_at_recall", "False alarms at 95 % recall †", 3, best="low"),
    Column("pixel_auroc", "Pixel AUROC", 3, best="high"),
    Column("aupro", "AUPRO to 30 %", 3, best="high"),
    Column("pixel_f1", "Pixel F1 at best τ †", 3, best="high"),
)
COST = (
    Column("training_s", "Training, s", 1, best="low"),
    Column("app_ms", "App, ms an image", 1, best="low"),
    Column("runtime_ms", "onnxruntime, ms an image", 1, best="low"),
    Column("ratio", "App ÷ onnxruntime", 2, best="low"),
    Column("peak_bytes", "Peak memory, MB", 0, 1e6, best="low"),
    Column("bundle_bytes", "Bundle, MB", 1, 1e6, best="low"),
)
TYPE_RECALL = Column("recall", "Recall †", 3, best="high")
TYPE_AUROC = Column("auroc", "AUROC", 3, best="high")
TYPE_CAPTION = "Recall † / AUROC of each defect type (images)"

NOTES = (
    "† At the best threshold (or τ) for these same test images, which is chosen with their labels: what a threshold "
    "that was set beforehand reaches is at most that. Recall of a defect type is at the threshold with the best F1 of "
    "the whole test set. AUROC, AP and AUPRO need no threshold.",
    "Figures are means over seeds, ± the sample standard deviation from three seeds on; of two seeds, the range. "
    "n/a: the figure is undefined (no masks, one class only) or could not be measured.",
    "Training: reading and fitting. App and onnxruntime: from decoded pixels to the score, medians over rounds in turn "
    "on the same images in the same process, the app in its batches, onnxruntime (the exported bundle, on the CPU) one "
    "image after the other, with the same number of threads. Peak memory: of a process of its own, while it "
    "trained and scored.",
)


@dataclass(frozen=True)
class TypeRow:
    """One defect type of one detector."""

    name: str
    n: int
    recall: Spread | None
    auroc: Spread | None


@dataclass(frozen=True)
class Row:
    """One detector on one data set."""

    dataset: str
    detector: str
    results: tuple[CellResult, ...]
    """Those that are there, in the order of seeds."""
    wanted: int
    """Seeds."""

    @property
    def judged(self) -> list[CellResult]:
        return [result for result in self.results if result.figures is not None]

    @property
    def figures(self) -> list[Figures]:
        return [result.figures for result in self.results if result.figures is not None]

    @property
    def seeds(self) -> str:
        """How many are in the figures: "3", or "2 of 3"."""
        count = len(self.judged)
        return str(count) if count == self.wanted else f"{count} of {self.wanted}"

    def types(self) -> list[TypeRow]:
        names = dict.fromkeys(name for figures in self.figures for name in figures.per_type)
        rows = []
        for name in names:
            found = [figures.per_type[name] for figures in self.figures if name in figures.per_type]
            rows.append(TypeRow(name, found[0].n, spread(t.recall for t in found), spread(t.auroc for t in found)))
        return rows

    def remarks(self) -> list[str]:
        """What failed, or ended otherwise than by itself; that of several seeds said once."""
        said: dict[str, list[int]] = {}
        for result in self.results:
            for sentence in filter(None, (result.problem, result.note)):
                said.setdefault(sentence, []).append(result.seed)
        return [f"{self.detector}, {_seeds(seeds)}: {sentence}" for sentence, seeds in said.items()]

    def roc(self) -> RocPoints | None:
        return mean_roc([figures.roc for figures in self.figures if figures.roc is not None])


def _seeds(seeds: Sequence[int]) -> str:
    return ("seed " if len(seeds) == 1 else "seeds ") + ", ".join(map(str, seeds))


def rows(plan: Plan, results: Mapping[Cell, CellResult]) -> dict[str, list[Row]]:
    """Data set → one row a detector, in the order they were asked for."""
    seeds = range(plan.request.seeds)
    made: dict[str, list[Row]] = {}
    for dataset in plan.datasets:
        for detector in plan.detectors:
            cells = (Cell(dataset, detector, seed) for seed in seeds)
            found = tuple(results[cell] for cell in cells if cell in results)
            made.setdefault(dataset, []).append(Row(dataset, detector, found, len(seeds)))
    return made


def best_of(column: Column, spreads: Sequence[Spread | None]) -> float | None:
    """The best mean, of at least two."""
    means = [found.mean for found in spreads if found is not None]
    if len(means) < 2 or not column.best:
        return None
    return max(means) if column.best == "high" else min(means)


def recall_at(points: RocPoints, rate: float) -> float:
    """The recall that *rate* false alarms allow."""
    allowed = [recall for alarms, recall in zip(points.false_alarm_rate, points.recall, strict=True) if alarms <= rate]
    return max(allowed, default=0.0)


def mean_roc(curves: Sequence[RocPoints]) -> RocPoints | None:
    """Mean recall at each false alarm rate where any curve rises; None without curves."""
    if not curves:
        return None
    rates = sorted({rate for curve in curves for rate in curve.false_alarm_rate})
    return RocPoints(rates, [statistics.fmean(recall_at(curve, rate) for curve in curves) for rate in rates])


def head(plan: Plan, results: Iterable[CellResult]) -> list[tuple[str, str]]:
    """Title → what the table was made with; more than one where its cells differ."""
    known = list(results)
    machines = [result.machine for result in known if result.machine is not None]
    dates = sorted(result.date_utc[:10] for result in known)
    versions: dict[str, dict[str, None]] = {}
    for machine in machines:
        for name, version in machine.versions.items():
            versions.setdefault(name, {})[version] = None
    return [
        ("Command", command(plan)),
        ("Date", " to ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else NOT_THERE),
        ("Device", _each(machine.device for machine in machines)),
        ("Cores", _each(str(machine.cores) for machine in machines)),
        ("Threads of torch", _each(str(machine.threads) for machine in machines)),
        ("Versions", ", ".join(f"{name} {' and '.join(found)}" for name, found in versions.items()) or NOT_THERE),
    ]


def _each(values: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(values)) or NOT_THERE


def command(plan: Plan) -> str:
    """The command line that makes these tables, with names for folders."""
    request = plan.request
    words = ["anomaly-gui", "study", *plan.datasets]
    words += ["--detectors", ALL if ALL in request.detectors else ",".join(plan.detectors)]
    words += ["--seeds", str(request.seeds), "--preset", request.preset]
    if request.minutes is not None:
        words += ["--minutes", f"{request.minutes:g}"]
    if request.subset is not None:
        words += ["--subset", str(request.subset)]
    if request.settings:
        words += ["--set", *(f"{name}={value}" for name, value in request.settings.items())]
    return shlex.join([*words, "--out", Path(request.out).name])


def counts(rows: Sequence[Row]) -> str:
    """How many images the figures of one data set come from."""
    found = next((figures for row in rows for figures in row.figures), None)
    if found is None:
        return "No training has worked yet."
    return (
        f"Test images: {found.n_good} good, {found.n_defect} defective, none of them trained on. "
        f"Trained on {found.n_training} good images; those held out of the good ones set the scale of the map."
    )


def type_table(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]] | None:
    """Header and lines, detectors down and defect types across; None where there is no type."""
    images = {of_type.name: of_type.n for row in rows for of_type in row.types()}
    if not images:
        return None
    lines = []
    for row in rows:
        cells = {t.name: f"{TYPE_RECALL.text(t.recall)} / {TYPE_AUROC.text(t.auroc)}" for t in row.types()}
        lines.append([row.detector, *(cells.get(name, NOT_THERE) for name in images)])
    return ["Detector", *(f"{name} ({count})" for name, count in images.items())], lines

"""What a study asks for and what each of its cells gives, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

ALL = "all"
"""Stands for every detector."""
CELL_VERB = "study-cell"
"""Of the command line, for the study's own use."""


class StudyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to compare. Every cell has the same preset, settings and time."""

    datasets: tuple[str, ...]
    """Folders in the MVTec AD layout; their names name the data sets."""
    detectors: tuple[str, ...]
    out: str
    seeds: int = 3
    """How many, from 0."""
    preset: str = "fast"
    settings: dict[str, str] = {}
    """Changes to the preset, for each detector that has the setting."""
    minutes: float | None = None
    """The most for one training."""
    subset: int | None = None
    """About how many images of each data set; None: all."""


@dataclass(frozen=True, order=True)
class Cell:
    """One training of the study."""

    dataset: str
    detector: str
    seed: int

    def __str__(self) -> str:
        return f"{self.dataset}, {self.detector}, seed {self.seed}"


class CellRequest(msgspec.Struct, frozen=True, kw_only=True):
    """All that a process needs to work on one cell."""

    project: str
    dataset: str
    detector: str
    preset: str
    seed: int
    settings: dict[str, str]
    minutes: float | None
    bundle: str
    """The file to export to."""
    keep_pictures: bool
    """Whether the run's maps and the bundle stay; a study of many seeds would fill the disk."""

    @property
    def cell(self) -> Cell:
        return Cell(self.dataset, self.detector, self.seed)


class TypeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How well one type of defect is found."""

    n: int
    recall: float | None
    """At the threshold with the best F1."""
    auroc: float | None
    """Of these defects against all good test images."""


class RocPoints(msgspec.Struct, frozen=True):
    """Corners of a ROC curve, rising: the highest recall that each false alarm rate allows."""

    false_alarm_rate: list[float]
    recall: list[float]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What one run reached and what it cost; a figure that is undefined or was not reached is None."""

    run: str
    n_training: int
    """Good images, those held out for the threshold and early stopping not counted."""
    n_good: int
    """Of the test images; so is the next."""
    n_defect: int
    auroc: float | None = None
    average_precision: float | None = None
    best_f1: float | None = None
    recall_at_false_alarms: float | None = None
    """At most 5 %."""
    false_alarms_at_recall: float | None = None
    """At least 95 %."""
    pixel_auroc: float | None = None
    aupro: float | None = None
    pixel_f1: float | None = None
    training_s: float
    app_ms: float | None = None
    """An image, from decoded pixels to the score; so is the next."""
    runtime_ms: float | None = None
    """The exported bundle in onnxruntime."""
    ratio: float | None = None
    """Of these two."""
    peak_bytes: float | None = None
    """Of the process until scoring ended."""
    bundle_bytes: float | None = None
    per_type: dict[str, TypeFigures] = {}
    roc: RocPoints | None = None


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where a cell was computed, as far as it decides figures and times."""

    device: str
    """The class of processor: "CPU x86_64 AVX512", or a graphics card's name."""
    cores: int
    threads: int
    """torch's."""
    versions: dict[str, str]


class CellResult(msgspec.Struct, frozen=True, kw_only=True):
    """One cell, done or failed."""

    dataset: str
    detector: str
    seed: int
    date_utc: str
    seconds: float = 0.0
    """Of the whole cell."""
    problem: str = ""
    """A sentence, if anything failed; there may be figures all the same."""
    note: str = ""
    """A sentence on how it ended, such as by the clock."""
    figures: Figures | None = None
    machine: Machine | None = None

    @property
    def cell(self) -> Cell:
        return Cell(self.dataset, self.detector, self.seed)


class StudyReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a study; paths are printable."""

    cells: int
    computed: int
    """In this call; the others were there."""
    failed: tuple[str, ...]
    """One sentence a cell."""
    tables: tuple[str, ...]


def failed(cell: Cell, date_utc: str, problem: str, **more: Any) -> CellResult:
    """A cell that did not work."""
    return CellResult(
        dataset=cell.dataset, detector=cell.detector, seed=cell.seed, date_utc=date_utc, problem=problem, **more
    )

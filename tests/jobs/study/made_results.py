"""Data sets that train in a second, and results that nobody had to train for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from anomaly_gui.jobs.study.plan import Plan
from anomaly_gui.jobs.study.records import (
    Cell,
    CellRequest,
    CellResult,
    Figures,
    Machine,
    RocPoints,
    StudyRequest,
    TypeFigures,
)
from tests.jobs.tiny_project import make_dataset

QUICK = {"input_px": "32", "width": "4", "epochs": "1", "minimum_steps": "0", "validation_share": "0.25"}
MACHINE = Machine(device="CPU x86_64 AVX2", cores=2, threads=1, versions={"torch": "2.13"})


def dataset(folder: Path, **counts: int) -> Path:
    """Few images in the MVTec AD layout; *folder* names the data set."""
    make_dataset(folder, **{"train": 8, "good": 3, "defects": 3, **counts})
    return folder


def request(*datasets: Path, out: Path, detectors: tuple[str, ...] = ("conv-ae",), **more: Any) -> StudyRequest:
    settings = {"seeds": 1, "settings": QUICK, **more}
    return StudyRequest(datasets=tuple(map(str, datasets)), detectors=detectors, out=str(out), **settings)


def plan(folder: Path, *names: str, **more: Any) -> Plan:
    """Of data sets called *names*, made below *folder*."""
    made = [folder / name for name in names]
    for place in made:
        if not place.exists():
            dataset(place)
    return Plan(request(*made, out=folder / "out", **more))


def figures(auroc: float | None = 0.9, **more: Any) -> Figures:
    values: dict[str, Any] = {
        "auroc": auroc,
        "training_s": 12.0,
        "peak_bytes": 4e8,
        "per_type": {"hole": TypeFigures(n=3, recall=0.5, auroc=0.75)},
        "roc": RocPoints([0.0, 0.5, 1.0], [0.25, 0.75, 1.0]),
        **more,
    }
    return Figures(run="001-conv-ae", n_training=6, n_good=3, n_defect=3, **values)


def result(cell: Cell, found: Figures | None = None, **more: Any) -> CellResult:
    values: dict[str, Any] = {"date_utc": "2025-01-31T08:00:00Z", "seconds": 20.0, "machine": MACHINE, **more}
    return CellResult(
        dataset=cell.dataset, detector=cell.detector, seed=cell.seed, figures=found or figures(), **values
    )


def cell_request(project: Path, **more: Any) -> CellRequest:
    """For a project of 32 px images."""
    values: dict[str, Any] = {
        "project": str(project),
        "dataset": "discs",
        "detector": "conv-ae",
        "preset": "fast",
        "seed": 0,
        "settings": QUICK,
        "minutes": None,
        "bundle": str(project.parent / "made.anomaly"),
        "keep_pictures": True,
        **more,
    }
    return CellRequest(**values)

"""The case of 5120 × 5120 px: dots of 5 px, scratches and areas, by tiles and shrunk as a whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anomaly_gui.imaging.synthetic import SyntheticSettings, write_dataset
from anomaly_gui.jobs.evaluate import evaluate, scored_images
from anomaly_gui.jobs.export import export
from anomaly_gui.jobs.import_images import ImportRequest, import_images
from anomaly_gui.jobs.train import TrainRequest, train
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.store import Project

SETTINGS = SyntheticSettings(
    size_px=5120, train_good=30, test_good=20, defects_per_kind=10, kinds=("dot", "scratch", "area")
)
MOST_FALSE_ALARMS = 0.05
WAYS: dict[str, dict[str, Any]] = {
    "tiles of 256 at 1 and 1/4": {"tile_px": 256, "scales": "1+1/4", "layers": "10", "neighbourhood": 1},
    "whole, shrunk to 1024": {"input_px": 1024, "layers": "10", "neighbourhood": 1},
}
_INSPECT = """
import json, resource, sys, time
from pathlib import Path
from anomaly_gui.export.runtime import BundleRuntime
from anomaly_gui.imaging.load import load
runtime = BundleRuntime.open(Path(sys.argv[1]))
started, used = time.perf_counter(), time.process_time()
runtime.inspect(Path(sys.argv[2]))
print(json.dumps([time.perf_counter() - started, time.process_time() - used,
                  resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6]))
"""


@dataclass(frozen=True)
class Row:
    """One way to look at the images."""

    way: str
    f1: float | None
    recall: dict[str, float]
    """Of each type of defect, at no more than 5 % false alarms."""
    train_s: float
    train_cpu_s: float
    score_s: float
    score_cpu_s: float
    peak_gb: float


def measured(project: Project, way: str, settings: dict[str, Any], folder: Path, shown: str) -> Row:
    """Train patch-memory, score, export, and inspect one image in a process of its own."""
    started, used = time.perf_counter(), time.process_time()
    report = train(
        project, TrainRequest(detector="patch-memory", preset="fast", settings=settings), ignore_events, CancelToken()
    )
    cpu_s, whole_s = time.process_time() - used, time.perf_counter() - started
    bundle = folder / f"{report.run}.anomaly"
    export(project, report.run, bundle, ignore_events, CancelToken())
    told = subprocess.run(
        [sys.executable, "-c", _INSPECT, str(bundle), shown], capture_output=True, check=True, text=True
    )
    score_s, score_cpu_s, peak_gb = json.loads(told.stdout)
    share = report.training_seconds / whole_s
    return Row(
        way,
        evaluate(project, report.run).f1,
        recall_by_type(project, report.run),
        report.training_seconds,
        cpu_s * share,
        score_s,
        score_cpu_s,
        peak_gb,
    )


def recall_by_type(project: Project, run: int) -> dict[str, float]:
    scored = scored_images(project, run)
    good = np.sort(scored.scores[~scored.defective])[::-1]
    allowed = int(MOST_FALSE_ALARMS * len(good))
    images = {image.id: image for image in project.images()}
    found: dict[str, list[bool]] = {}
    for image_id, score, defective in zip(scored.ids.tolist(), scored.scores, scored.defective, strict=True):
        if defective:
            found.setdefault(images[image_id].label.defect_type or "", []).append(bool(score > good[allowed]))
    return {kind: float(np.mean(hits)) for kind, hits in sorted(found.items())}


def table(rows: list[Row]) -> str:
    head = "| | image F1 | recall at ≤ 5 % false alarms | training s (CPU s) | one image s (CPU s) | peak GB |"
    lines = [head, "|---|---|---|---|---|---|"]
    for row in rows:
        recall = ", ".join(f"{kind} {value:.2f}" for kind, value in row.recall.items())
        f1 = "n/a" if row.f1 is None else f"{row.f1:.3f}"
        lines.append(
            f"| {row.way} | {f1} | {recall} | {row.train_s:.0f} ({row.train_cpu_s:.0f}) "
            f"| {row.score_s:.1f} ({row.score_cpu_s:.1f}) | {row.peak_gb:.2f} |"
        )
    return "\n".join(lines)


def compare(folder: Path, images: Path, say: Callable[[str], object] = print) -> list[Row]:
    """Import the data set *images* into *folder*, and measure every way."""
    with Project.create(folder / "project") as project:
        import_images(project, ImportRequest(dataset=str(images)), ignore_events, CancelToken())
        shown = next(image.path for image in project.images() if image.label.kind == "defect")
        rows = []
        for way, settings in WAYS.items():
            rows.append(measured(project, way, settings, folder, str(shown)))
            say(table(rows))
    return rows


@pytest.mark.benchmark
def test_dots_on_large_parts_are_found_by_tiles_and_not_in_the_shrunk_image(tmp_path: Path) -> None:
    """ANOMALY_GUI_LARGE names a folder to keep or take the data set from: drawing it takes minutes."""
    images = Path(os.environ.get("ANOMALY_GUI_LARGE") or tmp_path / "images")
    if not (images / "test").exists():
        write_dataset(images, SETTINGS, ignore_events, CancelToken())

    tiled, shrunk = compare(tmp_path, images)

    assert tiled.f1 is not None
    assert tiled.f1 >= 0.95
    assert min(tiled.recall.values()) >= 0.9
    assert tiled.recall["dot"] > shrunk.recall["dot"]
    assert tiled.train_s <= 900
    assert tiled.score_s <= 10
    assert tiled.peak_gb <= 1.5

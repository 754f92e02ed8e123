"""Photographs of real parts, which lie outside the repository: tests that want them are skipped without them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from anomaly_gui.imaging.scan import scan_dataset
from anomaly_gui.imaging.subset import stratified_subset

VARIABLE = "ANOMALY_GUI_DATA"
_ROOT = Path(__file__).resolve().parents[1]


def found(name: str) -> Path | None:
    """A data set's folder, below the one that the environment names or else ../shared/data."""
    folder = Path(os.environ.get(VARIABLE) or _ROOT.parent / "shared" / "data") / name
    return folder if folder.is_dir() else None


def data_set(name: str) -> Path:
    """The same; skips the test without it."""
    folder = found(name)
    if folder is None:
        pytest.skip(f"{name} is not there: set {VARIABLE} to the folder that holds it")
    return folder


def copy_subset(source: Path, to: Path, count: int) -> Path:
    """About *count* images of a data set, of every kind, with their masks."""
    for image in stratified_subset(scan_dataset(source), count, seed=0).images:
        for path in filter(None, (image.path, image.mask_path)):
            target = to / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return to

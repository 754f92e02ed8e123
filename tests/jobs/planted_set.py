"""Synthetic parts without a fault in the set, and one of each fault planted in a copy of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np

from anomaly_gui.imaging.synthetic import SyntheticSettings, write_dataset
from anomaly_gui.jobs.import_images import ImportRequest, import_images
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.store import Project

DRAWING = SyntheticSettings(size_px=96, train_good=24, test_good=18, defects_per_kind=16, kinds=("dot", "scratch"))


def clean_set(folder: Path) -> Path:
    write_dataset(folder, DRAWING, ignore_events, CancelToken())
    return folder


def imported(data: Path, folder: Path) -> Project:
    project = Project.create(folder)
    import_images(project, ImportRequest(dataset=str(data)), ignore_events, CancelToken())
    return project


def plant_faults(data: Path) -> dict[str, set[str]]:
    """Kind of finding → names (folder/file) of the images that it must name, and no other."""
    train, good, dot = data / "train/good", data / "test/good", data / "test/dot"
    shutil.copy(train / "000.png", train / "x_copy.png")
    shutil.copy(train / "001.png", good / "x_leak.png")
    shutil.copy(dot / "002.png", good / "x_label.png")
    _write(train / "x_again.jpg", _read(train / "003.png"), [cv2.IMWRITE_JPEG_QUALITY, 95])
    brighter = np.clip(_read(train / "004.png") * 1.06 + 3, 0, 255).astype(np.uint8)
    _write(good / "x_brighter.png", brighter)
    _write(train / "x_size.png", cv2.resize(_read(train / "005.png"), (80, 96))[:, ::-1])
    _write(train / "x_blur.png", cv2.GaussianBlur(_read(train / "006.png"), (0, 0), 2.0)[::-1])
    _write(train / "x_exposed.png", np.clip(_read(train / "007.png")[::-1] * 2.6, 0, 255).astype(np.uint8))
    return {
        "copies": {"good/000.png", "good/x_copy.png"},
        "copies-splits": {"good/001.png", "good/x_leak.png"},
        "copies-labels": {"dot/002.png", "good/x_label.png"},
        "alike": {"good/003.png", "good/x_again.jpg"},
        "alike-splits": {"good/004.png", "good/x_brighter.png"},
        "sizes": {"good/x_size.png"},
        "blur": {"good/x_blur.png"},
        "exposure": {"good/x_exposed.png"},
    }


def plant_faults_after_import(data: Path) -> dict[str, set[str]]:
    """What an import would have refused."""
    (data / "train/good/010.png").unlink()
    other = data / "train/good/011.png"
    other.write_bytes(other.read_bytes() + b"\0")
    _write(data / "ground_truth/scratch/003_mask.png", np.zeros((96, 96), np.uint8))
    _write(data / "ground_truth/scratch/004_mask.png", np.full((50, 96), 255, np.uint8))
    return {
        "missing": {"good/010.png"},
        "changed": {"good/011.png"},
        "mask-empty": {"scratch/003.png"},
        "mask-unusable": {"scratch/004.png"},
    }


def _read(path: Path) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)


def _write(path: Path, pixels: np.ndarray, options: list[int] | None = None) -> None:
    path.write_bytes(cv2.imencode(path.suffix, np.ascontiguousarray(pixels), options or [])[1].tobytes())

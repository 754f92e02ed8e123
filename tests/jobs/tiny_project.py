"""A project of 32 px pictures that trains in a second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from anomaly_gui.jobs.import_images import ImportRequest, import_images
from anomaly_gui.jobs.train import TrainRequest
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.store import Project

SIDE = 40
QUICK: dict[str, Any] = {
    "input_px": 32,
    "width": 4,
    "epochs": 3,
    "minimum_steps": 0,
    "batch_size": 4,
    "validation_share": 0.25,
}


def picture(number: int, *, defect: bool = False, channels: int = 1, bits: int = 8) -> np.ndarray:
    """A bright disc on grey, a little different each time; a defect is a black square in it."""
    rng = np.random.default_rng(number)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    disc = np.hypot(rows - SIDE / 2, columns - SIDE / 2) < SIDE / 3
    unit = 0.3 + 0.4 * disc + rng.normal(0, 0.01, (SIDE, SIDE)) + rng.uniform(-0.03, 0.03)
    if defect:
        unit[15:21, 18:24] = 0
    levels = np.clip(unit, 0, 1) * (255 if bits == 8 else 4095)
    return np.repeat(levels.astype(np.uint8 if bits == 8 else np.uint16)[:, :, None], channels, axis=2)


def write(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


def make_dataset(
    folder: Path,
    *,
    train: int = 12,
    good: int = 4,
    defects: int = 4,
    channels: int = 1,
    bits: int = 8,
    after: int = 0,
) -> None:
    """*train* and *good* test images, and *defects* with masks, in the MVTec AD layout; *after* so many others."""
    number = after
    for place, count in (("train/good", train), ("test/good", good), ("test/hole", defects)):
        for index in range(count):
            number += 1
            shown = picture(number, defect=place == "test/hole", channels=channels, bits=bits)
            write(folder / place / f"{index:03d}.png", shown)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[15:21, 18:24] = 255
    for index in range(defects):
        write(folder / "ground_truth/hole" / f"{index:03d}_mask.png", mask)


def make_project(folder: Path, **wanted: int) -> Project:
    """A project of what make_dataset() makes."""
    data = folder / "data"
    make_dataset(data, **wanted)
    project = Project.create(folder / "project")
    import_images(project, ImportRequest(dataset=str(data)), ignore_events, CancelToken())
    return project


def quick(**settings: Any) -> TrainRequest:
    """A request that trains in a second."""
    return TrainRequest(seed=3, settings={**QUICK, **settings})

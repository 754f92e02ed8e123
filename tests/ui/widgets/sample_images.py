"""Images of a project, as records, for widgets that need no project."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from anomaly_gui.project.records import Image, Label, Split

GOOD, DEFECT, UNLABELLED = Label("good"), Label("defect", "crack"), Label("unlabelled")


def image(
    number: int,
    label: Label = GOOD,
    *,
    path: str = "",
    split: Split = "train",
    bits: int = 8,
    peak: int = 200,
    excluded: bool = False,
    mask: str | None = None,
) -> Image:
    """Number *number*; without *path* its file is not there."""
    return Image(
        id=number,
        path=path or f"/parts/{label.kind}/part_{number:03d}.png",
        sha256=f"{number:064x}",
        pixel_sha256=f"{number:064x}",
        file_bytes=1200,
        format="PNG",
        width=60,
        height=40,
        channels=1,
        bit_depth=bits,
        peak=peak,
        label=label,
        split=split,
        mask_path=mask,
        excluded=excluded,
    )


def written(folder: Path, number: int, pixels: np.ndarray | None = None, **others: object) -> Image:
    """One whose file is there: grey level *number*, unless *pixels* say otherwise."""
    shown = np.full((40, 60), number, np.uint8) if pixels is None else pixels
    path = folder / f"part_{number:03d}.png"
    path.write_bytes(cv2.imencode(".png", shown)[1].tobytes())
    return image(number, path=str(path), **others)  # type: ignore[arg-type]

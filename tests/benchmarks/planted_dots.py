"""Real photographs with a dot that nobody can argue about: the recipe of a row of the table of large images.

Every good test image of a data set in the MVTec AD layout is used once, by turns, sorted by name: the even ones stay
good, each odd one gets one dot of 5 × 5 px, corners rounded, at a random place at least 8 px from the border where the
part is neither black nor white. The dot is darker by a share of the grey level there that is spread evenly over the
images on a logarithmic scale, or brighter in one of four. The training images are copied as they are. All follows
from the seed and the image's number.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.load import load

SEED = 5
DOT_PX = 5
CONTRAST = (0.16, 0.6)
"""Of the faintest and the strongest dot: the change of brightness as a share of it."""
_BORDER_PX = 8
_USABLE = (0.15, 0.9)
"""Grey levels, in [0, 1], that a dot changes visibly."""
_BRIGHT_SHARE = 0.25
_TRIES = 200


def write_planted_dots(source: Path, to: Path) -> Path:
    """Write train/good, test/good, test/dot and ground_truth/dot below *to*, if they are not there."""
    if (to / "done").exists():
        return to
    for path in sorted((source / "train" / "good").iterdir()):
        _copy(path, to / "train" / "good" / path.name)
    good = sorted((source / "test" / "good").iterdir())
    dotted = good[1::2]
    for path in good[::2]:
        _copy(path, to / "test" / "good" / path.name)
    for number, path in enumerate(dotted):
        share = (number + 0.5) / len(dotted)
        contrast = CONTRAST[0] * (CONTRAST[1] / CONTRAST[0]) ** share
        pixels, mask = plant_dot(load(path).pixels, contrast, np.random.default_rng([SEED, number]))
        _write(to / "test" / "dot" / f"{path.stem}.png", pixels[:, :, ::-1])
        _write(to / "ground_truth" / "dot" / f"{path.stem}_mask.png", mask.astype(np.uint8) * 255)
    (to / "done").touch()
    return to


def plant_dot(
    pixels: NDArray[np.uint8], contrast: float, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """(H, W, C) uint8 → the same with a dot, and where it is, (H, W)."""
    height, width = pixels.shape[:2]
    sign = 1.0 if rng.uniform() < _BRIGHT_SHARE else -1.0
    offsets = np.arange(DOT_PX) - DOT_PX // 2
    cover = np.clip(DOT_PX / 2 + 0.5 - np.hypot(offsets[:, None], offsets), 0, 1)
    made = pixels.copy()
    mask = np.zeros((height, width), np.bool_)
    for _ in range(_TRIES):
        top = int(rng.integers(_BORDER_PX, height - DOT_PX - _BORDER_PX))
        left = int(rng.integers(_BORDER_PX, width - DOT_PX - _BORDER_PX))
        window = slice(top, top + DOT_PX), slice(left, left + DOT_PX)
        if _USABLE[0] * 255 <= pixels[window].mean() <= _USABLE[1] * 255:
            break
    changed = pixels[window] * (1 + sign * contrast * cover[:, :, None])
    made[window] = np.rint(np.clip(changed, 0, 255)).astype(np.uint8)
    mask[window] = cover >= 0.35
    return made, mask


def _copy(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to)


def _write(path: Path, pixels: NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _, data = cv2.imencode(".png", pixels)
    path.write_bytes(data.tobytes())

"""Which good images look most like another one: by the distance of small pictures of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from safetensors import SafetensorError

from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write
from anomaly_gui.imaging.load import load, to_unit, white_level
from anomaly_gui.project.records import Image

SIDE_PX = 32
LIMIT = 400
"""At most so many good images are looked through: each has to be decoded once."""
_KEPT_AFTER = 50
_FILE = "small_looks.safetensors"

Look = NDArray[np.float32]
"""(1024,): the image at 32 × 32 px in grey, with mean 0 and length 1 (or all 0 if it is flat)."""


def look_of(pixels: NDArray[np.float32]) -> Look:
    """Of an image (H, W, C) of any range: brightness and contrast do not count, only what is where."""
    grey = pixels.astype(np.float32).mean(axis=2)
    small = cv2.resize(grey, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA).ravel()
    small -= small.mean()
    length = float(np.linalg.norm(small))
    return np.asarray(small / length if length > 1e-6 else np.zeros_like(small), np.float32)


def looked_through(good: Sequence[Image]) -> list[Image]:
    """Those of the good images that are compared: all, or LIMIT evenly spread ones."""
    if len(good) <= LIMIT:
        return list(good)
    return [good[number * len(good) // LIMIT] for number in range(LIMIT)]


def nearest(look: Look, ids: NDArray[np.int64], looks: NDArray[np.float32], count: int, but: int) -> list[int]:
    """Ids (N,) of the *count* most alike of *looks* (N, 1024), the most alike first, never *but* itself."""
    order = np.argsort(-(looks @ look), kind="stable")
    return [int(image_id) for image_id in ids[order].tolist() if image_id != but][:count]


def small_looks(
    folder: Path, images: Sequence[Image], stopped: Callable[[], bool]
) -> tuple[NDArray[np.int64], NDArray[np.float32]] | None:
    """Ids (N,) and looks (N, 1024) of *images*; None if stopped, which keeps what is done.

    Kept in *folder* by the image's hash, so each is decoded once in a project's life. Images that cannot be
    read are left out.
    """
    kept = _read(folder / _FILE)
    fresh = 0
    for image in images:
        if stopped():
            if fresh:
                _write(folder / _FILE, kept)
            return None
        if image.sha256 not in kept:
            with contextlib.suppress(InputError):
                pixels = load(image.path, verify=False).pixels
                kept[image.sha256] = look_of(to_unit(pixels, white_level(image.bit_depth, image.peak)))
                fresh += 1
            if fresh and fresh % _KEPT_AFTER == 0:
                _write(folder / _FILE, kept)
    if fresh:
        _write(folder / _FILE, kept)
    found = [image for image in images if image.sha256 in kept]
    looks = np.stack([kept[image.sha256] for image in found]) if found else np.zeros((0, SIDE_PX**2), np.float32)
    return np.asarray([image.id for image in found], np.int64), looks


def _read(path: Path) -> dict[str, Look]:
    """A cache: one that is missing or damaged is made anew."""
    try:
        looks = safetensors.numpy.load(path.read_bytes())
    except (OSError, SafetensorError, ValueError):
        return {}
    return {key: look for key, look in looks.items() if look.shape == (SIDE_PX**2,) and look.dtype == np.float32}


def _write(path: Path, looks: dict[str, Look]) -> None:
    # A full disk is no reason to complain: the pictures are made again next time.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, safetensors.numpy.save(looks))

"""What a check of a set reads from files; everything that is found is worked out of it."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.jobs.check_files import FileCheck


class SetFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Of the images that were checked; labels and splits are not in it, so that it stays true when they change."""

    files: FileCheck
    ids: tuple[int, ...]
    """Of the images that were measured."""
    brightness: NDArray[np.float32]
    bright_share: NDArray[np.float32]
    sharpness: NDArray[np.float32]
    alike: tuple[tuple[str, str, float], ...]
    """Two pictures by pixel_sha256, and their likeness."""
    pairs_left_out: int
    """Pairs that were too many to look at closely, the least alike of all candidates."""
    masks: dict[int, str]
    """Image id → what is wrong with its mask: "empty", or why it cannot be used."""

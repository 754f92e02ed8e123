"""What a pixel threshold marks of one image, against its mask. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.load import load
from anomaly_gui.imaging.masks import load_mask, shrink_mask
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.ui.widgets.picture_set import MAP_LEVELS, PictureRequest, picture

LARGEST_PX = 256
"""Longer side of what is kept: a tile shows no more."""
NEITHER, FALSE, MISSED, FOUND = 0, 1, 2, 3
"""Classes of a pixel: 1 if it is marked, 2 if the mask has it, 3 if both."""


_Pixel = TypeVar("_Pixel", np.uint16, np.bool_)


@dataclass(frozen=True)
class RegionPicture:
    """One image, small, with its map and mask."""

    shown: NDArray[np.uint8]
    """(h, w) or (h, w, 3), contiguous."""
    stored: NDArray[np.uint16]
    """(s, s): the map on the run's scale; a pixel is the highest of those it stands for, so that no dot is lost."""
    mask: NDArray[np.bool_]
    """(s, s)"""

    def classes(self, level: float, scale: tuple[float, float]) -> NDArray[np.uint8] | None:
        """(s, s) of NEITHER, FALSE, MISSED and FOUND; None above the upper end of *scale*, where nothing is told."""
        lower, upper = scale
        share = (level - lower) / (upper - lower)
        if share > 1:
            return None
        marked = self.stored >= share * MAP_LEVELS
        return marked.astype(np.uint8) + 2 * self.mask.astype(np.uint8)


def load_region_picture(request: PictureRequest) -> RegionPicture:
    """Read image, map and mask. Raises InputError for one that cannot be read, ValueError without a mask."""
    if request.mask_path is None or request.project_folder is None:
        raise ValueError("an image without a mask or a run has no regions to compare")
    pixels = load(request.path, verify=False).pixels
    height, width = pixels.shape[:2]
    shown = picture(pixels, request.white_level).levels[0]
    factor = min(1.0, LARGEST_PX / max(height, width))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    stored = RunFolder(request.project_folder, request.run_name).read_map(request.image_id)
    mask = shrink_mask(load_mask(request.mask_path, height, width), *stored.shape)
    while max(stored.shape) > LARGEST_PX:
        stored, mask = _halved(stored), _halved(mask)
    small = cv2.resize(shown, size, interpolation=cv2.INTER_AREA)
    return RegionPicture(np.ascontiguousarray(small, np.uint8), stored, mask)


def _halved(pixels: NDArray[_Pixel]) -> NDArray[_Pixel]:
    padded = np.pad(pixels, ((0, pixels.shape[0] % 2), (0, pixels.shape[1] % 2)), mode="edge")
    rows = np.maximum(padded[0::2], padded[1::2])
    return np.maximum(rows[:, 0::2], rows[:, 1::2])

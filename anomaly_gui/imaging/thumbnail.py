"""Images made small for looking at."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.load import Loaded, white_level


def small_picture(pixels: NDArray[Any], side_px: int, white: int) -> NDArray[np.uint8]:
    """(H, W, C) fitted into a square of *side_px*, never enlarged: (h, w) or (h, w, 3); *white* is the value shown as
    white where pixels have 16 bits."""
    small = fitted(pixels, side_px)
    if small.ndim == 3 and small.shape[2] == 1:
        small = small[:, :, 0]
    if small.dtype == np.uint16:
        small = np.minimum(small.astype(np.float32) * (255.0 / white), 255.0)
    return np.ascontiguousarray(small, np.uint8)


def sample(loaded: Loaded, side_px: int) -> NDArray[np.uint8]:
    """small_picture() of an image that is not in the project, with a white of its own."""
    white = 255 if loaded.bit_depth == 8 else white_level(16, loaded.peak)
    return small_picture(loaded.pixels, side_px, white)


def fitted(pixels: NDArray[Any], side_px: int) -> NDArray[Any]:
    """Scaled to fit a square of *side_px*, never up."""
    height, width = pixels.shape[:2]
    scale = min(1.0, side_px / max(height, width))
    if scale == 1.0:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.ascontiguousarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))

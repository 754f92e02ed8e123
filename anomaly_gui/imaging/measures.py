"""What is measured of a picture to compare it with the others of its set: exposure, sharpness, a thumbnail."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.load import Pixels, to_channels, to_unit, white_level

THUMBNAIL_PX = 32
MEASURED_PX = 1024
"""Sharpness is measured on at most so many rows and columns, in the middle: it does not depend on the size then."""

MEASURES = np.dtype(
    [
        ("brightness", np.float32),
        ("bright_share", np.float32),
        ("dark_share", np.float32),
        ("sharpness", np.float32),
        ("thumbnail", np.uint8, (THUMBNAIL_PX, THUMBNAIL_PX)),
    ]
)
"""One picture's measures; see measure()."""

_FINE_PX, _COARSE_PX = 1.0, 2.0
_NOISE_FLOOR = 1e-4
"""Of a picture without any detail: a hundredth of a grey level of 8 bits."""


def measure(pixels: Pixels, peak: int) -> Any:
    """(H, W, 1 or 3) uint8 or uint16 → one record of MEASURES.

    brightness: mean of the luma, as a share of what the bit depth can hold. bright_share and dark_share: pixels
    within 1/255 of white and of black. sharpness: log2 of the root mean square of the finest detail (image minus
    Gaussian of 1 px) to that of the next band (Gaussian of 1 px minus Gaussian of 2 px): no change of exposure or
    contrast moves it, blur lowers it. thumbnail: area means, squeezed to a square. *peak* is the largest value of
    the picture, which tells 12-bit data in 16-bit files.
    """
    white = white_level(8 * pixels.dtype.itemsize, peak)
    grey = to_channels(to_unit(pixels, white), 1)[:, :, 0]
    small = cv2.resize(grey, (THUMBNAIL_PX, THUMBNAIL_PX), interpolation=cv2.INTER_AREA)
    made = np.zeros(1, MEASURES)[0]
    made["brightness"] = float(grey.mean()) * white / np.iinfo(pixels.dtype).max
    made["bright_share"] = np.count_nonzero(grey >= 254 / 255) / grey.size
    made["dark_share"] = np.count_nonzero(grey <= 1 / 255) / grey.size
    made["sharpness"] = sharpness(_middle(grey))
    made["thumbnail"] = np.rint(np.clip(small, 0, 1) * 255).astype(np.uint8)
    return made


def sharpness(grey: NDArray[np.float32]) -> float:
    """(H, W) float32 in [0, 1] → log2 of the ratio of the two finest bands, as measure() says."""
    fine = cv2.GaussianBlur(grey, (0, 0), _FINE_PX)
    coarse = cv2.GaussianBlur(grey, (0, 0), _COARSE_PX)
    return float(np.log2((_rms(grey - fine) + _NOISE_FLOOR) / (_rms(fine - coarse) + _NOISE_FLOOR)))


def _rms(values: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def _middle(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = grey.shape
    top, left = max(0, (height - MEASURED_PX) // 2), max(0, (width - MEASURED_PX) // 2)
    return grey[top : top + MEASURED_PX, left : left + MEASURED_PX]

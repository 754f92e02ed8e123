"""Resizing as two matrix products, which the exported ONNX graph repeats exactly."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.load import Pixels, to_channels, to_unit


@lru_cache(maxsize=64)
def resize_weights(n_in: int, n_out: int) -> NDArray[np.float32]:
    """Area means as a matrix (n_out, n_in) float32 whose rows sum to 1, read-only.

    The share of output pixel i, from i · n_in / n_out on, that input pixel j covers. It is the sharpest
    filter that loses no pixel, enlarging leaves edges as they are, and going down from an enlarged image
    gives what going down from the image itself gives.
    """
    scale = n_in / n_out
    start = np.arange(n_out, dtype=np.float64)[:, None] * scale
    pixel = np.arange(n_in, dtype=np.float64)[None, :]
    overlap = np.maximum(0.0, np.minimum(start + scale, pixel + 1) - np.maximum(start, pixel))
    normalised: NDArray[np.float32] = (overlap / overlap.sum(axis=1, keepdims=True)).astype(np.float32)
    normalised.flags.writeable = False
    return normalised


def resize(unit: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """(H, W, C) float32 → (height, width, C) float32; keeps the range."""
    rows = resize_weights(unit.shape[0], height)
    columns = resize_weights(unit.shape[1], width).T
    planes = [rows @ np.ascontiguousarray(unit[:, :, c]) @ columns for c in range(unit.shape[2])]
    return np.stack(planes, axis=2)


def prepare(pixels: Pixels, white_level: int, channels: int, input_px: int) -> NDArray[np.float32]:
    """Loaded pixels → what a detector sees: (channels, input_px, input_px) float32 in [0, 1]."""
    unit = to_channels(to_unit(pixels, white_level), channels)
    return np.ascontiguousarray(resize(unit, input_px, input_px).transpose(2, 0, 1))

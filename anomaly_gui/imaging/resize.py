"""Resizing as two matrix products, which the exported ONNX graph repeats exactly."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.load import Pixels, to_channels, to_unit


@lru_cache(maxsize=64)
def resize_weights(n_in: int, n_out: int) -> NDArray[np.float32]:
    """Antialiased triangle filter as a matrix (n_out, n_in) float32 whose rows sum to 1, read-only.

    With s = n_in / n_out and f = max(s, 1), pixel j weighs max(0, 1 − |(j + ½) − (i + ½) s| / f)
    in output i before rows are normalised.
    """
    scale = n_in / n_out
    support = max(scale, 1.0)
    inputs = np.arange(n_in, dtype=np.float64)[None, :] + 0.5
    outputs = (np.arange(n_out, dtype=np.float64)[:, None] + 0.5) * scale
    weights = np.maximum(0.0, 1.0 - np.abs(inputs - outputs) / support)
    normalised: NDArray[np.float32] = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
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

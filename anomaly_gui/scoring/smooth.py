"""Gaussian smoothing of an anomaly map."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray


def gaussian_kernel(sigma_px: float) -> NDArray[np.float32]:
    """Normalised samples of a Gaussian at −r…r with r = ⌈3σ⌉; a single 1 for σ = 0."""
    radius = math.ceil(3 * sigma_px)
    if radius == 0:
        return np.ones(1, np.float32)
    offsets = np.arange(-radius, radius + 1, dtype=np.float64)
    weights: NDArray[np.float64] = np.exp(-0.5 * (offsets / sigma_px) ** 2)
    weights /= weights.sum()
    return weights.astype(np.float32)


def smooth(anomaly_map: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """Smooth (H, W); borders mirror without repeating the edge pixel, as the bundle's graph does."""
    if sigma_px == 0:
        return anomaly_map
    kernel = gaussian_kernel(sigma_px)
    smoothed = cv2.sepFilter2D(anomaly_map, cv2.CV_32F, kernel, kernel, borderType=cv2.BORDER_REFLECT_101)
    return smoothed.astype(np.float32, copy=False)

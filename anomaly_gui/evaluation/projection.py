"""Many figures of each image in two, to be drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_CHUNK = 8192


def principal_plane(features: NDArray[np.floating]) -> tuple[NDArray[np.float32], tuple[float, float]]:
    """(N, D) → (N, 2) float32, along the two directions in which the features vary most, and the shares of variance.

    Every feature is scaled to spread 1 first, so that none counts for its unit; those that do not vary count for
    nothing. K. Pearson, On lines and planes of closest fit (1901). The larger side of each axis is the positive one.
    """
    if features.shape[1] < 2:
        features = np.pad(features, ((0, 0), (0, 2 - features.shape[1])))
    count, wide = features.shape
    if count < 2:
        return np.zeros((count, 2), np.float32), (0.0, 0.0)
    mean = features.mean(axis=0, dtype=np.float64)
    spread = features.std(axis=0, dtype=np.float64)
    scale = np.where(spread > 1e-9, 1.0 / np.maximum(spread, 1e-9), 0.0)
    covariance = np.zeros((wide, wide))
    for start in range(0, count, _CHUNK):
        rows = (features[start : start + _CHUNK] - mean) * scale
        covariance += rows.T @ rows
    values, vectors = np.linalg.eigh(covariance / count)
    plane = vectors[:, [-1, -2]]
    points = np.concatenate(
        [(features[start : start + _CHUNK] - mean) * scale @ plane for start in range(0, count, _CHUNK)]
    )
    skewed = np.where((points**3).sum(axis=0) < 0, -1.0, 1.0)
    total = float(values.sum())
    shares = [float(max(value, 0.0)) / total if total > 0 else 0.0 for value in (values[-1], values[-2])]
    return np.asarray(points * skewed, np.float32), (shares[0], shares[1])

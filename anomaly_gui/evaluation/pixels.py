"""Figures of the map itself, from histograms of pixels inside and outside the masks.

A histogram is (B,) counts over bins whose values rise; pixels of one bin count as tied.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Histogram = NDArray[np.integer]


def pixel_auroc(good: Histogram, defective: Histogram) -> float | None:
    """Area under the pixels' ROC curve, ties counting half; None with one class only."""
    pairs = float(good.sum()) * float(defective.sum())
    if pairs == 0:
        return None
    good_below = np.cumsum(good, dtype=np.float64) - good
    return float((defective * (good_below + good / 2)).sum() / pairs)


def pixel_f1(good: Histogram, defective: Histogram) -> tuple[float, int] | None:
    """Best F1 over all levels, and the first bin that counts as defective; None without a defect."""
    if defective.sum() == 0:
        return None
    found, alarms = _above(defective), _above(good)
    f1 = 2 * found / (found + alarms + defective.sum())
    best = int(np.argmax(f1))
    return float(f1[best]), best


def aupro(good: Histogram, regions: NDArray[np.integer], limit: float = 0.3) -> float | None:
    """Area under the per-region overlap curve up to a false alarm rate of *limit*, divided by it: in [0, 1].

    *regions* (R, B) has a histogram for each connected region of the masks, each weighing the same.
    P. Bergmann et al., The MVTec Anomaly Detection Dataset (2021), section 4. None without a region
    or without a good pixel.
    """
    if len(regions) == 0 or good.sum() == 0:
        return None
    false_alarm_rate = np.concatenate([[0.0], _above(good)[::-1] / good.sum()])
    shares = np.cumsum(regions[:, ::-1], axis=1, dtype=np.float64) / regions.sum(axis=1, keepdims=True)
    overlap = np.concatenate([[0.0], shares.mean(axis=0)])
    # The piece that crosses the limit is cut there; np.interp would be undecided where it is vertical.
    end = int(np.argmax(false_alarm_rate >= limit))
    (x0, x1), (y0, y1) = false_alarm_rate[end - 1 : end + 1], overlap[end - 1 : end + 1]
    x = np.append(false_alarm_rate[:end], limit)
    y = np.append(overlap[:end], y0 + (y1 - y0) * (limit - x0) / (x1 - x0))
    return float(np.trapezoid(y, x) / limit)


def _above(histogram: Histogram) -> NDArray[np.float64]:
    """(B,): how many pixels lie in each bin or a higher one."""
    return np.cumsum(histogram[::-1], dtype=np.float64)[::-1]

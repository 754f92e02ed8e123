"""Figures of the map itself, from histograms of pixels inside and outside the masks.

A histogram is (B,) counts over bins whose values rise; pixels of one bin count as tied.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.evaluation.confusion import Confusion

Histogram = NDArray[np.integer]


class PixelTable:
    """Pixels counted once, so that their figures at a level take no time."""

    def __init__(self, good: Histogram, defective: Histogram) -> None:
        self.found = _above(defective)
        """(B,): pixels of defects in each bin or a higher one."""
        self.alarms = _above(good)
        """(B,): the same of good pixels."""

    def at(self, first_bin: int) -> Confusion:
        """Counts of pixels when those in *first_bin* or a higher one are called defective."""
        found, alarms = int(self.found[first_bin]), int(self.alarms[first_bin])
        return Confusion(tp=found, fp=alarms, fn=int(self.found[0]) - found, tn=int(self.alarms[0]) - alarms)

    def rates(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Precision, recall and F1 (B,) each, by the first bin called defective; NaN where undefined."""
        defects = self.found[0]
        with np.errstate(invalid="ignore", divide="ignore"):
            precision = self.found / (self.found + self.alarms)
            recall = self.found / defects
            f1 = 2 * self.found / (self.found + self.alarms + defects)
        return (precision, recall, f1) if defects else (np.full_like(precision, np.nan),) * 3


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
    false_alarm_rate, overlap = region_overlap(good, regions)
    # The piece that crosses the limit is cut there; np.interp would be undecided where it is vertical.
    end = int(np.argmax(false_alarm_rate >= limit))
    (x0, x1), (y0, y1) = false_alarm_rate[end - 1 : end + 1], overlap[end - 1 : end + 1]
    x = np.append(false_alarm_rate[:end], limit)
    y = np.append(overlap[:end], y0 + (y1 - y0) * (limit - x0) / (x1 - x0))
    return float(np.trapezoid(y, x) / limit)


def region_overlap(good: Histogram, regions: NDArray[np.integer]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The per-region overlap curve: false alarm rate of good pixels, and mean share of a region found (B + 1,)."""
    false_alarm_rate = np.concatenate([[0.0], _above(good)[::-1] / good.sum()])
    shares = np.zeros(regions.shape[1])
    for histogram in regions:
        shares += np.cumsum(histogram[::-1], dtype=np.float64) / histogram.sum()
    return false_alarm_rate, np.concatenate([[0.0], shares / len(regions)])


def first_bin_below(largest: NDArray[np.floating], limit: float) -> int | None:
    """The first bin from which on no region is as large as *limit*; None if there is none.

    *largest* (H, B) is the size of each image's largest region of what lies in a bin or a higher one.
    """
    below = np.flatnonzero(largest.max(axis=0, initial=0) < limit)
    return int(below[0]) if len(below) else None


def _above(histogram: Histogram) -> NDArray[np.float64]:
    """(B,): how many pixels lie in each bin or a higher one."""
    return np.cumsum(histogram[::-1], dtype=np.float64)[::-1]

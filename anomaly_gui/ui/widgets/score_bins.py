"""Scores counted for the histogram. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 80
_FAR = 3.0
"""The axis ends early when the highest score is this many times as far away as nearly all others."""
_NEARLY_ALL = 0.98


@dataclass(frozen=True)
class ScoreBins:
    """Good and defective images by score, in bins that both share."""

    edges: NDArray[np.float64]
    """(bins + 1,), finite, rising."""
    good: NDArray[np.int64]
    """(bins,)"""
    defective: NDArray[np.int64]
    """(bins,)"""
    beyond: int = 0
    """Finite scores above the last edge; not drawn."""
    not_finite: int = 0
    """Images whose score is not finite; they count as defective and are not drawn."""

    @property
    def low(self) -> float:
        return float(self.edges[0])

    @property
    def high(self) -> float:
        return float(self.edges[-1])

    @property
    def overlap(self) -> tuple[float, float] | None:
        """From the lowest defect to the highest good image, or the gap between them; None with one class only.

        No threshold outside is better than one at its ends.
        """
        good, defective = np.flatnonzero(self.good), np.flatnonzero(self.defective)
        if not len(good) or not len(defective):
            return None
        low, high = sorted((float(self.edges[defective[0]]), float(self.edges[good[-1] + 1])))
        return (low, high) if high > low else (low - float(self.edges[1] - self.edges[0]), high)

    @property
    def note(self) -> str:
        """What the bars do not show, in words."""
        parts = []
        if self.beyond:
            parts.append(f"{self.beyond:,} further right")
        if self.not_finite:
            parts.append(f"{self.not_finite:,} without a finite score (called defective)")
        return ", ".join(parts)


def bin_scores(scores: NDArray[np.float32], defective: NDArray[np.bool_], bins: int = BINS) -> ScoreBins:
    """Count scores (N,) and defective (N,) in equal bins with a little room at both ends."""
    finite = np.isfinite(scores)
    values, of_defect = scores[finite].astype(np.float64), defective[finite]
    low, high = _drawn_range(values)
    edges = np.linspace(low, high, bins + 1)
    inside = values <= high
    good, _ = np.histogram(values[inside & ~of_defect], edges)
    bad, _ = np.histogram(values[inside & of_defect], edges)
    return ScoreBins(edges, good, bad, int((~inside).sum()), int((~finite).sum()))


def _drawn_range(values: NDArray[np.float64]) -> tuple[float, float]:
    if not len(values):
        return 0.0, 1.0
    low, usual, high = float(values.min()), float(np.quantile(values, _NEARLY_ALL)), float(values.max())
    if usual > low and high - low > _FAR * (usual - low):
        high = usual
    room = 0.03 * (high - low) if high > low else max(abs(high) * 0.05, 0.5)
    return low - room, high + room


def log_height(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """log10(1 + n): empty bins have no height, and a single image can be seen."""
    return np.log10(1.0 + counts)

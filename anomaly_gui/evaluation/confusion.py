"""Counts of right and wrong decisions, and the rates they give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GOOD, RECHECK, DEFECTIVE = 0, 1, 2
DECISIONS = ("good", "recheck", "defective")
"""By the numbers above, which a bundle's graph gives too."""

Scores = NDArray[np.floating]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Confusion:
    """Decisions against labels; "positive" is defective. A rate over nothing is None."""

    tp: int
    """Defects found."""
    fp: int
    """False alarms."""
    fn: int
    """Missed defects."""
    tn: int
    """Good images passed."""

    @property
    def recall(self) -> float | None:
        return _share(self.tp, self.tp + self.fn)

    @property
    def false_alarm_rate(self) -> float | None:
        return _share(self.fp, self.fp + self.tn)

    @property
    def specificity(self) -> float | None:
        return _share(self.tn, self.fp + self.tn)

    @property
    def precision(self) -> float | None:
        """None with one class only: every alarm would be wrong, or right, whatever the detector does."""
        if self.tp + self.fn == 0 or self.fp + self.tn == 0:
            return None
        return _share(self.tp, self.tp + self.fp)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None without a defect."""
        if self.tp + self.fn == 0:
            return None
        return _share(2 * self.tp, 2 * self.tp + self.fp + self.fn)


@dataclass(frozen=True)
class ThreeWay:
    """Three answers against labels: defective, recheck, good."""

    found: int
    """Defects called defective,"""
    rechecked_defects: int
    """to be rechecked,"""
    missed: int
    """and called good."""
    alarms: int
    """Good images called defective,"""
    rechecked_good: int
    """to be rechecked,"""
    passed: int
    """and called good."""

    @property
    def recheck_rate(self) -> float | None:
        """Share of all images that somebody must look at again; None without images."""
        rechecked = self.rechecked_defects + self.rechecked_good
        return _share(rechecked, rechecked + self.found + self.missed + self.alarms + self.passed)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def called_defective(scores: Scores, threshold: float) -> Flags:
    """The decision everywhere: score >= threshold, and every score that is not finite."""
    wide = scores.astype(np.float64)
    return np.asarray(~(wide < threshold) | ~np.isfinite(wide))


def decided(scores: Scores, threshold: float, recheck: float | None = None) -> NDArray[np.int64]:
    """GOOD, RECHECK or DEFECTIVE for each of *scores* (N,); without a *recheck* line below the threshold no RECHECK.

    A score that is not finite is defective.
    """
    defective = called_defective(scores, threshold)
    doubtful = np.zeros(len(scores), np.bool_) if recheck is None else scores.astype(np.float64) >= recheck
    return np.where(defective, DEFECTIVE, np.where(doubtful, RECHECK, GOOD)).astype(np.int64)


def at(scores: Scores, defective: Flags, threshold: float) -> Confusion:
    """Count decisions on scores (N,) against labels (N,)."""
    called = called_defective(scores, threshold)
    return Confusion(
        tp=int((called & defective).sum()),
        fp=int((called & ~defective).sum()),
        fn=int((~called & defective).sum()),
        tn=int((~called & ~defective).sum()),
    )

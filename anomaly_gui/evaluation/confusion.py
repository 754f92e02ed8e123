"""Counts of right and wrong decisions, and the rates they give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def called_defective(scores: Scores, threshold: float) -> Flags:
    """The decision everywhere: score >= threshold, and every score that is not finite."""
    wide = scores.astype(np.float64)
    return np.asarray(~(wide < threshold) | ~np.isfinite(wide))


def at(scores: Scores, defective: Flags, threshold: float) -> Confusion:
    """Count decisions on scores (N,) against labels (N,)."""
    called = called_defective(scores, threshold)
    return Confusion(
        tp=int((called & defective).sum()),
        fp=int((called & ~defective).sum()),
        fn=int((~called & defective).sum()),
        tn=int((~called & ~defective).sum()),
    )

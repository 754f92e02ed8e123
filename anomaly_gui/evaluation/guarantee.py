"""What good images alone promise of the false alarm rate, whatever their scores' distribution.

If k of n good images lie at or above a threshold that was set by them, the rate of all good parts that
do has, at a confidence, the upper bound of Clopper and Pearson (1934); as a limit chosen by order
statistics, it is the distribution-free tolerance limit of S. S. Wilks, Determination of sample sizes
for setting tolerance limits (1941). Both need images that are drawn as the line draws its parts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from anomaly_gui.evaluation.confusion import Scores, called_defective

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Guarantee:
    """What *count* good images say of a threshold."""

    count: int
    above: int
    """Of them at or above it, or without a finite score."""
    rate_bound: float
    """The false alarm rate is not above this, at the confidence asked for; 1 without images."""


def guarantee(good_scores: Scores, threshold: float, confidence: float = CONFIDENCE) -> Guarantee:
    """The bound for a threshold that was set by *good_scores* (N,); *confidence* in [0.5, 1)."""
    above = int(called_defective(good_scores, threshold).sum())
    return Guarantee(len(good_scores), above, rate_bound(above, len(good_scores), confidence))


def rate_bound(above: int, count: int, confidence: float = CONFIDENCE) -> float:
    """The one-sided upper bound of Clopper and Pearson for *above* of *count*; *confidence* in [0.5, 1)."""
    if above >= count:
        return 1.0
    low, high = above / count, 1.0
    for _ in range(60):  # Each halves it; then it is as exact as a float.
        middle = (low + high) / 2
        if _at_most(above, count, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def most_above(count: int, rate: float, confidence: float = CONFIDENCE) -> int | None:
    """How many of *count* good images may lie above a threshold that promises *rate*; None if none may."""
    low, high = -1, math.floor(count * rate)
    while low < high:
        middle = (low + high + 1) // 2
        if _at_most(middle, count, rate) <= 1 - confidence:
            low = middle
        else:
            high = middle - 1
    return low if low >= 0 else None


def good_images_needed(rate: float, confidence: float = CONFIDENCE, above: int = 0) -> int:
    """How few good images promise *rate* if *above* of them lie above the threshold: 59 for 5 %."""
    low = high = max(1, math.ceil(above / rate))
    while _at_most(above, high, rate) > 1 - confidence:
        low, high = high + 1, 2 * high
    while low < high:
        middle = (low + high) // 2
        if _at_most(above, middle, rate) > 1 - confidence:
            low = middle + 1
        else:
            high = middle
    return high


def _at_most(successes: int, n: int, p: float) -> float:
    """Probability of at most so many successes in n trials; they must not be more than n · p."""
    if p <= 0:
        return 1.0
    if p >= 1:
        return 1.0 if successes >= n else 0.0
    # Terms fall from the last one on, as a bell does whose width is at most √n / 2: twelve widths hold all.
    count = min(successes, int(6 * math.sqrt(n)) + 60)
    falling = np.arange(successes, successes - count, -1, dtype=np.float64)
    steps = np.log(falling / (n - falling + 1)) + math.log1p(-p) - math.log(p)
    last = math.lgamma(n + 1) - math.lgamma(successes + 1) - math.lgamma(n - successes + 1)
    last += successes * math.log(p) + (n - successes) * math.log1p(-p)
    return float(np.exp(last) * (1 + np.exp(np.cumsum(steps)).sum()))

"""Two runs over the same images: which ranks them better, and which decisions differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.evaluation.confusion import DEFECTIVE, Flags, Scores
from anomaly_gui.evaluation.curves import Curve, ScoreTable, auroc, ranks_last
from anomaly_gui.progress import CancelToken

RESAMPLES = 2000
FEWEST_OF_A_CLASS = 5
"""With fewer good or defective images resamples are too much alike to say how far chance reaches."""
_CELLS = 1 << 21
"""Numbers held at once, whatever the number of images."""

Places = NDArray[np.int64]


@dataclass(frozen=True)
class AurocDifference:
    """By how much the second run ranks better than the first."""

    first: float
    second: float
    interval: tuple[float, float] | None
    """Of the difference; None with too few images of a class for one."""
    second_better: float | None
    """Share of the resamples in which the second is better; None as above."""

    @property
    def difference(self) -> float:
        """Above 0 where the second is better."""
        return self.second - self.first

    @property
    def is_shown(self) -> bool:
        """Whether these images show a difference: the interval does not hold 0."""
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]


@dataclass(frozen=True)
class Differences:
    """Places in 0…N-1 of the images on which two runs disagree, or fail alike."""

    fixed: Places
    """Defects that the first misses and the second finds."""
    newly_missed: Places
    still_missed: Places
    new_alarms: Places
    """Good images that the first passes and the second calls defective."""
    alarms_gone: Places
    still_alarms: Places
    rechecked_otherwise: Places
    """Not called defective by either, but to be rechecked in one alone."""


def auroc_difference(
    first: Scores,
    second: Scores,
    defective: Flags,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    cancel: CancelToken | None = None,
) -> AurocDifference | None:
    """Areas under two runs' ROC curves on the same images (N,), with a 95 % interval; None with one class only.

    Paired, stratified percentile bootstrap: each resample draws good and defective images anew, the same for
    both runs (B. Efron, Bootstrap methods: another look at the jackknife, 1979; paired and stratified as in
    X. Robin et al., pROC, 2011). Two runs that rank alike differ by exactly 0. Once *cancel* is set there is no
    interval.
    """
    areas = auroc(first, defective), auroc(second, defective)
    if areas[0] is None or areas[1] is None:
        return None
    defects = int(defective.sum())
    if min(defects, len(defective) - defects) < FEWEST_OF_A_CLASS:
        return AurocDifference(areas[0], areas[1], None, None)
    differences = _resampled(first, second, defective, resamples, seed, cancel or CancelToken())
    if differences is None:
        return AurocDifference(areas[0], areas[1], None, None)
    low, high = np.quantile(differences, [0.025, 0.975]).tolist()
    return AurocDifference(areas[0], areas[1], (low, high), float((differences > 0).mean()))


def _resampled(
    first: Scores, second: Scores, defective: Flags, resamples: int, seed: int, cancel: CancelToken
) -> Curve | None:
    """(resamples,): second minus first; None once cancelled."""
    generator = np.random.default_rng(seed)
    ranked = [_Ranked(scores, defective) for scores in (first, second)]
    defects = int(defective.sum())
    good = len(defective) - defects
    at_once = max(1, _CELLS // len(defective))
    made = []
    for start in range(0, resamples, at_once):
        if cancel.cancelled:
            return None
        count = min(at_once, resamples - start)
        good_weights, defect_weights = _drawn(generator, count, good), _drawn(generator, count, defects)
        before, after = (run.areas(good_weights, defect_weights) for run in ranked)
        made.append(after - before)
    return np.concatenate(made)


def _drawn(generator: np.random.Generator, count: int, n: int) -> Curve:
    """(count, n): how often each of n images is drawn in n draws."""
    drawn = generator.integers(0, n, (count, n)) + n * np.arange(count)[:, None]
    return np.bincount(drawn.ravel(), minlength=count * n).reshape(count, n).astype(np.float64)


class _Ranked:
    """One run's scores ranked once, so that a resample is a sum of weights."""

    def __init__(self, scores: Scores, defective: Flags) -> None:
        ranked = ranks_last(scores)
        good, defects = ranked[~defective], ranked[defective]
        self._order = np.argsort(good, kind="stable")
        rising = good[self._order]
        self._below = np.searchsorted(rising, defects, side="left")
        self._not_above = np.searchsorted(rising, defects, side="right")

    def areas(self, good_weights: Curve, defect_weights: Curve) -> Curve:
        """(count,): areas by the weighted rank sum, ties counting half; weights are (count, G) and (count, D)."""
        sums = np.zeros((len(good_weights), good_weights.shape[1] + 1))
        np.cumsum(good_weights[:, self._order], axis=1, out=sums[:, 1:])
        won = sums[:, self._below] + sums[:, self._not_above]
        pairs = good_weights.shape[1] * defect_weights.shape[1]
        return np.asarray((defect_weights * won).sum(axis=1) / (2 * pairs))


def differences(first: NDArray[np.int64], second: NDArray[np.int64], defective: Flags) -> Differences:
    """Compare answers (N,) as confusion.decided gives them, each at its own run's threshold."""
    before, after = first == DEFECTIVE, second == DEFECTIVE

    def where(flags: Flags) -> Places:
        return np.flatnonzero(flags)

    return Differences(
        fixed=where(defective & ~before & after),
        newly_missed=where(defective & before & ~after),
        still_missed=where(defective & ~before & ~after),
        new_alarms=where(~defective & ~before & after),
        alarms_gone=where(~defective & before & ~after),
        still_alarms=where(~defective & before & after),
        rechecked_otherwise=where(~before & ~after & (first != second)),
    )


def f1_by_share(scores: Scores, defective: Flags) -> tuple[Curve, Curve]:
    """Share of the images called defective, rising in [0, 1], and F1 (K,) each; NaN without a defect.

    The share stands for the threshold, so that runs with different scales of scores can be compared.
    """
    table = ScoreTable(scores, defective)
    found, alarms = table.called(np.unique(ranks_last(scores))[::-1])
    found, alarms = np.concatenate([[0], found]), np.concatenate([[0], alarms])
    defects = np.float64(len(table.defects))
    called = found + alarms
    with np.errstate(invalid="ignore", divide="ignore"):
        f1 = 2 * found / (called + defects) if defects else np.full(len(called), np.nan)
        return called / np.float64(len(scores)), np.asarray(f1, np.float64)


def best_f1(scores: Scores, defective: Flags) -> float | None:
    """Highest F1 of any threshold, chosen on these same images; None without a defect."""
    _, f1 = f1_by_share(scores, defective)
    return float(f1.max()) if defective.any() else None

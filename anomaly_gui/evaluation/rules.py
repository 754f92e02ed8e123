"""The threshold that each rule gives, from scores and labels.

Of thresholds that are equally good the lowest is taken: a miss costs more than a false alarm. They lie
midway between neighbouring scores, see curves.candidate_thresholds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.confusion import Flags, Scores
from anomaly_gui.evaluation.costs import Costs
from anomaly_gui.evaluation.curves import Curve, ScoreTable, candidate_thresholds, threshold_sweep
from anomaly_gui.evaluation.guarantee import good_images_needed, most_above

_EQUAL = 1e-12
"""Relative difference that is rounding alone."""


@dataclass(frozen=True)
class Evidence:
    """Images that a rule chooses by."""

    scores: Scores
    """(N,): of the labelled test images."""
    defective: Flags
    """(N,)"""
    good_scores: Scores
    """(M,): of the held-out good images."""
    defect_types: tuple[str, ...] = ()
    """(N,): "" for good images and for defects without a type. Left out, none has a type."""

    def __post_init__(self) -> None:
        if not self.defect_types:
            object.__setattr__(self, "defect_types", ("",) * len(self.scores))

    @property
    def types(self) -> list[str]:
        """Every defect type among them, sorted."""
        flags = self.defective.tolist()
        return sorted({name for name, defect in zip(self.defect_types, flags, strict=True) if defect and name})

    @property
    def judged_good(self) -> Scores:
        """(G,): good test images, or else the held-out ones, to count false alarms on."""
        tested = self.scores[~self.defective]
        return tested if len(tested) else self.good_scores


def best_f_beta(evidence: Evidence, beta: float) -> float:
    """Highest F-beta = (1 + β²) TP / ((1 + β²) TP + β² FN + FP) on the test images."""
    table = ScoreTable(evidence.scores, evidence.defective)
    thresholds = candidate_thresholds(evidence.scores)
    found, alarms = table.called(thresholds)
    weight = beta**2
    right = (1 + weight) * found
    return _lowest_of_best(thresholds, right / (right + weight * (len(table.defects) - found) + alarms))


def youden(evidence: Evidence) -> float:
    """Highest J = recall − false alarm rate (W. J. Youden, Index for rating diagnostic tests, 1950)."""
    thresholds, recall, false_alarm_rate = _rates(evidence)
    return _lowest_of_best(thresholds, recall - false_alarm_rate)


def least_cost(evidence: Evidence, costs: Costs) -> float:
    """Lowest cost per part on the line, see costs.cost_per_part."""
    thresholds, recall, false_alarm_rate = _rates(evidence)
    missed = costs.defect_rate * costs.miss * (1 - recall)
    return _lowest_of_best(thresholds, -missed - (1 - costs.defect_rate) * costs.alarm * false_alarm_rate)


def good_percentile(evidence: Evidence, percentile: float) -> float:
    """The percentile of the held-out good images, interpolated between scores as numpy does."""
    finite = _finite(evidence.good_scores)
    return _above(float(np.percentile(finite, percentile)), finite)


def good_max_plus(evidence: Evidence) -> float:
    """The highest held-out good score plus its distance from their mean."""
    finite = _finite(evidence.good_scores)
    highest = float(finite.max())
    return _above(highest + (highest - float(finite.mean())), finite)


def good_guarantee(evidence: Evidence, rate: float) -> float:
    """The lowest threshold that promises the false alarm rate, see the module guarantee.

    Raises InputError if there are too few good images for it, and says how many more it takes.
    """
    good = evidence.good_scores
    allowed = most_above(len(good), rate)
    without_score = int((~np.isfinite(good.astype(np.float64))).sum())
    if allowed is None or allowed < without_score:
        more = good_images_needed(rate, above=without_score) - len(good)
        raise InputError(
            f"a false alarm rate of at most {100 * rate:g} % at 95 % confidence",
            f"the held-out good images ({len(good)}) are too few to promise it",
            f"Hold out {more} more good images from training, or ask for a higher rate",
        )
    return _lowest_with_alarms(good, good, allowed)


def false_alarm_at_most(evidence: Evidence, rate: float) -> float:
    """The lowest threshold whose false alarm rate on the good images is not above *rate*."""
    judged = evidence.judged_good
    without_score = int((~np.isfinite(judged.astype(np.float64))).sum())
    # Compared as shares: 0.29 · 100 is less than 29.
    allowed = int(np.searchsorted(np.arange(len(judged) + 1) / len(judged), rate, side="right")) - 1
    if without_score > allowed:
        raise InputError(
            f"false alarm rate of at most {rate:g}",
            "good images without a finite score already exceed it",
            "Look at these images",
        )
    return _lowest_with_alarms(np.concatenate([evidence.scores, judged]), judged, allowed)


def recall_at_least(evidence: Evidence, recall: float) -> float:
    """The highest threshold that finds this share of the defects."""
    return _highest_that_finds(evidence, recall, [evidence.defective])


def type_recall_at_least(evidence: Evidence, recall: float, defect_type: str) -> float:
    """The highest threshold that finds this share of the defects of one type; InputError if there is none."""
    if defect_type not in evidence.types:
        raise InputError(
            f"defect type {defect_type}",
            "no defective test image has it",
            f"Choose one of: {', '.join(evidence.types)}",
        )
    return _highest_that_finds(evidence, recall, [_of_type(evidence, defect_type)])


def every_type_recall_at_least(evidence: Evidence, recall: float) -> float:
    """The highest threshold that finds this share of each type; defects without one are a type of their own."""
    return _highest_that_finds(evidence, recall, list(_by_type(evidence)))


def _by_type(evidence: Evidence) -> Iterator[Flags]:
    for name in ["", *evidence.types]:
        chosen = _of_type(evidence, name)
        if chosen.any():
            yield chosen


def _of_type(evidence: Evidence, defect_type: str) -> Flags:
    return evidence.defective & np.array([name == defect_type for name in evidence.defect_types], np.bool_)


def _highest_that_finds(evidence: Evidence, recall: float, groups: list[Flags]) -> float:
    """The highest threshold that finds the share *recall* of every group of defects (N,)."""
    thresholds = candidate_thresholds(evidence.scores)
    enough = np.ones(len(thresholds), np.bool_)
    for group in groups:
        found, _ = ScoreTable(evidence.scores[group], evidence.defective[group]).called(thresholds)
        enough &= found / group.sum() >= recall
    return float(thresholds[np.flatnonzero(enough)[-1]])


def _lowest_with_alarms(scores: Scores, good: Scores, allowed: int) -> float:
    """The lowest threshold between *scores* that at most *allowed* of the *good* ones reach."""
    thresholds = candidate_thresholds(scores)
    _found, alarms = ScoreTable(good, np.zeros(len(good), np.bool_)).called(thresholds)
    return float(thresholds[np.flatnonzero(alarms <= allowed)[0]])


def _rates(evidence: Evidence) -> tuple[Curve, Curve, Curve]:
    """Thresholds (K,) with recall and false alarm rate, the latter on judged_good."""
    defects, good = evidence.scores[evidence.defective], evidence.judged_good
    scores = np.concatenate([defects, good])
    sweep = threshold_sweep(scores, np.arange(len(scores)) < len(defects))
    return sweep.thresholds, sweep.recall, sweep.false_alarm_rate


def _lowest_of_best(thresholds: Curve, worth: Curve) -> float:
    """Of thresholds (K,), rising, the first whose *worth* (K,) is the highest but for rounding."""
    rounding = _EQUAL * float(np.abs(worth).max())
    return float(thresholds[np.flatnonzero(worth >= worth.max() - rounding)[0]])


def _finite(good: Scores) -> Scores:
    finite = good[np.isfinite(good)].astype(np.float64)
    if len(finite) == 0:
        raise InputError("held-out good images", "none of them has a score", "Train again with more good images")
    return finite


def _above(threshold: float, observed: Scores) -> float:
    """Move a threshold that hits an observed score midway to the next one above.

    So that good image passes, and rounding in another runtime cannot flip it.
    """
    distinct = np.unique(observed)
    nearest = int(np.argmin(np.abs(distinct - threshold)))
    if abs(distinct[nearest] - threshold) > 1e-5 * max(abs(threshold), 1e-9):
        return threshold
    return float(candidate_thresholds(observed)[nearest + 1])

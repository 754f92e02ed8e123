"""Figures over all thresholds at once. A score that is not finite ranks above every other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.evaluation.confusion import Confusion, Flags, Scores, ThreeWay

Curve = NDArray[np.float64]


@dataclass(frozen=True)
class Roc:
    """Receiver operating characteristic, from no image called defective to all; points are (K,)."""

    false_alarm_rate: Curve
    recall: Curve
    thresholds: Curve
    """Falling; the first is +inf."""


@dataclass(frozen=True)
class PrecisionRecall:
    """From the highest score alone called defective to all images; points are (K,)."""

    precision: Curve
    recall: Curve
    """Rising."""
    thresholds: Curve
    """Falling; the first is +inf where scores are not finite."""


@dataclass(frozen=True)
class Sweep:
    """Figures at thresholds (K,) that rise through every decision; NaN where undefined."""

    thresholds: Curve
    precision: Curve
    recall: Curve
    f1: Curve
    false_alarm_rate: Curve


class ScoreTable:
    """Scores sorted once, so that counts at a threshold take O(log n)."""

    def __init__(self, scores: Scores, defective: Flags) -> None:
        ranked = ranks_last(scores)
        self.good: Curve = np.sort(ranked[~defective])
        """(G,) rising."""
        self.defects: Curve = np.sort(ranked[defective])
        """(D,) rising."""

    def at(self, threshold: float) -> Confusion:
        """Counts when images with score >= *threshold* are called defective."""
        # No finite score may be counted with those that are not, whatever the threshold.
        limit = min(threshold, float(np.finfo(np.float64).max))
        missed = int(np.searchsorted(self.defects, limit, side="left"))
        passed = int(np.searchsorted(self.good, limit, side="left"))
        return Confusion(tp=len(self.defects) - missed, fp=len(self.good) - passed, fn=missed, tn=passed)

    def at_band(self, recheck: float | None, threshold: float) -> ThreeWay:
        """Counts when images below *threshold* are to be rechecked from *recheck* on; None: there is no such band."""
        defective = self.at(threshold)
        suspect = defective if recheck is None else self.at(min(recheck, threshold))
        return ThreeWay(
            found=defective.tp,
            rechecked_defects=suspect.tp - defective.tp,
            missed=suspect.fn,
            alarms=defective.fp,
            rechecked_good=suspect.fp - defective.fp,
            passed=suspect.tn,
        )

    def called(self, thresholds: Curve) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Found defects and false alarms (K,) at each of *thresholds*."""
        found = len(self.defects) - np.searchsorted(self.defects, thresholds, side="left")
        alarms = len(self.good) - np.searchsorted(self.good, thresholds, side="left")
        return found, alarms


def ranks_last(scores: Scores) -> Curve:
    """Scores as float64 with NaN and ±inf replaced by +inf."""
    wide = scores.astype(np.float64)
    return np.where(np.isfinite(wide), wide, np.inf)


def candidate_thresholds(scores: Scores) -> Curve:
    """(K + 1,) rising: one threshold for each set of decisions that K distinct finite scores allow.

    They lie midway between neighbours, so that rounding in another runtime flips no decision;
    the first calls every image defective, the last only those whose score is not finite.
    """
    wide = scores.astype(np.float64)
    distinct = np.unique(wide[np.isfinite(wide)])
    if len(distinct) == 0:
        return np.zeros(1)
    margin = max(float(distinct[-1] - distinct[0]), abs(float(distinct[-1])), 1e-9) * 1e-3
    middles = (distinct[1:] + distinct[:-1]) / 2
    return np.concatenate([[distinct[0] - margin], middles, [distinct[-1] + margin]])


def roc(scores: Scores, defective: Flags) -> Roc:
    """The curve over all thresholds; NaN on the axis whose class is missing."""
    table = ScoreTable(scores, defective)
    levels = np.unique(ranks_last(scores))[::-1]
    found, alarms = (np.concatenate([[0], counts]) for counts in table.called(levels))
    with np.errstate(invalid="ignore"):
        return Roc(
            false_alarm_rate=alarms / np.float64(len(table.good)),
            recall=found / np.float64(len(table.defects)),
            thresholds=np.concatenate([[np.inf], levels]),
        )


def precision_recall(scores: Scores, defective: Flags) -> PrecisionRecall:
    """The curve over all thresholds that call an image defective; NaN on both axes if a class is missing.

    No point is invented for a threshold that calls none: precision is undefined there.
    """
    table = ScoreTable(scores, defective)
    levels = np.unique(ranks_last(scores))[::-1]
    found, alarms = table.called(levels)
    if not (len(table.defects) and len(table.good)):
        undefined = np.full(len(levels), np.nan)
        return PrecisionRecall(undefined, undefined, levels)
    return PrecisionRecall(found / (found + alarms), found / len(table.defects), levels)


def auroc(scores: Scores, defective: Flags) -> float | None:
    """Area under the ROC curve by the rank sum, ties counting half; None with one class only."""
    table = ScoreTable(scores, defective)
    pairs = len(table.good) * len(table.defects)
    if pairs == 0:
        return None
    below = np.searchsorted(table.good, table.defects, side="left").sum()
    not_above = np.searchsorted(table.good, table.defects, side="right").sum()
    return float((below + not_above) / 2 / pairs)


def average_precision(scores: Scores, defective: Flags) -> float | None:
    """Σ (recall step × precision) over falling thresholds; None without a defect."""
    table = ScoreTable(scores, defective)
    if len(table.defects) == 0:
        return None
    found, alarms = table.called(np.unique(ranks_last(scores))[::-1])
    steps = np.diff(found, prepend=0) / len(table.defects)
    return float((steps * found / (found + alarms)).sum())


def recall_at_false_alarms(scores: Scores, defective: Flags, rate: float) -> float | None:
    """Highest recall of a threshold whose false alarm rate is at most *rate*; None with one class only.

    The threshold is chosen on these same images. 0 where good images without a finite score exceed *rate*.
    """
    if not 0 < defective.sum() < len(defective):
        return None
    curve = roc(scores, defective)
    return float(curve.recall[curve.false_alarm_rate <= rate].max())


def false_alarms_at_recall(scores: Scores, defective: Flags, recall: float) -> float | None:
    """Lowest false alarm rate of a threshold whose recall is at least *recall*; None with one class only.

    The threshold is chosen on these same images.
    """
    if not 0 < defective.sum() < len(defective):
        return None
    curve = roc(scores, defective)
    return float(curve.false_alarm_rate[curve.recall >= recall].min())


def threshold_sweep(scores: Scores, defective: Flags) -> Sweep:
    """Precision, recall, F1 and false alarm rate at every candidate threshold."""
    table = ScoreTable(scores, defective)
    thresholds = candidate_thresholds(scores)
    found, alarms = table.called(thresholds)
    defects, good = np.float64(len(table.defects)), np.float64(len(table.good))
    with np.errstate(invalid="ignore", divide="ignore"):
        f1 = 2 * found / (found + alarms + defects)
        precision = found / (found + alarms)
        return Sweep(
            thresholds=thresholds,
            precision=precision if defects and good else np.full(len(precision), np.nan),
            recall=found / defects,
            f1=f1 if defects else np.full(len(f1), np.nan),
            false_alarm_rate=alarms / good,
        )

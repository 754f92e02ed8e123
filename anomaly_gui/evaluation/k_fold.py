"""What a rule's threshold gives on images that it was not chosen on, without training again.

M. Stone, Cross-validatory choice and assessment of statistical predictions (1974); repeated and stratified
as in R. Kohavi, A study of cross-validation and bootstrap (1995).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.confusion import Confusion, at
from anomaly_gui.evaluation.rules import Evidence
from anomaly_gui.evaluation.thresholds import Rule, apply_rule
from anomaly_gui.progress import CancelToken

FOLDS = 5
REPEATS = 10
FEWEST_IMAGES = 10

Folds = NDArray[np.int64]


@dataclass(frozen=True)
class FoldedFigures:
    """Each image judged once in every repeat, by a threshold that was chosen without it."""

    folds: int
    counts: tuple[Confusion, ...]
    """One of each repeat, over all images."""
    thresholds: tuple[float, float]
    """The lowest and the highest that the rule gave."""

    @property
    def recall(self) -> float | None:
        """Mean over the repeats, as are the next two; None where undefined."""
        return _mean([counts.recall for counts in self.counts])

    @property
    def false_alarm_rate(self) -> float | None:
        return _mean([counts.false_alarm_rate for counts in self.counts])

    @property
    def f1(self) -> float | None:
        return _mean([counts.f1 for counts in self.counts])

    @property
    def typical(self) -> Confusion:
        """Mean counts, rounded so that they add up to the images there are: for intervals."""
        first = self.counts[0]
        found = round(float(np.mean([counts.tp for counts in self.counts])))
        alarms = round(float(np.mean([counts.fp for counts in self.counts])))
        return Confusion(tp=found, fp=alarms, fn=first.tp + first.fn - found, tn=first.fp + first.tn - alarms)


def cross_validated(
    rule: Rule,
    evidence: Evidence,
    *,
    folds: int = FOLDS,
    repeats: int = REPEATS,
    seed: int = 0,
    cancel: CancelToken | None = None,
) -> FoldedFigures:
    """Apply *rule* to all folds but one, count on that one, for each fold of each repeat.

    Held-out good images, which no figure counts, are there every time. With a class of fewer than *folds*
    images there are as many folds as it has. Raises InputError with fewer than ten images, with one image of a
    class alone, or where the rule gives no threshold on a part of the images. Once *cancel* is set no repeat follows.
    """
    count = len(evidence.scores)
    defects = int(evidence.defective.sum())
    if count < FEWEST_IMAGES:
        raise InputError(
            "cross-validation", f"{count} labelled images are too few", f"Label {FEWEST_IMAGES - count} more"
        )
    sizes = [size for size in (defects, count - defects) if size]
    used = min(folds, *sizes)
    if used < 2:
        kind = "defective" if defects == 1 else "good"
        raise InputError("cross-validation", f"there is one {kind} image alone", "Label more of them")
    generator = np.random.default_rng(seed)
    parts: list[tuple[Confusion, list[float]]] = []
    while len(parts) < repeats and not (parts and cancel is not None and cancel.cancelled):
        parts.append(_counted(rule, evidence, stratified_folds(evidence, used, generator), used))
    thresholds = [value for _, values in parts for value in values]
    return FoldedFigures(used, tuple(counts for counts, _ in parts), (min(thresholds), max(thresholds)))


def stratified_folds(evidence: Evidence, folds: int, generator: np.random.Generator) -> Folds:
    """(N,) in 0…folds-1: each fold has its share of the good images and of every defect type, but for one image."""
    strata = np.where(evidence.defective, np.char.add("defect ", np.array(evidence.defect_types, str)), "good")
    # Shuffled, then dealt out stratum by stratum, so that sizes of whole folds differ by one image alone, too.
    shuffled = generator.permutation(len(strata))
    dealt = shuffled[np.argsort(strata[shuffled], kind="stable")]
    fold = np.empty(len(strata), np.int64)
    fold[dealt] = np.arange(len(strata)) % folds
    return fold


def _counted(rule: Rule, evidence: Evidence, fold: Folds, folds: int) -> tuple[Confusion, list[float]]:
    total, thresholds = Confusion(0, 0, 0, 0), []
    for number in range(folds):
        judged = fold == number
        threshold = apply_rule(rule, _only(evidence, ~judged))
        thresholds.append(threshold)
        total = _sum(total, at(evidence.scores[judged], evidence.defective[judged], threshold))
    return total, thresholds


def _only(evidence: Evidence, chosen: NDArray[np.bool_]) -> Evidence:
    types = tuple(name for name, there in zip(evidence.defect_types, chosen.tolist(), strict=True) if there)
    return Evidence(evidence.scores[chosen], evidence.defective[chosen], evidence.good_scores, types)


def _sum(one: Confusion, other: Confusion) -> Confusion:
    return Confusion(one.tp + other.tp, one.fp + other.fp, one.fn + other.fn, one.tn + other.tn)


def _mean(values: list[float | None]) -> float | None:
    defined = [value for value in values if value is not None]
    return float(np.mean(defined)) if defined else None

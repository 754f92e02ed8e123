"""Several runs beside one another, on the images that all of them judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.compare import (
    AurocDifference,
    Differences,
    auroc_difference,
    best_f1,
    differences,
    f1_by_share,
)
from anomaly_gui.evaluation.confusion import Confusion, decided
from anomaly_gui.evaluation.curves import Curve, ScoreTable, auroc, roc
from anomaly_gui.jobs.evaluate import ScoredImages, scored_images
from anomaly_gui.progress import CancelToken
from anomaly_gui.project.records import Threshold
from anomaly_gui.project.store import Project


@dataclass(frozen=True)
class ComparedRun:
    """One run on the common images; a figure that is undefined is None."""

    run_id: int
    name: str
    threshold: Threshold
    scores: NDArray[np.float32]
    """(N,)"""
    auroc: float | None
    best_f1: float | None
    """At the threshold that is best on these images."""
    counts: Confusion
    """At the run's own threshold, as is the next."""
    answers: NDArray[np.int64]
    """(N,)"""
    roc: tuple[Curve, Curve] | None
    """False alarm rates and recalls; None with one class only."""
    f1: tuple[Curve, Curve] | None
    """Shares of the images called defective, and F1 each; None without a defect."""


@dataclass(frozen=True)
class Against:
    """A run against the one that all are compared with."""

    auroc: AurocDifference | None
    decisions: Differences


@dataclass(frozen=True)
class Comparison:
    """All runs on the same images; the first is what the others are compared with."""

    ids: NDArray[np.int64]
    """(N,)"""
    defective: NDArray[np.bool_]
    """(N,): by the present labels."""
    left_out: int
    """Images that some of the runs judged, but not all."""
    runs: tuple[ComparedRun, ...]
    against: dict[int, Against]
    """Run id → against the first; for all but the first."""


def compare_runs(project: Project, run_ids: Sequence[int], cancel: CancelToken | None = None) -> Comparison:
    """Compare the runs after the first with it; locked images are not looked at.

    Raises InputError for a run without scores or threshold, or runs that judged no image in common. Once
    *cancel* is set what is not worked out yet is left out.
    """
    scored = {run_id: scored_images(project, run_id) for run_id in run_ids}
    common = _common([one.ids for one in scored.values()])
    if not len(common):
        raise InputError(
            "comparison", "these runs judged no labelled image in common", "Train one of them again on these images"
        )
    judged = len(np.unique(np.concatenate([one.ids for one in scored.values()])))
    first = scored[run_ids[0]]
    defective = first.defective[_places(first, common)]
    runs = [_compared(project, run_id, one, common) for run_id, one in scored.items()]
    against: dict[int, Against] = {}
    for run in runs[1:]:
        if cancel is not None and cancel.cancelled:
            break
        against[run.run_id] = Against(
            auroc_difference(runs[0].scores, run.scores, defective, cancel=cancel),
            differences(runs[0].answers, run.answers, defective),
        )
    return Comparison(common, defective, judged - len(common), tuple(runs), against)


def _common(ids: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Rising: those that are in all."""
    found = np.unique(ids[0])
    for other in ids[1:]:
        found = np.intersect1d(found, other)
    return found


def _places(scored: ScoredImages, common: NDArray[np.int64]) -> NDArray[np.int64]:
    order = np.argsort(scored.ids, kind="stable")
    return np.asarray(order[np.searchsorted(scored.ids, common, sorter=order)])


def _compared(project: Project, run_id: int, scored: ScoredImages, common: NDArray[np.int64]) -> ComparedRun:
    name, threshold = project.run(run_id).name, project.threshold(run_id)
    if threshold is None:
        raise InputError(f"run {name}", "it has no threshold", "Choose this run above, and set its threshold")
    places = _places(scored, common)
    scores, defective = scored.scores[places], scored.defective[places]
    area = auroc(scores, defective)
    curve = roc(scores, defective)
    return ComparedRun(
        run_id=run_id,
        name=name,
        threshold=threshold,
        scores=scores,
        auroc=area,
        best_f1=best_f1(scores, defective),
        counts=ScoreTable(scores, defective).at(threshold.value),
        answers=decided(scores, threshold.value, threshold.recheck),
        roc=None if area is None else (curve.false_alarm_rate, curve.recall),
        f1=f1_by_share(scores, defective) if defective.any() else None,
    )

"""A run's figures for the table, from its evaluation and its scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.evaluation.curves import auroc, false_alarms_at_recall, recall_at_false_alarms, roc
from anomaly_gui.jobs.evaluate import UNTYPED, Evaluation, ScoredImages
from anomaly_gui.jobs.study.records import Figures, RocPoints, TypeFigures

FALSE_ALARMS = 0.05
RECALL = 0.95
_DECIMALS = 6


def judge(found: Evaluation, scored: ScoredImages, n_training: int, run: str, training_s: float) -> Figures:
    """Everything that follows from scores. *found* is at the threshold with the best F1, where there is one."""
    best = found.rule == "best-f1"
    return Figures(
        run=run,
        n_training=n_training,
        n_good=found.n_good,
        n_defect=found.n_defect,
        auroc=found.auroc,
        average_precision=found.average_precision if found.n_good else None,
        best_f1=found.f1 if best else None,
        recall_at_false_alarms=recall_at_false_alarms(scored.scores, scored.defective, FALSE_ALARMS),
        false_alarms_at_recall=false_alarms_at_recall(scored.scores, scored.defective, RECALL),
        pixel_auroc=found.pixel_auroc,
        aupro=found.aupro,
        pixel_f1=found.pixel_f1,
        training_s=training_s,
        per_type=_per_type(found, scored, best),
        roc=roc_points(scored.scores, scored.defective),
    )


def _per_type(found: Evaluation, scored: ScoredImages, best: bool) -> dict[str, TypeFigures]:
    types = np.array([image.defect_type or UNTYPED for image in found.images], np.object_)
    figures = {}
    for name, counts in found.per_defect_type.items():
        judged = ~scored.defective | (scored.defective & (types == name))
        figures[name] = TypeFigures(
            n=counts.n,
            recall=counts.recall if best else None,
            auroc=auroc(scored.scores[judged], scored.defective[judged]),
        )
    return figures


def roc_points(scores: NDArray[np.float32], defective: NDArray[np.bool_]) -> RocPoints | None:
    """None with one class only. The curve is a staircase through these points."""
    if not 0 < defective.sum() < len(defective):
        return None
    curve = roc(scores, defective)
    last_of_rate = np.append(np.diff(curve.false_alarm_rate) > 0, True)
    rates, recalls = curve.false_alarm_rate[last_of_rate], curve.recall[last_of_rate]
    rises = np.append(True, np.diff(recalls) > 0)
    rises[-1] = True
    return RocPoints(rates[rises].round(_DECIMALS).tolist(), recalls[rises].round(_DECIMALS).tolist())

"""The Tune page's rates, each with its interval. No Qt."""

from __future__ import annotations

from anomaly_gui.evaluation.confusion import Confusion
from anomaly_gui.evaluation.intervals import wilson
from anomaly_gui.ui.widgets.shown_figures import Rate


def shown_rates(counts: Confusion) -> tuple[Rate, ...]:
    """Each rate that the Tune page shows, with its 95 % interval."""
    tp, fp, tn, fn = counts.tp, counts.fp, counts.tn, counts.fn
    return (
        Rate(
            "recall",
            "Recall",
            "Share of the defective images that are found",
            counts.recall,
            wilson(tp, tp + fn),
        ),
        Rate(
            "false_alarm_rate",
            "False alarm rate",
            "Share of the good images that are called defective",
            counts.false_alarm_rate,
            wilson(fp, fp + tn),
        ),
        Rate(
            "precision",
            "Precision",
            "Share of the alarms that are right. It depends on how many of the images are defective: on a "
            "line with few defects it is lower than here",
            counts.precision,
            wilson(tp, tp + fp) if counts.precision is not None else None,
        ),
        Rate(
            "specificity",
            "Specificity",
            "Share of the good images that pass",
            counts.specificity,
            wilson(tn, fp + tn),
        ),
        Rate(
            "f1",
            "F1",
            "Balance of precision and recall: their harmonic mean",
            counts.f1,
            f1_interval(tp, fp + fn) if tp + fn else None,
        ),
    )


def f1_interval(found: int, wrong: int) -> tuple[float, float] | None:
    """95 % interval of F1 from true positives and wrong decisions (missed and false alarms).

    F1 = 2J / (1 + J) rises with J = TP / (TP + FP + FN), which is a share of counted images:
    so Wilson's bounds of J are carried over (Hand, Christen and Kirielle 2021, "F*").
    """
    interval = wilson(found, found + wrong)
    if interval is None:
        return None
    low, high = (2 * share / (1 + share) for share in interval)
    return low, high

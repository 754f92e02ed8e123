"""Which threshold a click on a curve means. No Qt."""

from __future__ import annotations

import numpy as np

from anomaly_gui.evaluation.confusion import Scores
from anomaly_gui.evaluation.curves import Curve, ScoreTable, candidate_thresholds


class ClickTargets:
    """Every threshold that decides differently from its neighbours, with its place on each curve."""

    def __init__(self, scores: Scores, table: ScoreTable) -> None:
        self._thresholds = candidate_thresholds(scores)
        wide = scores.astype(np.float64)
        self._distinct = np.unique(wide[np.isfinite(wide)])
        self._all_finite = bool(np.isfinite(scores).all())
        found, alarms = table.called(self._thresholds)
        with np.errstate(invalid="ignore", divide="ignore"):
            self._recall = found / np.float64(len(table.defects))
            self._false_alarm_rate = alarms / np.float64(len(table.good))
            self._precision = found / (found + alarms) if len(table.good) else np.full(len(found), np.nan)

    @property
    def are_equal(self) -> bool:
        """Whether no threshold tells one image from another: all have the same score."""
        return len(self._distinct) <= 1 and self._all_finite

    def at(self, score: float) -> float:
        """The threshold that decides as *score* itself would, but midway between the scores around it."""
        return float(self._thresholds[np.searchsorted(self._distinct, score, side="left")])

    def on_roc(self, false_alarm_rate: float, recall: float) -> float | None:
        """The threshold whose point on the ROC curve is next to this one; None without a curve."""
        return self._next_to((self._false_alarm_rate, false_alarm_rate), (self._recall, recall))

    def on_precision_recall(self, recall: float, precision: float) -> float | None:
        """As on_roc, on the precision-recall curve."""
        return self._next_to((self._recall, recall), (self._precision, precision))

    def _next_to(self, *axes: tuple[Curve, float]) -> float | None:
        distance = sum((curve - wanted) ** 2 for curve, wanted in axes)
        assert not isinstance(distance, int)
        known = np.isfinite(distance)
        if not known.any():
            return None
        return float(self._thresholds[np.argmin(np.where(known, distance, np.inf))])

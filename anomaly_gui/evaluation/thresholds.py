"""Rules that set the threshold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.confusion import Flags, Scores
from anomaly_gui.evaluation.curves import ScoreTable, candidate_thresholds, threshold_sweep


class Rule(msgspec.Struct, frozen=True):
    """A rule of RULES with its parameter, or the rule's own default."""

    name: str
    parameter: float | None = None


@dataclass(frozen=True)
class RuleInfo:
    """What a rule does, for the window, the command line and the bundle."""

    name: str
    title: str
    sentence: str
    needs_defects: bool
    parameter_title: str | None = None
    default: float | None = None
    low: float | None = None
    high: float | None = None


RULES = {
    info.name: info
    for info in (
        RuleInfo(
            "best-f1",
            "Best F1",
            "The threshold with the best balance of precision and recall on the labelled test images.",
            needs_defects=True,
        ),
        RuleInfo(
            "good-percentile",
            "Percentile of good",
            "Lets this share of the held-out good images pass; looks at no defect.",
            needs_defects=False,
            parameter_title="Percentile",
            default=95.0,
            low=0.0,
            high=100.0,
        ),
        RuleInfo(
            "good-max-plus",
            "Above all good",
            "The highest score of the held-out good images plus its distance from their mean; looks at no defect.",
            needs_defects=False,
        ),
        RuleInfo(
            "false-alarm-at-most",
            "False alarms at most",
            "The lowest threshold whose false alarm rate on the good test images is not above this.",
            needs_defects=False,
            parameter_title="False alarm rate",
            default=0.05,
            low=0.0,
            high=1.0,
        ),
        RuleInfo(
            "recall-at-least",
            "Recall at least",
            "The highest threshold that still finds this share of the labelled defects.",
            needs_defects=True,
            parameter_title="Recall",
            default=0.95,
            low=0.0,
            high=1.0,
        ),
    )
}


def apply_rule(rule: Rule, scores: Scores, defective: Flags, good_scores: Scores) -> float:
    """The threshold that *rule* gives.

    *scores* and *defective* (N,) are the labelled test images, *good_scores* (M,) the held-out good
    ones. Raises InputError for an unknown rule, a parameter out of range, or images that the
    rule needs and that are not there.
    """
    info = RULES.get(rule.name)
    if info is None:
        raise InputError(f"rule {rule.name}", "there is none of this name", f"Choose one of: {', '.join(RULES)}")
    parameter = _checked_parameter(rule, info)
    if info.needs_defects and not defective.any():
        raise InputError(
            f"rule {rule.name}",
            "no test image is labelled defective",
            "Label a defect, or use a rule for good images",
        )
    return _APPLY[rule.name](parameter, scores, defective, good_scores)


def neighbours(scores: Scores, threshold: float) -> tuple[float | None, float | None]:
    """The next thresholds below and above at which a decision changes; None at an end."""
    candidates = candidate_thresholds(scores)
    wide = scores.astype(np.float64)
    below = int(np.searchsorted(np.unique(wide[np.isfinite(wide)]), threshold, side="left"))
    lower = float(candidates[below - 1]) if below > 0 else None
    higher = float(candidates[below + 1]) if below + 1 < len(candidates) else None
    return lower, higher


def _checked_parameter(rule: Rule, info: RuleInfo) -> float:
    if info.default is None or info.low is None or info.high is None:
        return 0.0
    parameter = info.default if rule.parameter is None else rule.parameter
    if not info.low <= parameter <= info.high:
        raise InputError(
            f"rule {rule.name}",
            f"{parameter:g} is out of range",
            f"Give a number from {info.low:g} to {info.high:g}",
        )
    return parameter


def _best_f1(_parameter: float, scores: Scores, defective: Flags, _good: Scores) -> float:
    sweep = threshold_sweep(scores, defective)
    # The first of equals is the lowest threshold: a miss costs more than a false alarm.
    return float(sweep.thresholds[int(np.nanargmax(sweep.f1))])


def _good_percentile(percentile: float, _scores: Scores, _defective: Flags, good: Scores) -> float:
    finite = _finite(good)
    return _clear_of(float(np.percentile(finite, percentile)), finite)


def _good_max_plus(_parameter: float, _scores: Scores, _defective: Flags, good: Scores) -> float:
    finite = _finite(good)
    highest = float(finite.max())
    return _clear_of(highest + (highest - float(finite.mean())), finite)


def _false_alarm_at_most(rate: float, scores: Scores, defective: Flags, good: Scores) -> float:
    judged = scores[~defective]
    if len(judged) == 0:
        judged = good
    if len(judged) == 0:
        raise InputError("false alarm rate", "there is no good image to count on", "Add good images")
    candidates = candidate_thresholds(np.concatenate([scores, judged]))
    _found, alarms = ScoreTable(judged, np.zeros(len(judged), np.bool_)).called(candidates)
    allowed = np.flatnonzero(alarms <= rate * len(judged))
    if len(allowed) == 0:
        raise InputError(
            f"false alarm rate of at most {rate:g}",
            "good images without a finite score already exceed it",
            "Look at these images",
        )
    return float(candidates[allowed[0]])


def _recall_at_least(recall: float, scores: Scores, defective: Flags, _good: Scores) -> float:
    sweep = threshold_sweep(scores, defective)
    return float(sweep.thresholds[np.flatnonzero(sweep.recall >= recall)[-1]])


_APPLY: dict[str, Callable[[float, Scores, Flags, Scores], float]] = {
    "best-f1": _best_f1,
    "good-percentile": _good_percentile,
    "good-max-plus": _good_max_plus,
    "false-alarm-at-most": _false_alarm_at_most,
    "recall-at-least": _recall_at_least,
}


def _finite(good: Scores) -> Scores:
    finite = good[np.isfinite(good)].astype(np.float64)
    if len(finite) == 0:
        raise InputError("held-out good images", "none of them has a score", "Train again with more good images")
    return finite


def _clear_of(threshold: float, observed: Scores) -> float:
    """Move a threshold that hits an observed score midway to the next one below.

    The decision on that image stays "defective" as score >= threshold says, and rounding in
    another runtime can no longer flip it.
    """
    distinct = np.unique(observed)
    nearest = int(np.argmin(np.abs(distinct - threshold)))
    if abs(distinct[nearest] - threshold) > 1e-5 * max(abs(threshold), 1e-9):
        return threshold
    return float(candidate_thresholds(observed)[nearest])

"""Rules that set the threshold: what there are, what they need, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation import rules
from anomaly_gui.evaluation.confusion import Scores
from anomaly_gui.evaluation.costs import Costs, check_costs, cost_per_part, expected_precision
from anomaly_gui.evaluation.curves import candidate_thresholds
from anomaly_gui.evaluation.guarantee import Guarantee, good_images_needed, guarantee
from anomaly_gui.evaluation.rules import Evidence

__all__ = [
    "RULES",
    "Costs",
    "Evidence",
    "Guarantee",
    "Rule",
    "RuleInfo",
    "apply_rule",
    "cost_per_part",
    "expected_precision",
    "good_images_needed",
    "guarantee",
    "just_above",
    "just_below",
    "neighbours",
    "parameter_of",
    "sentence_of",
    "why_not",
]


class Rule(msgspec.Struct, frozen=True):
    """A rule of RULES with what it takes."""

    name: str
    parameter: float | None = None
    """None: the rule's own default."""
    defect_type: str | None = None
    costs: Costs | None = None


@dataclass(frozen=True, kw_only=True)
class RuleInfo:
    """What a rule does, for the window, the command line and the bundle."""

    name: str
    title: str
    sentence: str
    """Of the rule as such."""
    said: str
    """The sentence to be filled in with parameter, defect_type, miss, alarm and defect_rate."""
    needs_defects: bool = False
    needs_good: bool = False
    """Good test images, or held-out ones."""
    needs_types: bool = False
    from_good_alone: bool = False
    """Looks at held-out good images and at no others."""
    takes_type: bool = False
    takes_costs: bool = False
    parameter_title: str | None = None
    default: float | None = None
    low: float | None = None
    high: float | None = None
    """With an upper end of at most 1 the parameter is a share."""


RULES = {
    info.name: info
    for info in (
        RuleInfo(
            name="best-f1",
            title="Best F1",
            sentence="The threshold with the best balance of precision and recall on the labelled test images.",
            said="The threshold with the best balance of precision and recall on the labelled test images.",
            needs_defects=True,
        ),
        RuleInfo(
            name="best-f-beta",
            title="Best F-beta",
            sentence="The best balance of precision and recall when recall counts this many times as much.",
            said="The threshold with the best balance of precision and recall on the labelled test images, "
            "recall counting {parameter} times as much.",
            needs_defects=True,
            parameter_title="Weight of recall",
            default=2.0,
            low=0.1,
            high=10.0,
        ),
        RuleInfo(
            name="youden",
            title="Youden's J",
            sentence="The threshold with the largest distance between recall and false alarm rate.",
            said="The threshold with the largest distance between recall and false alarm rate.",
            needs_defects=True,
            needs_good=True,
        ),
        RuleInfo(
            name="good-percentile",
            title="Percentile of good",
            sentence="Lets this share of the held-out good images pass; looks at no defect.",
            said="Lets {parameter} % of the held-out good images pass; looks at no defect.",
            from_good_alone=True,
            parameter_title="Percentile",
            default=95.0,
            low=0.0,
            high=100.0,
        ),
        RuleInfo(
            name="good-max-plus",
            title="Above all good",
            sentence="The highest score of the held-out good images plus its distance from their mean; "
            "looks at no defect.",
            said="The highest score of the held-out good images plus its distance from their mean; looks at no defect.",
            from_good_alone=True,
        ),
        RuleInfo(
            name="good-guarantee",
            title="Promise of good",
            sentence="The lowest threshold at which the held-out good images promise, at 95 % confidence, no more "
            "than this false alarm rate; looks at no defect.",
            said="The lowest threshold at which the held-out good images promise, at 95 % confidence, "
            "a false alarm rate of at most {parameter}; looks at no defect.",
            from_good_alone=True,
            parameter_title="Promised false alarm rate",
            default=0.05,
            low=0.001,
            high=0.5,
        ),
        RuleInfo(
            name="false-alarm-at-most",
            title="False alarms at most",
            sentence="The lowest threshold whose false alarm rate on the good test images is not above this.",
            said="The lowest threshold whose false alarm rate on the good test images is at most {parameter}.",
            needs_good=True,
            parameter_title="False alarm rate",
            default=0.05,
            low=0.0,
            high=1.0,
        ),
        RuleInfo(
            name="recall-at-least",
            title="Recall at least",
            sentence="The highest threshold that still finds this share of the labelled defects.",
            said="The highest threshold that still finds {parameter} of the labelled defects.",
            needs_defects=True,
            parameter_title="Recall",
            default=0.95,
            low=0.0,
            high=1.0,
        ),
        RuleInfo(
            name="type-recall-at-least",
            title="Recall of one type",
            sentence="The highest threshold that still finds this share of the defects of one type: every crack.",
            said='The highest threshold that still finds {parameter} of the defects of type "{defect_type}".',
            needs_defects=True,
            needs_types=True,
            takes_type=True,
            parameter_title="Recall",
            default=1.0,
            low=0.0,
            high=1.0,
        ),
        RuleInfo(
            name="every-type-recall-at-least",
            title="Recall of every type",
            sentence="The highest threshold that still finds this share of the defects of each type, common or rare.",
            said="The highest threshold that still finds {parameter} of the defects of each type.",
            needs_defects=True,
            needs_types=True,
            parameter_title="Recall",
            default=0.95,
            low=0.0,
            high=1.0,
        ),
        RuleInfo(
            name="least-cost",
            title="Least cost",
            sentence="The threshold of least cost per part, from the prices of a missed defect and of a false alarm "
            "and the share of defective parts on the line.",
            said="The threshold of least cost per part if a missed defect costs {miss}, a false alarm {alarm}, "
            "and {defect_rate} of the parts on the line are defective.",
            needs_defects=True,
            needs_good=True,
            takes_costs=True,
        ),
    )
}


def apply_rule(rule: Rule, evidence: Evidence) -> float:
    """The threshold that *rule* gives.

    Raises InputError for an unknown rule, a parameter, price or type that it cannot take, or images
    that it needs and that are not there.
    """
    info = _info(rule)
    parameter = _checked_parameter(rule, info)
    if info.takes_costs:
        check_costs(_costs(rule))
    if info.takes_type and not rule.defect_type:
        raise InputError(f"rule {rule.name}", "no defect type is chosen", "Choose one")
    lack = _lack(info, evidence)
    if lack is not None:
        raise InputError(f"rule {rule.name}", *lack)
    return _VALUES[rule.name](evidence, rule, parameter)


def why_not(name: str, evidence: Evidence) -> str:
    """Why these images leave a rule of RULES no threshold to choose: one sentence, empty if they do not."""
    lack = _lack(RULES[name], evidence)
    return "" if lack is None else f"{lack[0][0].upper()}{lack[0][1:]}."


def parameter_of(rule: Rule) -> float | None:
    """The parameter that counts: the rule's own default where none is given, None for a rule without one."""
    info = _info(rule)
    return info.default if rule.parameter is None or info.default is None else rule.parameter


def sentence_of(rule: Rule) -> str:
    """What the rule does with what it was given, for the journal and the bundle. Raises InputError if unknown."""
    info = _info(rule)
    words = {"defect_type": rule.defect_type or "?"}
    parameter = parameter_of(rule)
    if parameter is not None:
        is_share = info.high is not None and info.high <= 1
        words["parameter"] = _percent(parameter) if is_share else f"{parameter:.6g}"
    if info.takes_costs:
        costs = _costs(rule)
        words |= {"miss": f"{costs.miss:.6g}", "alarm": f"{costs.alarm:.6g}"}
        words["defect_rate"] = _percent(costs.defect_rate)
    return info.said.format(**words)


def neighbours(scores: Scores, threshold: float) -> tuple[float | None, float | None]:
    """The next thresholds below and above at which a decision changes; None at an end."""
    candidates = candidate_thresholds(scores)
    wide = scores.astype(np.float64)
    below = int(np.searchsorted(np.unique(wide[np.isfinite(wide)]), threshold, side="left"))
    lower = float(candidates[below - 1]) if below > 0 else None
    higher = float(candidates[below + 1]) if below + 1 < len(candidates) else None
    return lower, higher


def just_below(scores: Scores, score: float) -> float:
    """The highest threshold that calls an image with this finite *score* defective.

    Midway to the next lower of *scores*, as are all thresholds between observed scores.
    """
    candidates = candidate_thresholds(np.append(scores.astype(np.float64), score))
    return float(candidates[candidates < score][-1])


def just_above(scores: Scores, score: float) -> float:
    """The lowest threshold that calls an image with this finite *score* good; midway to the next higher."""
    candidates = candidate_thresholds(np.append(scores.astype(np.float64), score))
    return float(candidates[candidates > score][0])


_VALUES: dict[str, Callable[[Evidence, Rule, float], float]] = {
    "best-f1": lambda evidence, _rule, _parameter: rules.best_f_beta(evidence, 1.0),
    "best-f-beta": lambda evidence, _rule, beta: rules.best_f_beta(evidence, beta),
    "youden": lambda evidence, _rule, _parameter: rules.youden(evidence),
    "good-percentile": lambda evidence, _rule, percentile: rules.good_percentile(evidence, percentile),
    "good-max-plus": lambda evidence, _rule, _parameter: rules.good_max_plus(evidence),
    "good-guarantee": lambda evidence, _rule, rate: rules.good_guarantee(evidence, rate),
    "false-alarm-at-most": lambda evidence, _rule, rate: rules.false_alarm_at_most(evidence, rate),
    "recall-at-least": lambda evidence, _rule, recall: rules.recall_at_least(evidence, recall),
    "type-recall-at-least": lambda evidence, rule, recall: rules.type_recall_at_least(
        evidence, recall, rule.defect_type or ""
    ),
    "every-type-recall-at-least": lambda evidence, _rule, recall: rules.every_type_recall_at_least(evidence, recall),
    "least-cost": lambda evidence, rule, _parameter: rules.least_cost(evidence, _costs(rule)),
}


def _info(rule: Rule) -> RuleInfo:
    info = RULES.get(rule.name)
    if info is None:
        raise InputError(f"rule {rule.name}", "there is none of this name", f"Choose one of: {', '.join(RULES)}")
    return info


def _costs(rule: Rule) -> Costs:
    if rule.costs is None:
        raise InputError(
            f"rule {rule.name}",
            "it needs prices",
            "Give the price of a missed defect and of a false alarm, and the share of defective parts",
        )
    return rule.costs


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


def _lack(info: RuleInfo, evidence: Evidence) -> tuple[str, str] | None:
    """What the rule lacks, and what to do about it."""
    if info.needs_defects and not evidence.defective.any():
        return "no test image is labelled defective", "Label a defect, or use a rule for good images"
    if info.needs_types and not evidence.types:
        return "no defective test image has a defect type", "Give defects their types"
    if info.needs_good and not len(evidence.judged_good):
        return "there is no good image to count false alarms on", "Add good images"
    if info.from_good_alone and not np.isfinite(evidence.good_scores.astype(np.float64)).any():
        return "no held-out good image has a score", "Train again with more good images"
    return None


def _percent(share: float) -> str:
    return f"{100 * share:.6g} %"

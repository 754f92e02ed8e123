"""The rules as the Tune page offers them, and what the one that holds promises or costs. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from anomaly_gui.evaluation.confusion import Confusion, Scores
from anomaly_gui.evaluation.thresholds import (
    RULES,
    Costs,
    RuleInfo,
    cost_per_part,
    expected_precision,
    good_images_needed,
    guarantee,
)
from anomaly_gui.jobs.evaluate import rule_of
from anomaly_gui.project.records import Threshold
from anomaly_gui.ui.widgets.shown_figures import ShownRule
from anomaly_gui.ui.wording import NO_FIGURE, counted, score_text

_PARTS = 1000
_STRICTER = (0.05, 0.02, 0.01)
"""False alarm rates that are promised one after the other as good images come in."""


def shown_rules() -> tuple[ShownRule, ...]:
    """All rules as buttons with fields."""
    return tuple(_shown(info) for info in RULES.values())


def _shown(info: RuleInfo) -> ShownRule:
    if info.parameter_title is None or info.low is None or info.high is None or info.default is None:
        return ShownRule(info.name, info.title, info.sentence, takes_costs=info.takes_costs)
    factor = 100.0 if info.high <= 1 else 1.0
    of_hundred = info.high in (1.0, 100.0) or info.high < 1
    return ShownRule(
        info.name,
        info.title,
        info.sentence,
        info.parameter_title,
        low=info.low,
        high=info.high,
        start=info.default,
        factor=factor,
        suffix=" %" if of_hundred else " ×",
        takes_type=info.takes_type,
    )


@dataclass(frozen=True)
class Live:
    """The threshold that is shown, which need not be the saved one."""

    value: float
    counts: Confusion
    has_recheck: bool


def note_on_rule(
    saved: Threshold, live: Live, good_scores: Scores, *, followed_from: float | None, decimals: int
) -> str:
    """What the rule of the saved threshold promises or costs.

    *good_scores* are those of the held-out good images; *followed_from* is the threshold before relabelling moved it.
    """
    rule = rule_of(saved)
    if rule is None:
        return "Set by hand: it stays where it is when labels change."
    info = RULES[rule.name]
    parts = [_life(info, saved, live, decimals, followed_from)]
    # What good images promise, they promise of a threshold that they set.
    if info.from_good_alone and live.value == saved.value:
        parts.append(promise_of(good_scores, live.value))
    if rule.costs is not None:
        parts.append(price_of(rule.costs, live))
    return " ".join(parts)


def _life(info: RuleInfo, saved: Threshold, live: Live, decimals: int, followed_from: float | None) -> str:
    """That the rule is live, or that a move leaves it."""
    if live.value != saved.value:
        return f"Away from {info.title}, which gives {score_text(saved.value, decimals)}."
    follows = f"{info.title} follows the labels"
    if followed_from is None:
        return f"{follows}."
    return f"{follows}: relabelling moved it from {score_text(followed_from, decimals)}."


def promise_of(good_scores: Scores, threshold: float) -> str:
    """The false alarm rate that held-out good images promise at 95 % confidence, and what a stricter one takes."""
    held = guarantee(good_scores, threshold)
    if held.rate_bound >= 1:
        return "The held-out good images promise no false alarm rate."
    said = (
        f"{counted(held.count, 'held-out good image')}, {held.above:,} above: the false alarm rate is at most "
        f"{_percent(held.rate_bound)}, at 95 % confidence."
    )
    stricter = next((rate for rate in _STRICTER if rate < held.rate_bound), None)
    if stricter is None:
        return said
    needed = good_images_needed(stricter)
    if needed <= held.count:
        return f"{said} These images allow a promise of {_percent(stricter)}, too, at a higher threshold."
    more = counted(needed - held.count, "more good image")
    return f"{said} A promise of {_percent(stricter)} needs {more} ({needed} in all, none above)."


def price_of(costs: Costs, live: Live) -> str:
    """Expected cost on the line, and the precision at the line's own share of defective parts."""
    recall, false_alarm_rate = live.counts.recall, live.counts.false_alarm_rate
    cost = cost_per_part(costs, recall, false_alarm_rate)
    precision = expected_precision(recall, false_alarm_rate, costs.defect_rate)
    price = NO_FIGURE if cost is None else _price(_PARTS * cost)
    right = NO_FIGURE if precision is None else _percent(precision)
    left_out = " (rechecks not counted)" if live.has_recheck else ""
    return (
        f"Expected cost per {_PARTS:,} parts: {price}{left_out}. "
        f"With {_percent(costs.defect_rate)} defective parts {right} of the alarms are right."
    )


def _price(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:.3g}"


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"

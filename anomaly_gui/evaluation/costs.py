"""What decisions cost on the line, where defects are rarer than among the test images."""

from __future__ import annotations

import math

import msgspec

from anomaly_gui.errors import InputError


class Costs(msgspec.Struct, frozen=True):
    """Prices in any one currency, and how many defective parts the line makes."""

    miss: float
    """Of one missed defect; > 0."""
    alarm: float
    """Of one false alarm; > 0."""
    defect_rate: float
    """Share of the parts on the line that are defective, in (0, 1)."""


def check_costs(costs: Costs) -> None:
    """Raises InputError for prices or a rate out of range."""
    for name, price in (("price of a missed defect", costs.miss), ("price of a false alarm", costs.alarm)):
        if not (math.isfinite(price) and price > 0):
            raise InputError(name, f"{price:g} is out of range", "Give a number above 0")
    if not 0 < costs.defect_rate < 1:
        raise InputError(
            "share of defective parts", f"{costs.defect_rate:g} is out of range", "Give a number between 0 and 1"
        )


def cost_per_part(costs: Costs, recall: float | None, false_alarm_rate: float | None) -> float | None:
    """Expected cost of one part on the line: π · miss · (1 − recall) + (1 − π) · alarm · false alarm rate.

    π is the share of defective parts. None where one of the rates is undefined.
    """
    if recall is None or false_alarm_rate is None:
        return None
    missed = costs.defect_rate * (1 - recall)
    return missed * costs.miss + (1 - costs.defect_rate) * false_alarm_rate * costs.alarm


def expected_precision(recall: float | None, false_alarm_rate: float | None, defect_rate: float) -> float | None:
    """Share of the alarms on the line that are right, by Bayes' theorem.

    None where a rate is undefined, or nothing would be called defective.
    """
    if recall is None or false_alarm_rate is None:
        return None
    found = defect_rate * recall
    called = found + (1 - defect_rate) * false_alarm_rate
    return found / called if called > 0 else None

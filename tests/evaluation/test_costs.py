from __future__ import annotations

import math

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.costs import Costs, check_costs, cost_per_part, expected_precision


def test_that_the_cost_of_a_part_is_that_of_a_million_parts_counted_one_by_one() -> None:
    costs = Costs(miss=50, alarm=2, defect_rate=0.01)
    # 10,000 defective parts of which 10 % are missed, 990,000 good ones of which 3 % are alarms.
    assert cost_per_part(costs, 0.9, 0.03) == pytest.approx((1_000 * 50 + 29_700 * 2) / 1_000_000)


def test_that_precision_falls_with_the_share_of_defective_parts() -> None:
    assert expected_precision(0.9, 0.1, 0.5) == pytest.approx(0.9)
    assert expected_precision(0.9, 0.1, 0.01) == pytest.approx(9 / (9 + 99))


def test_that_what_rests_on_nothing_is_undefined() -> None:
    costs = Costs(1, 1, 0.5)
    assert cost_per_part(costs, None, 0.1) is None
    assert cost_per_part(costs, 0.1, None) is None
    assert expected_precision(None, 0.1, 0.5) is None
    assert expected_precision(0.1, None, 0.5) is None
    assert expected_precision(0.0, 0.0, 0.5) is None


@pytest.mark.parametrize(
    ("costs", "named"),
    [
        (Costs(0, 1, 0.1), "missed defect"),
        (Costs(1, -1, 0.1), "false alarm"),
        (Costs(math.nan, 1, 0.1), "missed defect"),
        (Costs(1, math.inf, 0.1), "false alarm"),
        (Costs(1, 1, 0), "share of defective parts"),
        (Costs(1, 1, 1), "share of defective parts"),
    ],
)
def test_that_prices_out_of_range_are_named(costs: Costs, named: str) -> None:
    with pytest.raises(InputError, match=named):
        check_costs(costs)

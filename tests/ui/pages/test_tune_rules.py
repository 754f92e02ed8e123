"""What the rule that holds promises or costs."""

from __future__ import annotations

import numpy as np

from anomaly_gui.evaluation.confusion import Confusion
from anomaly_gui.evaluation.costs import Costs
from anomaly_gui.project.records import Threshold
from anomaly_gui.ui.pages.tune_rules import Live, note_on_rule, price_of, promise_of


def good(count: int, high: int = 0) -> np.ndarray:
    """So many held-out good images below 1, and *high* of them above it."""
    return np.array([0.5] * (count - high) + [2.0] * high, np.float32)


def note(
    saved: Threshold, value: float | None = None, followed_from: float | None = None, recheck: bool = False
) -> str:
    live = Live(saved.value if value is None else value, Confusion(tp=9, fp=10, fn=1, tn=90), recheck)
    return note_on_rule(saved, live, good(59), followed_from=followed_from, decimals=2)


def test_a_threshold_by_hand_says_that_it_stays() -> None:
    assert note(Threshold(1.0)) == "Set by hand: it stays where it is when labels change."


def test_a_rule_says_that_it_follows_the_labels_and_from_where_it_did() -> None:
    assert note(Threshold(1.0, "best-f1")) == "Best F1 follows the labels."
    moved = note(Threshold(1.0, "best-f1"), followed_from=1.5)
    assert moved == "Best F1 follows the labels: relabelling moved it from 1.50."


def test_a_move_away_from_the_rule_is_said_and_no_longer_promised() -> None:
    assert note(Threshold(1.0, "good-guarantee", 0.05), value=0.8) == "Away from Promise of good, which gives 1.00."


def test_good_images_promise_a_rate_and_say_how_many_more_a_stricter_promise_needs() -> None:
    said = promise_of(good(59), 1.0)
    assert said.startswith("59 held-out good images, 0 above: the false alarm rate is at most 5 %, at 95 % confidence.")
    assert said.endswith("A promise of 2 % needs 90 more good images (149 in all, none above).")
    assert promise_of(good(40), 1.0).endswith("A promise of 5 % needs 19 more good images (59 in all, none above).")
    assert promise_of(good(149), 1.0).endswith("A promise of 1 % needs 150 more good images (299 in all, none above).")
    assert promise_of(good(299), 1.0).endswith("at 95 % confidence.")


def test_where_a_stricter_promise_only_takes_a_higher_threshold_that_is_said() -> None:
    assert promise_of(good(200, high=10), 1.0).endswith(
        "These images allow a promise of 5 %, too, at a higher threshold."
    )


def test_no_promise_without_good_images() -> None:
    assert promise_of(good(0), 1.0) == "The held-out good images promise no false alarm rate."


def test_costs_are_told_for_a_thousand_parts_with_the_precision_of_the_line() -> None:
    live = Live(1.0, Confusion(tp=9, fp=10, fn=1, tn=90), has_recheck=False)
    # 1000 · (0.01 · 0.1 · 100 + 0.99 · 0.1 · 1) = 199; 0.009 / (0.009 + 0.099) = 8.3 %
    said = price_of(Costs(miss=100, alarm=1, defect_rate=0.01), live)
    assert said == "Expected cost per 1,000 parts: 199. With 1 % defective parts 8.3 % of the alarms are right."


def test_costs_that_are_undefined_are_said_to_be_so() -> None:
    live = Live(1.0, Confusion(tp=0, fp=1, fn=0, tn=9), has_recheck=True)
    said = price_of(Costs(miss=100, alarm=1, defect_rate=0.01), live)
    assert said.startswith("Expected cost per 1,000 parts: n/a (rechecks not counted). ")
    assert "n/a of the alarms" in said


def test_the_note_of_a_rule_that_counts_costs_holds_them() -> None:
    saved = Threshold(1.0, "least-cost", miss_price=100, alarm_price=1, defect_rate=0.01)
    assert "per 1,000 parts: 199." in note(saved)
    assert "per 1,000 parts: 199." in note(saved, value=1.1)

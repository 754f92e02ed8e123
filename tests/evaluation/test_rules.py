"""Every rule against a search over all thresholds."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.confusion import Confusion, at, called_defective
from anomaly_gui.evaluation.costs import Costs, cost_per_part
from anomaly_gui.evaluation.rules import Evidence
from anomaly_gui.evaluation.thresholds import RULES, Rule, apply_rule
from tests.evaluation.labelled_scores import ANY, FINITE

SHARES = st.sampled_from([0.0, 0.05, 0.29, 0.3, 0.5, 0.9, 0.95, 1.0])
TYPES = ("", "crack", "dent")
IMAGES = st.lists(st.tuples(ANY, st.booleans(), st.sampled_from(TYPES)), max_size=30)
GOOD = st.lists(ANY, max_size=30)
COSTS = st.builds(Costs, st.sampled_from([1.0, 10.0, 1000.0]), st.sampled_from([0.1, 1.0]), st.floats(0.001, 0.9))


def made(rows: list[tuple[float, bool, str]], good: list[float]) -> Evidence:
    return Evidence(
        scores=np.array([score for score, _, _ in rows], np.float32),
        defective=np.array([defective for _, defective, _ in rows], np.bool_),
        good_scores=np.array(good, np.float32),
        defect_types=tuple(name if defective else "" for _, defective, name in rows),
    )


EVIDENCE = st.builds(made, IMAGES, GOOD)


def every_threshold(evidence: Evidence) -> list[float]:
    """One below, at and above each score, rising: the brute force."""
    scores = np.concatenate([evidence.scores, evidence.good_scores])
    finite = np.unique(scores[np.isfinite(scores)]).astype(float)
    return sorted({-1e9, 1e9, *finite, *(finite + 1e-3), *(finite - 1e-3)})


def all_called(evidence: Evidence, threshold: float) -> list[bool]:
    """Decisions on test and held-out images."""
    return called_defective(np.concatenate([evidence.scores, evidence.good_scores]), threshold).tolist()


def counted(evidence: Evidence, threshold: float) -> Confusion:
    return at(evidence.scores, evidence.defective, threshold)


def false_alarm_rate(evidence: Evidence, threshold: float) -> float:
    good = evidence.scores[~evidence.defective]
    return float(called_defective(good if len(good) else evidence.good_scores, threshold).mean())


def recall_of(evidence: Evidence, threshold: float, name: str) -> float:
    chosen = evidence.defective & np.array([of == name for of in evidence.defect_types], np.bool_)
    return float(called_defective(evidence.scores[chosen], threshold).mean())


def assert_lowest_of_best(evidence: Evidence, found: float, worth: Callable[[float], float]) -> None:
    """*found* decides on the images that *worth* looks at as the lowest of the best thresholds does."""
    values = [(worth(threshold), threshold) for threshold in every_threshold(evidence)]
    best = max(value for value, _ in values)
    lowest = min(threshold for value, threshold in values if value >= best - 1e-9)
    assert worth(found) == pytest.approx(best)
    assert counted(evidence, found) == counted(evidence, lowest)


def f_beta(counts: Confusion, beta: float) -> float:
    weight = beta * beta
    return (1 + weight) * counts.tp / ((1 + weight) * counts.tp + weight * counts.fn + counts.fp)


@given(EVIDENCE)
def test_that_best_f1_is_the_best_of_all_thresholds(evidence: Evidence) -> None:
    assume(evidence.defective.any())
    found = apply_rule(Rule("best-f1"), evidence)
    assert_lowest_of_best(evidence, found, lambda t: counted(evidence, t).f1 or 0)


@given(EVIDENCE, st.sampled_from([None, 0.1, 0.5, 1.0, 3.0]))
def test_that_best_f_beta_is_the_best_of_all_thresholds(evidence: Evidence, beta: float | None) -> None:
    assume(evidence.defective.any())
    found = apply_rule(Rule("best-f-beta", beta), evidence)
    assert_lowest_of_best(evidence, found, lambda t: f_beta(counted(evidence, t), 2.0 if beta is None else beta))


@given(EVIDENCE)
def test_that_youdens_index_is_the_best_of_all_thresholds(evidence: Evidence) -> None:
    assume(evidence.defective.any() and len(evidence.judged_good))
    found = apply_rule(Rule("youden"), evidence)
    assert_lowest_of_best(evidence, found, lambda t: (counted(evidence, t).recall or 0) - false_alarm_rate(evidence, t))


@given(EVIDENCE, COSTS)
def test_that_no_threshold_costs_less_than_least_cost(evidence: Evidence, costs: Costs) -> None:
    assume(evidence.defective.any() and len(evidence.judged_good))

    def worth(threshold: float) -> float:
        cost = cost_per_part(costs, counted(evidence, threshold).recall, false_alarm_rate(evidence, threshold))
        assert cost is not None
        return -cost

    assert_lowest_of_best(evidence, apply_rule(Rule("least-cost", costs=costs), evidence), worth)


def test_that_a_dearer_miss_and_more_defects_on_the_line_lower_the_threshold() -> None:
    evidence = made([(1, False, ""), (2, True, ""), (3, False, ""), (4, True, "")], [])
    found = [
        apply_rule(Rule("least-cost", costs=costs), evidence)
        for costs in (Costs(1, 1, 0.01), Costs(1, 1, 0.6), Costs(1000, 1, 0.01))
    ]
    assert found == [pytest.approx(3.5), pytest.approx(1.5), pytest.approx(1.5)]


@given(EVIDENCE, SHARES)
def test_that_false_alarms_at_most_is_the_lowest_threshold_that_keeps_it(evidence: Evidence, rate: float) -> None:
    assume(len(evidence.judged_good))
    keeping = [t for t in every_threshold(evidence) if false_alarm_rate(evidence, t) <= rate]
    if not keeping:
        with pytest.raises(InputError, match="without a finite score"):
            apply_rule(Rule("false-alarm-at-most", rate), evidence)
        return
    found = apply_rule(Rule("false-alarm-at-most", rate), evidence)
    assert counted(evidence, found) == counted(evidence, min(keeping))
    assert false_alarm_rate(evidence, found) <= rate


def test_that_a_share_of_false_alarms_is_not_lost_to_rounding() -> None:
    evidence = made([(float(score), False, "") for score in range(100)], [])
    found = apply_rule(Rule("false-alarm-at-most", 0.29), evidence)
    assert counted(evidence, found).fp == 29


def test_that_false_alarms_are_counted_on_held_out_good_images_where_the_test_has_none() -> None:
    found = apply_rule(Rule("false-alarm-at-most", 0.1), made([(50, True, "")], [float(n) for n in range(1, 101)]))
    assert 90 < found < 91


@given(EVIDENCE, SHARES)
def test_that_recall_at_least_is_the_highest_threshold_that_keeps_it(evidence: Evidence, recall: float) -> None:
    assume(evidence.defective.any())
    found = apply_rule(Rule("recall-at-least", recall), evidence)
    keeping = [t for t in every_threshold(evidence) if (counted(evidence, t).recall or 0) >= recall]
    assert counted(evidence, found) == counted(evidence, max(keeping))


@given(EVIDENCE, SHARES)
def test_that_the_recall_of_one_type_is_kept_by_the_highest_threshold(evidence: Evidence, recall: float) -> None:
    if "crack" not in evidence.types:
        with pytest.raises(InputError):
            apply_rule(Rule("type-recall-at-least", recall, "crack"), evidence)
        return
    found = apply_rule(Rule("type-recall-at-least", recall, "crack"), evidence)
    keeping = [t for t in every_threshold(evidence) if recall_of(evidence, t, "crack") >= recall]
    assert counted(evidence, found) == counted(evidence, max(keeping))


@given(EVIDENCE, SHARES)
def test_that_the_recall_of_every_type_is_kept_by_the_highest_threshold(evidence: Evidence, recall: float) -> None:
    assume(evidence.types)
    names = {name for name, bad in zip(evidence.defect_types, evidence.defective, strict=True) if bad}
    found = apply_rule(Rule("every-type-recall-at-least", recall), evidence)
    keeping = [t for t in every_threshold(evidence) if all(recall_of(evidence, t, name) >= recall for name in names)]
    assert counted(evidence, found) == counted(evidence, max(keeping))


@settings(max_examples=100)
@given(
    st.one_of(st.lists(ANY, min_size=1, max_size=60), st.lists(FINITE, min_size=20, max_size=120)),
    st.sampled_from([0.05, 0.1, 0.3, 0.5]),
)
def test_that_the_promise_of_good_images_is_kept_by_the_lowest_threshold(good: list[float], rate: float) -> None:
    evidence = made([], good)
    assume(np.isfinite(evidence.good_scores).any())

    def promises(threshold: float) -> bool:
        above = int(called_defective(evidence.good_scores, threshold).sum())
        return bool(stats.binom.cdf(above, len(good), rate) <= 0.05)

    keeping = [threshold for threshold in every_threshold(evidence) if promises(threshold)]
    if not keeping:
        with pytest.raises(InputError, match="more good images"):
            apply_rule(Rule("good-guarantee", rate), evidence)
        return
    found = apply_rule(Rule("good-guarantee", rate), evidence)
    assert all_called(evidence, found) == all_called(evidence, min(keeping))


def test_that_a_promise_lets_as_many_good_images_lie_above_as_it_can() -> None:
    good = [float(n) for n in range(1, 101)]
    assert apply_rule(Rule("good-guarantee", 0.05), made([], good)) == pytest.approx(99.5)
    assert apply_rule(Rule("good-guarantee", 0.1), made([], good)) == pytest.approx(96.5)


def test_that_a_promise_says_how_many_more_good_images_it_needs() -> None:
    with pytest.raises(InputError, match="Hold out 19 more good images"):
        apply_rule(Rule("good-guarantee", 0.05), made([], [float(n) for n in range(40)]))
    assert apply_rule(Rule("good-guarantee", 0.05), made([], [float(n) for n in range(59)])) > 58


@given(st.lists(FINITE, min_size=1, max_size=40, unique=True), st.floats(0, 100))
def test_that_the_percentile_lets_its_share_of_good_images_pass(values: list[float], percentile: float) -> None:
    good = np.array(values, np.float32)
    found = apply_rule(Rule("good-percentile", percentile), made([], values))
    exact = float(np.percentile(good.astype(float), percentile))
    between = np.setdiff1d(good, [found])
    assert not ((between > min(found, exact) + 1e-3) & (between < max(found, exact) - 1e-3)).any()
    assert (good < found).mean() >= percentile / 100 - 1 / len(good) - 1e-9
    assert (good < exact - 1e-3).sum() <= (good < found).sum() <= (good < exact + 1e-3).sum()
    assert not np.isin(found, good)


def test_that_all_good_images_pass_at_the_hundredth_percentile_and_where_all_are_equal() -> None:
    assert apply_rule(Rule("good-percentile", 100), made([], [1, 2, 3])) > 3
    assert apply_rule(Rule("good-percentile", 50), made([], [2, 2, 2])) > 2
    assert apply_rule(Rule("good-max-plus"), made([], [2, 2, 2])) > 2


@given(st.lists(ANY, min_size=1, max_size=30))
def test_that_above_all_good_adds_the_distance_from_the_mean_and_lets_all_pass(good: list[float]) -> None:
    evidence = made([], good)
    finite = evidence.good_scores[np.isfinite(evidence.good_scores)].astype(float)
    assume(len(finite))
    found = apply_rule(Rule("good-max-plus"), evidence)
    assert found == pytest.approx(2 * finite.max() - finite.mean(), rel=1e-4, abs=0.01)
    assert (finite < found).all()


@given(EVIDENCE, st.sampled_from(sorted(RULES)), COSTS)
def test_that_every_rule_gives_a_number_that_is_no_score_or_says_why_not(
    evidence: Evidence, name: str, costs: Costs
) -> None:
    try:
        found = apply_rule(Rule(name, None, "crack", costs), evidence)
    except InputError:
        return
    assert math.isfinite(found)
    # A rule looks at the images it is about; it cannot keep clear of the others' scores.
    looked_at = evidence.good_scores if RULES[name].from_good_alone else evidence.scores
    if name not in ("youden", "least-cost") or (~evidence.defective).any():
        assert found not in looked_at.tolist()


def test_that_types_are_those_of_defects_alone() -> None:
    evidence = Evidence(np.float32([1, 2]), np.array([True, False]), np.float32([]), ("crack", "dent"))
    assert evidence.types == ["crack"]
    assert Evidence(np.float32([1, 2]), np.array([True, False]), np.float32([])).defect_types == ("", "")

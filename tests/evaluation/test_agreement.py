"""Agreement of reviewers: against scikit-learn, by properties, and at the limits."""

from __future__ import annotations

import math
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from anomaly_gui.evaluation.agreement import (
    ANSWERS,
    Answer,
    Rate,
    appraise,
    cross_table,
    kappa,
    kappa_grade,
    rate_grade,
)
from anomaly_gui.evaluation.intervals import wilson

pairs = st.lists(st.tuples(st.sampled_from(ANSWERS), st.sampled_from(ANSWERS)), max_size=60)
judged = st.lists(st.tuples(st.sampled_from(ANSWERS), st.booleans()), max_size=60)


def split(both: list[tuple[Answer, Answer]]) -> tuple[list[Answer], list[Answer]]:
    return [a for a, _ in both], [b for _, b in both]


@given(pairs.filter(bool))
def test_kappa_is_that_of_scikit_learn(both: list[tuple[Answer, Answer]]) -> None:
    first, second = split(both)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = cohen_kappa_score(first, second)
    found = kappa(first, second)
    assert (found is None) if math.isnan(expected) else found == pytest.approx(expected, abs=1e-12)


@given(pairs)
def test_kappa_is_symmetric_bounded_and_blind_to_names(both: list[tuple[Answer, Answer]]) -> None:
    first, second = split(both)
    found = kappa(first, second)
    assert found == kappa(second, first)
    assert found is None or -1 <= found <= 1
    renamed = {"good": 7, "defect": "x", "unsure": None}
    assert found == kappa([renamed[a] for a in first], [renamed[b] for b in second])
    assert found == kappa(first[::-1], second[::-1])


@given(pairs)
def test_kappa_of_answers_with_themselves_is_one_or_undefined(both: list[tuple[Answer, Answer]]) -> None:
    first, _ = split(both)
    assert kappa(first, first) == (1.0 if len(set(first)) > 1 else None)


def test_kappa_of_a_known_table() -> None:
    # 20 + 15 agreed of 50, by chance 0.5 × 0.6 + 0.5 × 0.4.
    first: list[Answer] = ["defect"] * 25 + ["good"] * 25
    second: list[Answer] = ["defect"] * 20 + ["good"] * 5 + ["defect"] * 10 + ["good"] * 15
    assert kappa(first, second) == pytest.approx(0.4)


def test_lists_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="belong together"):
        kappa(["good"], [])
    with pytest.raises(ValueError, match="argument 2"):
        appraise(["good"], [])


@given(judged)
def test_every_answer_is_counted_once_and_rates_stay_within_bounds(said: list[tuple[Answer, bool]]) -> None:
    result = appraise([answer for answer, _ in said], [defective for _, defective in said])
    assert result.defects == sum(defective for _, defective in said)
    assert result.defects + result.good == len(said)
    for rate in result.rates.values():
        assert rate.interval == wilson(rate.count, rate.of)
        if rate.share is None:
            assert rate.of == 0
        else:
            assert rate.interval is not None
            low, high = rate.interval
            assert 0 <= low <= rate.share <= high <= 1


@given(judged)
def test_exchanging_good_and_defective_exchanges_misses_and_false_alarms(said: list[tuple[Answer, bool]]) -> None:
    other: dict[Answer, Answer] = {"good": "defect", "defect": "good", "unsure": "unsure"}
    one = appraise([answer for answer, _ in said], [defective for _, defective in said])
    turned = appraise([other[answer] for answer, _ in said], [not defective for _, defective in said])
    assert (turned.miss_rate, turned.false_alarm_rate) == (one.false_alarm_rate, one.miss_rate)
    assert (turned.effectiveness, turned.kappa) == (one.effectiveness, one.kappa)


def test_unsure_is_never_correct_but_no_miss_and_no_false_alarm() -> None:
    result = appraise(["unsure", "defect", "unsure", "good"], [True, True, False, False])
    assert result.effectiveness == Rate(2, 4)
    assert (result.miss_rate, result.false_alarm_rate, result.unsure) == (Rate(0, 2), Rate(0, 2), 2)
    assert result.kappa is not None
    assert result.kappa < 1
    assert kappa(["unsure", "good"], ["unsure", "good"]) == 1


def test_figures_without_images_are_undefined() -> None:
    nothing = appraise([], [])
    assert [rate.share for rate in nothing.rates.values()] == [None, None, None]
    assert [rate.interval for rate in nothing.rates.values()] == [None, None, None]
    assert nothing.kappa is None
    only_good = appraise(["good", "good"], [False, False])
    assert (only_good.miss_rate.share, only_good.kappa) == (None, None)
    assert only_good.false_alarm_rate.share == 0
    assert rate_grade("miss rate", None) is None
    assert kappa_grade(None) is None


@pytest.mark.parametrize(
    ("name", "count", "of", "grade"),
    [
        ("effectiveness", 45, 50, "acceptable"),
        ("effectiveness", 44, 50, "marginal"),
        ("effectiveness", 40, 50, "marginal"),
        ("effectiveness", 39, 50, "unacceptable"),
        ("miss rate", 1, 50, "acceptable"),
        ("miss rate", 1, 49, "marginal"),
        ("miss rate", 1, 20, "marginal"),
        ("miss rate", 3, 25, "unacceptable"),
        ("false alarm rate", 1, 20, "acceptable"),
        ("false alarm rate", 2, 20, "marginal"),
        ("false alarm rate", 3, 20, "unacceptable"),
    ],
)
def test_the_limits_belong_to_the_better_grade(name: str, count: int, of: int, grade: str) -> None:
    assert rate_grade(name, Rate(count, of).share) == grade  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "grade"),
    [(1.0, "very good"), (0.9, "very good"), (0.89, "acceptable"), (0.7, "acceptable"), (0.69, "unacceptable")],
)
def test_kappa_has_its_limits(value: float, grade: str) -> None:
    assert kappa_grade(value) == grade


def test_the_table_of_two_reviewers_has_every_pair_of_answers() -> None:
    table = cross_table(["good", "good", "unsure"], ["good", "defect", "unsure"])
    assert len(table) == 9
    assert {pair: count for pair, count in table.items() if count} == {
        ("good", "good"): 1,
        ("good", "defect"): 1,
        ("unsure", "unsure"): 1,
    }

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.confusion import at
from anomaly_gui.evaluation.thresholds import RULES, Rule, apply_rule, neighbours
from tests.evaluation.labelled_scores import FINITE, Labelled, labelled

NONE = np.empty(0, np.float32)
SHARES = st.sampled_from([0.0, 0.05, 0.3, 0.5, 0.9, 1.0])


def every_threshold(scores: np.ndarray) -> list[float]:
    """A threshold below, at and above each score: the brute force."""
    finite = np.unique(scores[np.isfinite(scores)]).astype(float)
    return sorted({-1e9, 1e9, *finite, *(finite + 1e-3), *(finite - 1e-3)})


@given(labelled())
def test_that_best_f1_is_the_best_of_all_thresholds(data: Labelled) -> None:
    scores, defective = data
    if not defective.any():
        with pytest.raises(InputError, match="no test image is labelled defective"):
            apply_rule(Rule("best-f1"), scores, defective, NONE)
        return
    threshold = apply_rule(Rule("best-f1"), scores, defective, NONE)
    best = max(at(scores, defective, t).f1 or 0 for t in every_threshold(scores))
    assert at(scores, defective, threshold).f1 == pytest.approx(best)


@given(labelled(), SHARES)
def test_that_recall_at_least_is_the_highest_threshold_that_keeps_it(data: Labelled, wanted: float) -> None:
    scores, defective = data
    if not defective.any():
        return
    threshold = apply_rule(Rule("recall-at-least", wanted), scores, defective, NONE)
    counts = at(scores, defective, threshold)
    assert counts.recall is not None
    assert counts.recall >= wanted
    for other in every_threshold(scores):
        if at(scores, defective, other).recall >= wanted:  # type: ignore[operator]
            assert counts.fp + counts.tp <= at(scores, defective, other).fp + at(scores, defective, other).tp


@given(labelled(), SHARES)
def test_that_false_alarms_at_most_finds_as_much_as_any_threshold_that_keeps_it(data: Labelled, allowed: float) -> None:
    scores, defective = data
    keeping = [
        counts
        for t in every_threshold(scores)
        if (counts := at(scores, defective, t)).false_alarm_rate is not None and counts.false_alarm_rate <= allowed
    ]
    if not keeping:
        with pytest.raises(InputError):
            apply_rule(Rule("false-alarm-at-most", allowed), scores, defective, NONE)
        return
    counts = at(scores, defective, apply_rule(Rule("false-alarm-at-most", allowed), scores, defective, NONE))
    assert counts.false_alarm_rate is not None
    assert counts.false_alarm_rate <= allowed
    assert counts.tp == max(other.tp for other in keeping)


def test_that_false_alarms_are_counted_on_held_out_good_images_where_the_test_has_none() -> None:
    good = np.arange(1, 101, dtype=np.float32)
    threshold = apply_rule(Rule("false-alarm-at-most", 0.1), np.float32([50]), np.array([True]), good)
    assert 90 < threshold < 91


@given(st.lists(FINITE, min_size=1, max_size=40, unique=True), st.floats(0, 100))
def test_that_the_percentile_lets_its_share_of_good_images_pass(values: list[float], percentile: float) -> None:
    good = np.array(values, np.float32)
    threshold = apply_rule(Rule("good-percentile", percentile), NONE, np.empty(0, np.bool_), good)
    assert abs(threshold - np.percentile(good.astype(float), percentile)) <= max(np.ptp(good), abs(good.max()), 1e-9)
    assert (good < threshold).mean() == pytest.approx(percentile / 100, abs=1 / len(good) + 1e-9)
    assert not np.isin(threshold, good)


def test_that_above_all_good_adds_the_distance_from_the_mean() -> None:
    good = np.float32([1, 2, 3, np.nan])
    assert apply_rule(Rule("good-max-plus"), NONE, np.empty(0, np.bool_), good) == pytest.approx(4.0)


@pytest.mark.parametrize("name", ["good-percentile", "good-max-plus"])
def test_that_rules_from_good_images_say_when_there_is_none(name: str) -> None:
    with pytest.raises(InputError, match="held-out good images"):
        apply_rule(Rule(name), NONE, np.empty(0, np.bool_), NONE)


@pytest.mark.parametrize("info", [i for i in RULES.values() if i.high is not None], ids=lambda i: i.name)
def test_that_a_parameter_out_of_range_is_refused(info) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match="out of range"):
        apply_rule(Rule(info.name, info.high + 1), np.float32([1]), np.array([True]), np.float32([1]))


def test_that_an_unknown_rule_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="best-f1"):
        apply_rule(Rule("luck"), NONE, np.empty(0, np.bool_), NONE)


@given(labelled(), st.integers(-24, 24).map(lambda n: n / 4 + 0.1))
def test_that_neighbours_change_exactly_the_next_score(data: Labelled, threshold: float) -> None:
    scores, _ = data
    finite = scores[np.isfinite(scores)]
    lower, higher = neighbours(scores, threshold)
    below, above = finite[finite < threshold], finite[finite >= threshold]
    if len(below) == 0:
        assert lower is None
    else:
        assert lower is not None
        assert set(finite[finite >= lower]) - set(above) == {below.max()}
    if len(above) == 0:
        assert higher is None
    else:
        assert higher is not None
        assert set(above) - set(finite[finite >= higher]) == {above.min()}

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.thresholds import (
    RULES,
    Costs,
    Evidence,
    Rule,
    RuleInfo,
    apply_rule,
    just_above,
    just_below,
    neighbours,
    parameter_of,
    sentence_of,
    why_not,
)
from tests.evaluation.labelled_scores import Labelled, labelled

NONE = np.empty(0, np.float32)
BOTH = Evidence(np.float32([1, 2]), np.array([False, True]), np.float32([1]), ("", "crack"))
COSTS = Costs(50, 1, 0.01)


def only_good() -> Evidence:
    return Evidence(np.float32([1]), np.array([False]), np.float32([1]))


def names_refused(evidence: Evidence) -> set[str]:
    return {name for name in RULES if why_not(name, evidence)}


def test_that_every_rule_can_be_used_where_there_are_all_kinds_of_images() -> None:
    assert names_refused(BOTH) == set()


def test_that_without_defects_only_rules_about_good_images_are_offered() -> None:
    assert names_refused(only_good()) == {name for name in RULES if name[:4] != "good" and name[:5] != "false"}
    assert why_not("best-f1", only_good()) == "No test image is labelled defective."


def test_that_rules_about_types_are_not_offered_where_no_defect_has_one() -> None:
    untyped = Evidence(np.float32([1, 2]), np.array([False, True]), np.float32([1]))
    assert names_refused(untyped) == {"type-recall-at-least", "every-type-recall-at-least"}


def test_that_rules_about_good_images_are_not_offered_without_them() -> None:
    defects = Evidence(np.float32([2]), np.array([True]), NONE, ("crack",))
    from_good = {"good-percentile", "good-max-plus", "good-guarantee"}
    assert names_refused(defects) == {*from_good, "youden", "least-cost", "false-alarm-at-most"}
    without_scores = Evidence(np.float32([1]), np.array([False]), np.float32([np.nan]))
    assert names_refused(without_scores) >= from_good


@pytest.mark.parametrize("name", list(RULES))
def test_that_a_rule_that_is_not_offered_is_refused_for_the_same_reason(name: str) -> None:
    nothing = Evidence(NONE, np.empty(0, np.bool_), NONE)
    reason = why_not(name, nothing)
    with pytest.raises(InputError) as refused:
        apply_rule(Rule(name, defect_type="crack", costs=COSTS), nothing)
    assert refused.value.cause == reason[0].lower() + reason[1:-1]


@pytest.mark.parametrize("info", [i for i in RULES.values() if i.high is not None], ids=lambda i: i.name)
def test_that_a_parameter_out_of_range_is_refused(info: RuleInfo) -> None:
    assert info.high is not None
    for parameter in (info.high + 1, -1.0, float("nan")):
        with pytest.raises(InputError, match="out of range"):
            apply_rule(Rule(info.name, parameter, "crack"), BOTH)


def test_that_an_unknown_rule_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="best-f1"):
        apply_rule(Rule("luck"), BOTH)
    with pytest.raises(InputError, match="best-f1"):
        sentence_of(Rule("luck"))


def test_that_what_a_rule_takes_must_be_given() -> None:
    with pytest.raises(InputError, match="needs prices"):
        apply_rule(Rule("least-cost"), BOTH)
    with pytest.raises(InputError, match="missed defect"):
        apply_rule(Rule("least-cost", costs=Costs(-1, 1, 0.1)), BOTH)
    with pytest.raises(InputError, match="no defect type is chosen"):
        apply_rule(Rule("type-recall-at-least"), BOTH)
    with pytest.raises(InputError, match="Choose one of: crack"):
        apply_rule(Rule("type-recall-at-least", defect_type="dent"), BOTH)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule("good-percentile", 99.5), "99.5 % of the held-out good"),
        (Rule("good-guarantee"), "at 95 % confidence, a false alarm rate of at most 5 %"),
        (Rule("best-f-beta"), "counting 2 times"),
        (Rule("type-recall-at-least", None, "crack"), 'finds 100 % of the defects of type "crack"'),
        (Rule("least-cost", costs=COSTS), "a missed defect costs 50, a false alarm 1, and 1 % of the parts"),
    ],
)
def test_that_a_rules_sentence_holds_what_it_was_given(rule: Rule, words: str) -> None:
    assert words in sentence_of(rule)


@pytest.mark.parametrize("name", list(RULES))
def test_that_every_rule_says_one_sentence_and_none_that_is_not_filled_in(name: str) -> None:
    for sentence in (RULES[name].sentence, sentence_of(Rule(name, None, "crack", COSTS))):
        assert sentence.endswith(".")
        assert "{" not in sentence
        assert "?" not in sentence


def test_that_the_parameter_that_counts_is_the_default_where_none_is_given() -> None:
    assert parameter_of(Rule("recall-at-least")) == 0.95
    assert parameter_of(Rule("recall-at-least", 0.5)) == 0.5
    assert parameter_of(Rule("best-f1", 3)) is None


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


@given(labelled(), st.integers(0, 99))
def test_that_the_threshold_beside_a_score_flips_no_score_beyond_it(data: Labelled, number: int) -> None:
    scores, _ = data
    finite = scores[np.isfinite(scores)]
    if not len(finite):
        return
    score = float(finite[number % len(finite)])
    below, above = just_below(scores, score), just_above(scores, score)
    assert set(finite[finite >= below]) == set(finite[finite >= score])
    assert set(finite[finite >= above]) == set(finite[finite > score])
    lower, higher = finite[finite < score], finite[finite > score]
    assert below < score < above
    assert not len(lower) or below == (float(lower.max()) + score) / 2
    assert not len(higher) or above == (float(higher.min()) + score) / 2

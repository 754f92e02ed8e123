"""What the Tune page says at a threshold agrees with a count by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.confusion import at, called_defective
from anomaly_gui.evaluation.thresholds import RULES, Rule
from anomaly_gui.jobs.evaluate import ScoredImages
from anomaly_gui.project.records import Threshold
from anomaly_gui.ui.pages.tune_rules import shown_rules
from anomaly_gui.ui.pages.tune_state import TuneState


def scored(good: list[float], defects: list[float], held_out: list[float] | None = None) -> ScoredImages:
    scores = np.array(good + defects, np.float32)
    return ScoredImages(
        ids=np.arange(100, 100 + len(scores)),
        scores=scores,
        defective=np.arange(len(scores)) >= len(good),
        good_scores=np.array(held_out if held_out is not None else [1.0, 2.0], np.float32),
    )


def usual() -> TuneState:
    """Five good and four defective images, threshold 3.2."""
    images = scored([1.0, 1.5, 2.0, 2.5, 3.5], [1.2, 2.2, 3.0, 5.0])
    return TuneState(images, Threshold(3.2, "best-f1"))


def rate(state: TuneState, name: str) -> float | None:
    return next(r.value for r in state.figures().rates if r.name == name)


SCORES = st.lists(st.one_of(st.integers(0, 6).map(float), st.sampled_from([math.nan, math.inf])), max_size=12)


@settings(max_examples=150, deadline=None)
@given(good=SCORES, defects=SCORES, threshold=st.floats(-1, 7))
def test_counts_and_rates_agree_with_counting_decisions_one_by_one(
    good: list[float], defects: list[float], threshold: float
) -> None:
    state = TuneState(scored(good, defects), Threshold(3.0))
    state.move_to(threshold)
    counts = at(state.scored.scores, state.scored.defective, threshold)
    shown = state.figures()
    assert (shown.found, shown.missed, shown.false_alarms, shown.passed) == (
        counts.tp,
        counts.fn,
        counts.fp,
        counts.tn,
    )
    for name in ("recall", "false_alarm_rate", "precision", "specificity", "f1"):
        assert rate(state, name) == getattr(counts, name)


@settings(max_examples=80, deadline=None)
@given(good=SCORES, defects=SCORES, thresholds=st.lists(st.floats(-1, 7), min_size=1, max_size=5))
def test_the_curves_pass_through_the_figures_at_every_threshold(
    good: list[float], defects: list[float], thresholds: list[float]
) -> None:
    state = TuneState(scored(good, defects), None)
    precision, recall, f1 = state.rates_at(np.array(thresholds))
    for place, threshold in enumerate(thresholds):
        state.move_to(threshold)
        for curve, name in ((precision, "precision"), (recall, "recall"), (f1, "f1")):
            expected = rate(state, name)
            assert curve[place] == pytest.approx(math.nan if expected is None else expected, nan_ok=True)


@settings(max_examples=80, deadline=None)
@given(good=SCORES, defects=SCORES, saved=st.floats(-1, 7), moved=st.floats(-1, 7))
def test_the_images_that_flip_are_those_whose_decision_differs(
    good: list[float], defects: list[float], saved: float, moved: float
) -> None:
    state = TuneState(scored(good, defects), Threshold(saved))
    state.move_to(moved)
    differ = called_defective(state.scored.scores, saved) != called_defective(state.scored.scores, moved)
    assert sorted(flip.image_id for flip in state.flipped().first) == sorted(state.scored.ids[differ].tolist())


def test_flipped_images_come_nearest_to_the_threshold_first() -> None:
    state = usual()
    state.move_to(1.1)
    assert [flip.image_id for flip in state.flipped().first] == [105, 101, 102, 106, 103, 107]


def test_the_price_of_a_move_is_told_against_the_saved_threshold_and_stays_after_it_is_saved() -> None:
    state = usual()
    state.move_to(2.1)
    told = "Against 3.200: 2 more found, 1 more false alarm."
    assert state.change_sentence == told
    state.take_saved(Threshold(2.1))
    assert state.change_sentence == told
    state.take_saved(Threshold(3.2, "best-f1"))
    assert state.change_sentence == "Against 2.100: 2 fewer found, 1 fewer false alarm."


def test_hearing_of_the_same_saved_threshold_twice_changes_nothing() -> None:
    state = usual()
    state.take_saved(Threshold(2.1))
    state.take_saved(Threshold(2.1))
    assert state.compared_with == 3.2


def test_a_threshold_that_is_no_number_is_not_shown() -> None:
    state = usual()
    state.move_to(math.nan)
    assert state.value == 3.2


@settings(max_examples=80, deadline=None)
@given(good=SCORES, defects=SCORES, start=st.floats(-1, 7), direction=st.sampled_from([-1, 1]))
def test_a_step_changes_the_decisions_on_equal_scores_only(
    good: list[float], defects: list[float], start: float, direction: int
) -> None:
    state = TuneState(scored(good, defects), Threshold(start))
    stepped = state.stepped(direction)
    before, after = (called_defective(state.scored.scores, t) for t in (start, stepped))
    assert len(np.unique(state.scored.scores[before != after])) <= 1
    assert (stepped - start) * direction >= 0


def test_without_defects_recall_and_precision_are_undefined_and_their_rules_unavailable() -> None:
    state = TuneState(scored([1.0, 2.0], []), Threshold(1.5))
    assert rate(state, "recall") is None
    assert rate(state, "precision") is None
    assert all(np.isnan(curve).all() for curve in state.rates_at(np.array([1.5, 3.0])))
    assert rate(state, "f1") is None
    assert state.auroc is None
    assert state.operating_point(1.5) is None
    assert len(state.roc_points()[0]) == 0
    assert "No defective image" in state.remark.sentence
    assert {name for name in RULES if state.why_not(name)} == {name for name in RULES if RULES[name].needs_defects}


def test_without_held_out_good_images_the_rules_that_need_them_are_unavailable() -> None:
    state = TuneState(scored([1.0, 2.0], [3.0], held_out=[]), Threshold(1.5))
    unavailable = {rule.name for rule in shown_rules() if state.why_not(rule.name)}
    assert unavailable == {
        "good-percentile",
        "good-max-plus",
        "good-guarantee",
        "type-recall-at-least",
        "every-type-recall-at-least",
    }


@pytest.mark.parametrize("name", ["best-f1", "good-percentile", "false-alarm-at-most", "recall-at-least"])
def test_every_rule_gives_a_threshold_that_remembers_its_rule_and_parameter(name: str) -> None:
    made = usual().by_rule(Rule(name))
    assert math.isfinite(made.value)
    assert (made.rule, made.parameter) == (name, RULES[name].default)


def test_a_rule_that_cannot_be_applied_says_so() -> None:
    with pytest.raises(InputError):
        TuneState(scored([1.0], []), None).by_rule(Rule("best-f1"))


def test_rules_are_shown_and_shares_as_per_cent() -> None:
    shown = {rule.name: rule for rule in shown_rules()}
    assert list(shown) == list(RULES)
    assert shown["recall-at-least"].factor == 100.0
    assert shown["good-percentile"].factor == 1.0
    assert shown["best-f1"].low is None
    assert shown["type-recall-at-least"].takes_type
    assert shown["least-cost"].takes_costs


def test_the_page_says_which_images_the_figures_rest_on() -> None:
    assert usual().basis_sentence == "9 images that training never saw: 5 good, 4 defective."


def test_the_page_warns_that_the_threshold_was_chosen_on_the_same_images() -> None:
    assert "same images" in usual().remark.sentence


def test_no_such_warning_for_a_rule_that_looks_at_held_out_good_images_alone() -> None:
    images = scored([1.0, 1.5, 2.0], [3.2, 4.0], held_out=[1.0, 2.0, 3.0])
    state = TuneState(images, Threshold(3.2, "good-max-plus"))
    assert state.remark.sentence.endswith(
        "This threshold comes from 3 held-out good images alone, not from the images below."
    )
    state.move_to(3.0)
    assert "same images" in state.remark.sentence


def test_scores_that_do_not_separate_are_called_so() -> None:
    state = TuneState(scored([1.0, 3.0, 5.0], [0.5, 3.0, 4.0]), Threshold(2.0))
    assert "do not show that scores separate at all" in state.remark.sentence


def test_a_threshold_that_calls_most_good_images_defective_catches_the_eye() -> None:
    state = usual()
    state.move_to(1.6)
    assert state.remark.grave
    assert "More than half" in state.remark.sentence
    state.move_to(3.2)
    assert not state.remark.grave


def test_where_nothing_changes_the_images_nearest_to_the_threshold_are_shown() -> None:
    state = usual()
    assert [flip.image_id for flip in state.shown_images().first][:3] == [107, 104, 103]
    assert state.images_title == "Nearest to the threshold"
    assert state.shown_images().first[0].sentence == "3.000: defect, missed"
    state.move_to(2.9)
    assert [flip.image_id for flip in state.shown_images().first] == [107]
    assert state.images_title == "Decisions that change"
    assert state.shown_images().first[0].sentence == "3.000: defect, found"


def test_a_score_that_is_not_finite_is_near_to_no_threshold() -> None:
    state = TuneState(scored([1.0], [math.nan, math.inf, 2.0]), Threshold(1.5))
    assert [flip.image_id for flip in state.nearest().first] == [100, 103]


def test_relabelling_keeps_what_the_change_is_told_against() -> None:
    old = usual()
    old.take_saved(Threshold(2.1))
    new = TuneState(old.scored, Threshold(2.1))
    new.keep_comparison(old)
    assert new.change_sentence == old.change_sentence


def test_thresholds_of_other_scores_are_not_compared_with() -> None:
    old = usual()
    old.take_saved(Threshold(2.1, "best-f1"))
    new = TuneState(scored([0.1, 0.2, 0.3, 0.4, 0.5], [0.2, 0.3, 0.4, 0.9]), Threshold(0.6, "best-f1"))
    new.keep_comparison(old)
    assert (new.before, new.followed_from) == (None, None)
    assert "relabelling" not in new.rule_note


def banded(recheck: float | None = 1.8) -> TuneState:
    images = scored([1.0, 1.5, 2.0, 2.5, 3.5], [1.2, 2.2, 3.0, 5.0])
    return TuneState(images, Threshold(3.2, recheck=recheck))


def test_a_recheck_line_never_passes_the_threshold() -> None:
    state = banded()
    state.move_recheck_to(9.0)
    assert state.recheck is not None
    assert state.recheck < 3.2
    state.move_recheck_to(math.nan)
    assert state.recheck < 3.2
    state.move_recheck_to(None)
    assert state.recheck is None


def test_a_threshold_moved_below_the_line_shows_no_band_until_it_is_back() -> None:
    state = banded()
    state.move_to(1.6)
    assert state.recheck is None
    assert state.figures().band is None
    state.move_to(3.0)
    assert state.recheck == 1.8
    state.take_saved(Threshold(3.2))
    assert state.recheck is None


def test_a_moved_line_shows_the_images_whose_answer_it_changes() -> None:
    state = banded()
    state.move_recheck_to(2.3)
    assert state.images_title == "Decisions that change"
    assert [flip.image_id for flip in state.shown_images().first] == [106, 102]
    assert state.shown_images().first[0].sentence == "2.200: defect, missed"
    assert state.change_sentence == "To be rechecked: 1 fewer defect, 1 fewer good image."
    state.take_saved(Threshold(3.2, recheck=2.3))
    assert state.images_title == "Nearest to the threshold"
    assert state.shown_images().first[0].sentence == "3.000: defect, to be rechecked"


def test_the_images_of_a_type_are_shown_missed_first_until_it_is_left() -> None:
    images = scored([1.0], [3.0, 1.2, 2.0])
    typed = ScoredImages(
        images.ids, images.scores, images.defective, images.good_scores, ("", "crack", "dent", "crack")
    )
    state = TuneState(typed, Threshold(2.5))
    state.chosen_type = "crack"
    assert [flip.image_id for flip in state.shown_images().first] == [103, 101]
    assert state.images_title == "crack: 1 missed, 1 found"
    state.move_to(1.0)
    assert state.images_title == "crack: 0 missed, 2 found"
    newer = TuneState(images, Threshold(1.0))
    newer.keep_comparison(state)
    assert newer.chosen_type is None


def test_a_rule_that_followed_a_relabelling_says_from_where() -> None:
    images = scored([1.0, 1.5], [2.0, 3.0])
    old, new = TuneState(images, Threshold(1.75, "best-f1")), TuneState(images, Threshold(2.5, "best-f1"))
    new.keep_comparison(old)
    assert new.rule_note == "Best F1 follows the labels: relabelling moved it from 1.750."
    newer = TuneState(images, Threshold(2.5, "best-f1"))
    newer.keep_comparison(new)
    assert newer.rule_note == new.rule_note
    newer.take_saved(Threshold(1.75, "best-f1"))
    assert newer.rule_note == "Best F1 follows the labels."
    by_hand = TuneState(images, Threshold(2.0))
    by_hand.keep_comparison(old)
    assert by_hand.followed_from is None


def test_precision_and_recall_are_a_point_or_undefined() -> None:
    state = usual()
    assert state.precision_recall_point(3.2) == (0.25, 0.5)
    assert state.precision_recall_point(9.0) is None
    recall, precision = state.precision_recall_points()
    assert (recall[-1], precision[-1]) == (1.0, 4 / 9)
    assert len(TuneState(scored([1.0], []), None).precision_recall_points()[0]) == 0

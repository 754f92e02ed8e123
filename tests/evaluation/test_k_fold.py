"""A rule judged on images that it did not see."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.confusion import at
from anomaly_gui.evaluation.k_fold import cross_validated, stratified_folds
from anomaly_gui.evaluation.rules import Evidence
from anomaly_gui.evaluation.thresholds import Rule, apply_rule
from anomaly_gui.progress import CancelToken

BEST = Rule("best-f1")


def _evidence(good: int, defects: int, distance: float = 1.0, seed: int = 0) -> Evidence:
    draw = np.random.default_rng(seed)
    defective = np.arange(good + defects) >= good
    scores = (draw.normal(size=good + defects) + distance * defective).astype(np.float32)
    types = tuple("" if n < good else ("crack" if n % 2 else "dent") for n in range(good + defects))
    return Evidence(scores, defective, draw.normal(size=20).astype(np.float32), types)


@given(st.integers(2, 40), st.integers(2, 40), st.integers(2, 6), st.integers(0, 5))
@settings(max_examples=60)
def test_every_fold_has_its_share_of_each_kind(good: int, defects: int, folds: int, seed: int) -> None:
    evidence = _evidence(good, defects)
    fold = stratified_folds(evidence, folds, np.random.default_rng(seed))
    kinds = np.array(evidence.defect_types)
    for kind in {*evidence.defect_types}:
        sizes = np.bincount(fold[kinds == kind], minlength=folds)
        assert sizes.max() - sizes.min() <= 1
    sizes = np.bincount(fold, minlength=folds)
    assert sizes.max() - sizes.min() <= 1


def test_each_image_is_judged_once_in_every_repeat() -> None:
    evidence = _evidence(30, 12)
    found = cross_validated(BEST, evidence, repeats=4)
    assert len(found.counts) == 4
    for counts in (*found.counts, found.typical):
        assert (counts.tp + counts.fn, counts.fp + counts.tn) == (12, 30)
    assert found.folds == 5
    assert found.thresholds[0] <= found.thresholds[1]


def test_a_threshold_chosen_on_noise_looks_worse_on_images_that_it_was_not_chosen_on() -> None:
    seen, unseen = [], []
    for seed in range(12):
        evidence = _evidence(20, 20, distance=0.0, seed=seed)
        counts = at(evidence.scores, evidence.defective, apply_rule(Rule("youden"), evidence))
        honest = cross_validated(Rule("youden"), evidence, repeats=3)
        assert None not in (counts.recall, counts.false_alarm_rate, honest.recall, honest.false_alarm_rate)
        seen.append((counts.recall or 0) - (counts.false_alarm_rate or 0))
        unseen.append((honest.recall or 0) - (honest.false_alarm_rate or 0))
    assert np.mean(seen) > 0.1, "chosen and counted on the same images, noise looks like skill"
    assert abs(np.mean(unseen)) < 0.07


def test_a_rule_from_good_images_alone_is_judged_as_it_is() -> None:
    evidence = _evidence(30, 12)
    rule = Rule("good-percentile")
    found = cross_validated(rule, evidence, repeats=2)
    assert set(found.counts) == {at(evidence.scores, evidence.defective, apply_rule(rule, evidence))}
    assert found.thresholds[0] == found.thresholds[1]


def test_the_seed_decides() -> None:
    evidence = _evidence(30, 12)
    assert cross_validated(BEST, evidence) == cross_validated(BEST, evidence)
    assert cross_validated(BEST, evidence).counts != cross_validated(BEST, evidence, seed=1).counts


def test_a_class_of_three_gives_three_folds_and_scores_that_are_not_numbers_count_as_alarms() -> None:
    evidence = _evidence(20, 3, distance=9.0)
    evidence.scores[0] = np.nan
    found = cross_validated(BEST, evidence, repeats=2)
    assert found.folds == 3
    assert all(counts.fp >= 1 for counts in found.counts)


def test_good_images_alone_have_no_recall() -> None:
    found = cross_validated(Rule("false-alarm-at-most", 0.1), _evidence(30, 0))
    assert (found.recall, found.f1) == (None, None)
    assert found.false_alarm_rate is not None


@pytest.mark.parametrize(
    ("good", "defects", "why"),
    [(5, 4, "9 labelled images are too few"), (12, 1, "one defective image alone"), (1, 12, "one good image alone")],
)
def test_too_few_images_are_said(good: int, defects: int, why: str) -> None:
    with pytest.raises(InputError, match=why):
        cross_validated(BEST, _evidence(good, defects))


def test_a_rule_for_a_type_of_which_a_part_has_none_is_refused() -> None:
    evidence = _evidence(12, 3)
    with pytest.raises(InputError):
        cross_validated(
            Rule("type-recall-at-least", 1.0, defect_type="crack"),
            Evidence(evidence.scores, evidence.defective, evidence.good_scores, ("",) * 12 + ("crack", "dent", "dent")),
        )


def test_once_cancelled_no_repeat_follows_the_first() -> None:
    cancel = CancelToken()
    cancel.cancel()
    assert len(cross_validated(BEST, _evidence(30, 12), cancel=cancel).counts) == 1

from __future__ import annotations

import numpy as np

from anomaly_gui.evaluation.confusion import DECISIONS, Confusion, ThreeWay, at, called_defective, decided


def test_that_a_score_at_the_threshold_is_defective() -> None:
    assert called_defective(np.float32([0.5, 1.0, 1.5]), 1.0).tolist() == [False, True, True]


def test_that_every_score_that_is_not_finite_is_defective() -> None:
    assert called_defective(np.float32([np.nan, np.inf, -np.inf]), 1.0).all()


def test_that_counts_and_rates_follow_the_labels() -> None:
    counts = at(np.float32([1, 2, 3, 4, 5]), np.array([False, True, False, True, True]), 3.0)
    assert counts == Confusion(tp=2, fp=1, fn=1, tn=1)
    assert counts.recall == 2 / 3
    assert counts.precision == 2 / 3
    assert counts.f1 == 2 / 3
    assert counts.false_alarm_rate == 1 / 2
    assert counts.specificity == 1 / 2


def test_that_rates_over_nothing_are_undefined() -> None:
    only_good = Confusion(tp=0, fp=1, fn=0, tn=3)
    assert (only_good.recall, only_good.precision, only_good.f1) == (None, None, None)
    assert only_good.false_alarm_rate == 1 / 4
    only_defects = Confusion(tp=1, fp=0, fn=3, tn=0)
    assert (only_defects.false_alarm_rate, only_defects.specificity, only_defects.precision) == (None, None, None)
    assert (only_defects.recall, only_defects.f1) == (1 / 4, 2 / 5)
    assert Confusion(tp=0, fp=0, fn=2, tn=3).precision is None, "no image is called defective"


def test_that_scores_from_the_recheck_line_on_are_rechecked_up_to_the_threshold() -> None:
    answers = decided(np.float32([0.9, 1, 1.9, 2, np.nan, -np.inf]), 2.0, 1.0)
    assert [DECISIONS[answer] for answer in answers] == ["good", "recheck", "recheck", *["defective"] * 3]
    assert decided(np.float32([0.9, 1.9, 2]), 2.0).tolist() == [0, 0, 2]
    assert decided(np.float32([2, 3]), 2.0, 5.0).tolist() == [2, 2], "a line above the threshold is none"


def test_that_the_share_to_be_rechecked_is_of_all_images() -> None:
    assert ThreeWay(1, 2, 1, 0, 2, 4).recheck_rate == 0.4
    assert ThreeWay(0, 0, 0, 0, 0, 0).recheck_rate is None

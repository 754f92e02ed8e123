"""A click on a curve means the threshold whose point is nearest."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.evaluation.confusion import at, called_defective
from anomaly_gui.evaluation.curves import ScoreTable
from anomaly_gui.ui.pages.tune_targets import ClickTargets

SCORES = st.lists(st.one_of(st.integers(0, 6).map(float), st.sampled_from([math.nan, math.inf])), max_size=12)
SHARE = st.floats(0, 1)


def made(good: list[float], defects: list[float]) -> tuple[ClickTargets, np.ndarray, np.ndarray]:
    scores = np.array(good + defects, np.float32)
    defective = np.arange(len(scores)) >= len(good)
    return ClickTargets(scores, ScoreTable(scores, defective)), scores, defective


@settings(max_examples=100, deadline=None)
@given(good=SCORES, defects=SCORES, x=SHARE, y=SHARE)
def test_no_other_threshold_lies_nearer_on_either_curve(
    good: list[float], defects: list[float], x: float, y: float
) -> None:
    targets, scores, defective = made(good, defects)
    for click, right, up in (
        (targets.on_roc, "false_alarm_rate", "recall"),
        (targets.on_precision_recall, "recall", "precision"),
    ):
        places = [at(scores, defective, threshold) for threshold in np.arange(-0.5, 7, 1)]
        distances = [
            math.hypot(getattr(counts, right) - x, getattr(counts, up) - y)
            for counts in places
            if getattr(counts, right) is not None and getattr(counts, up) is not None
        ]
        chosen = click(x, y)
        if chosen is None:
            assert not distances
            continue
        counts = at(scores, defective, chosen)
        distance = math.hypot(getattr(counts, right) - x, getattr(counts, up) - y)
        assert distance == pytest.approx(min(distances), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(good=SCORES, defects=SCORES, clicked=st.one_of(st.floats(-2, 9), st.integers(0, 6).map(float)))
def test_a_click_on_a_score_decides_as_that_score_would(
    good: list[float], defects: list[float], clicked: float
) -> None:
    targets, scores, _ = made(good, defects)
    chosen = targets.at(clicked)
    assert (called_defective(scores, chosen) == called_defective(scores, clicked)).all()


def test_a_clicked_threshold_lies_midway_between_two_scores() -> None:
    assert made([1.0, 2.0], [4.0, 8.0])[0].at(2.2) == 3.0


def test_equal_scores_are_known_and_others_are_not_taken_for_them() -> None:
    assert made([2.0, 2.0], [2.0])[0].are_equal
    assert not made([2.0, 2.0], [2.5])[0].are_equal
    assert not made([2.0, 2.0], [math.nan])[0].are_equal


def test_with_one_class_there_is_no_curve_to_click_on() -> None:
    targets, _, _ = made([1.0, 2.0], [])
    assert targets.on_roc(0.5, 0.5) is None
    assert targets.on_precision_recall(0.5, 0.5) is None

"""The recheck band in figures and words."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.evaluation.confusion import DEFECTIVE, GOOD, RECHECK, decided
from anomaly_gui.evaluation.curves import ScoreTable
from anomaly_gui.ui.pages.tune_band import change_of_band, first_line, highest_below, shown_band
from anomaly_gui.ui.pages.tune_targets import ClickTargets

SCORES = st.lists(st.one_of(st.integers(0, 6).map(float), st.sampled_from([math.nan, math.inf])), max_size=12)


def table(good: list[float], defects: list[float]) -> ScoreTable:
    scores = np.array(good + defects, np.float32)
    return ScoreTable(scores, np.arange(len(scores)) >= len(good))


@settings(max_examples=100, deadline=None)
@given(good=SCORES, defects=SCORES, threshold=st.floats(0, 7), below=st.floats(0.01, 4))
def test_three_answers_agree_with_deciding_one_by_one(
    good: list[float], defects: list[float], threshold: float, below: float
) -> None:
    line = threshold - below
    band = shown_band(table(good, defects), line, threshold)
    assert band is not None
    for scores, counts in (
        (good, (band.passed, band.rechecked_good, band.alarms)),
        (defects, (band.missed, band.rechecked_defects, band.found)),
    ):
        answers = decided(np.array(scores, np.float32), threshold, line).tolist()
        assert counts == tuple(answers.count(answer) for answer in (GOOD, RECHECK, DEFECTIVE))


def test_without_a_line_there_is_no_band() -> None:
    assert shown_band(table([1.0], [2.0]), None, 1.5) is None


def test_the_price_of_the_band_and_what_it_still_misses_are_said() -> None:
    band = shown_band(table([1.0, 2.0], [0.5, 2.5, 4.0]), 1.5, 3.0)
    assert band is not None
    assert band.sentence.startswith("To be rechecked: 40.0 % of the images. Still missed: 33.3 % of the defects (")
    without = shown_band(table([1.0, 2.0], []), 1.5, 3.0)
    assert without is not None
    assert "cannot be told" in without.sentence


def test_a_line_never_reaches_the_threshold() -> None:
    assert highest_below(5.0, 3.0) < 3.0
    assert highest_below(2.0, 3.0) == 2.0


@pytest.mark.parametrize("threshold", [-1.0, 0.0, 3.3, 50.0])
def test_a_new_line_lies_below_and_leaves_a_tenth_of_the_images_to_be_rechecked(threshold: float) -> None:
    scores = np.append(np.arange(50), [math.nan]).astype(np.float32)
    defective = np.zeros(51, np.bool_)
    targets = ClickTargets(scores, ScoreTable(scores, defective))
    line = first_line(scores, threshold, targets.at)
    assert line < threshold
    rechecked = int((decided(scores, threshold, line) == RECHECK).sum())
    assert rechecked == (min(6, int((scores < threshold).sum())))


def test_a_move_of_the_line_is_told_in_images_to_recheck() -> None:
    counts = table([1.0, 2.0], [0.5, 2.5, 4.0])
    assert change_of_band(counts, 1.5, 2.2, 3.0) == "To be rechecked: 0 more defects, 1 more good image."
    assert change_of_band(counts, None, 2.2, 3.0) == "To be rechecked: 1 fewer defect, 0 more good images."
    assert change_of_band(counts, 2.3, 2.2, 3.0) == "The recheck line changes no answer."

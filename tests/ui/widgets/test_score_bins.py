"""The histogram counts every image once, or says which it leaves out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anomaly_gui.ui.widgets.score_bins import bin_scores, log_height


@settings(max_examples=100, deadline=None)
@given(
    scores=arrays(np.float32, st.integers(0, 60), elements=st.floats(-1e6, 1e6, width=32) | st.just(np.nan)),
    seed=st.integers(0, 9),
)
def test_no_image_is_lost(scores: np.ndarray, seed: int) -> None:
    defective = np.random.default_rng(seed).random(len(scores)) < 0.5
    bins = bin_scores(scores, defective)
    assert bins.good.sum() + bins.defective.sum() + bins.beyond + bins.not_finite == len(scores)
    assert bins.not_finite == np.isnan(scores).sum()
    assert (np.diff(bins.edges) > 0).all()


def test_one_far_away_score_does_not_squeeze_all_others_into_one_bin() -> None:
    scores = np.append(np.linspace(1, 2, 200), 1e6).astype(np.float32)
    bins = bin_scores(scores, np.zeros(201, bool))
    assert bins.beyond >= 1
    assert bins.high < 3
    assert "further right" in bins.note


def test_what_is_not_drawn_is_said() -> None:
    bins = bin_scores(np.array([1, 2, np.inf, np.nan], np.float32), np.array([True] * 4))
    assert bins.note == "2 without a finite score (called defective)"


def test_equal_scores_are_drawn_with_room_around_them() -> None:
    bins = bin_scores(np.full(5, 3.0, np.float32), np.zeros(5, bool))
    assert bins.low < 3.0 < bins.high
    assert bins.good.sum() == 5


def test_single_images_are_seen_on_the_log_scale_and_empty_bins_are_not() -> None:
    assert log_height(np.array([0, 1, 9, 99])).tolist() == [0.0, np.log10(2), 1.0, 2.0]


@pytest.mark.parametrize(
    ("good", "defective", "low", "high"),
    [([0.0, 4.0], [3.0, 9.0], 3.0, 4.0), ([0.0, 1.0], [5.0, 9.0], 1.0, 5.0)],
    ids=["mixed", "apart"],
)
def test_the_overlap_holds_every_threshold_that_is_worth_a_thought(
    good: list[float], defective: list[float], low: float, high: float
) -> None:
    made = bin_scores(np.array(good + defective, np.float32), np.array([False] * len(good) + [True] * len(defective)))
    assert made.overlap == (pytest.approx(low, abs=0.15), pytest.approx(high, abs=0.15))


def test_one_class_overlaps_with_nothing() -> None:
    assert bin_scores(np.array([1.0, 2.0], np.float32), np.array([True, True])).overlap is None

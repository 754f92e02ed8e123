"""The price of another decision is what comes of the threshold that is set, image by image."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anomaly_gui.evaluation.confusion import called_defective
from anomaly_gui.jobs.evaluate import ScoredImages
from anomaly_gui.project.records import Threshold
from anomaly_gui.ui.pages.review_price import price_of


def scored(scores: list[float], defective: list[bool]) -> ScoredImages:
    return ScoredImages(
        np.arange(len(scores)) + 1, np.array(scores, np.float32), np.array(defective), np.empty(0, np.float32)
    )


SAMPLE = scored([1.0, 2.0, 3.0, 4.0, 2.5, 3.5], [True, True, True, True, False, False])


@pytest.mark.parametrize(
    ("score", "threshold", "value", "sentence"),
    [
        (2.0, 3.7, 1.5, "Catches this and 1 more; 2 more false alarms"),
        (3.0, 3.2, 2.75, "Catches this; no more false alarms"),
        (2.0, 2.2, 1.5, "Catches this; no more false alarms"),
        (3.5, 2.2, 3.75, "Lets this and 1 more pass; 1 more missed defect"),
        (2.5, 2.2, 2.75, "Lets this pass; no more missed defects"),
    ],
)
def test_the_price_is_told(score: float, threshold: float, value: float, sentence: str) -> None:
    price = price_of(SAMPLE, score, Threshold(threshold), 2)
    assert price is not None
    assert (price.value, price.sentence) == (value, sentence)


def test_what_goes_with_the_move_is_told() -> None:
    price = price_of(SAMPLE, 2.0, Threshold(3.7, "best-f1", recheck=2.2), 2)
    assert price is not None
    assert price.remark == (
        "Threshold from 3.70 to 1.50; it no longer follows its rule; the recheck line goes, which is not below it."
    )


def test_no_threshold_decides_a_score_that_is_not_finite() -> None:
    assert price_of(SAMPLE, math.nan, Threshold(1.0), 2) is None


@settings(max_examples=200, deadline=None)
@given(
    scores=st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0, math.nan]), min_size=1, max_size=20),
    chosen=st.integers(0, 19),
    threshold=st.sampled_from([-0.5, 0.25, 1.25, 1.0, 3.0]),
    defects=st.lists(st.booleans(), min_size=20, max_size=20),
)
def test_the_image_is_decided_otherwise_and_as_few_others_as_possible(
    scores: list[float], chosen: int, threshold: float, defects: list[bool]
) -> None:
    assume(chosen < len(scores) and math.isfinite(scores[chosen]))
    images = scored(scores, defects[: len(scores)])
    price = price_of(images, scores[chosen], Threshold(threshold), 2)
    assert price is not None
    before, after = called_defective(images.scores, threshold), called_defective(images.scores, price.value)
    assert before[chosen] != after[chosen]
    flipped = set((images.ids[before != after]).tolist())
    assert {flip.image_id for flip in price.flips.first} == flipped
    assert price.flips.total == len(flipped)
    between = [min(scores[chosen], threshold), max(scores[chosen], threshold)]
    assert all(between[0] <= scores[key - 1] <= between[1] for key in flipped), "another image is not touched"

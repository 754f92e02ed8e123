"""The images that a threshold decides, nearest first."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.project.records import Threshold
from anomaly_gui.ui.pages.tune_images import MOST_SHOWN, ImagesByScore
from anomaly_gui.ui.pages.tune_state import TuneState
from tests.ui.pages.test_tune_state import scored


def test_each_of_three_answers_is_worded_by_its_label() -> None:
    images = ImagesByScore(scored([1.0, 2.0, 3.0], [1.1, 2.1, math.nan]), 1)
    assert [flip.sentence for flip in images.nearest(2.5, 1.5).first] == [
        "2.1: defect, to be rechecked",
        "2.0: good, to be rechecked",
        "3.0: good, a false alarm",
        "1.1: defect, missed",
        "1.0: good, passed",
    ]


@settings(max_examples=30, deadline=None)
@given(value=st.floats(-5, 405), other=st.floats(-5, 405))
def test_among_many_images_the_nearest_are_found(value: float, other: float) -> None:
    state = TuneState(scored([float(n) for n in range(400)], [math.nan]), Threshold(other))
    state.move_to(value)
    nearest = sorted(range(400), key=lambda n: (abs(n - value), n))
    assert [flip.image_id - 100 for flip in state.nearest().first] == nearest[:MOST_SHOWN]
    between = [n for n in nearest if min(value, other) <= n < max(value, other)]
    shown = state.flipped()
    assert [flip.image_id - 100 for flip in shown.first] == between[:MOST_SHOWN]
    assert shown.total == len(between)


def test_of_thousands_of_flips_the_first_are_shown_and_all_are_counted() -> None:
    state = TuneState(scored([0.0] * 4000, [1.0] * 4000), Threshold(2.0))
    state.move_to(0.5)
    shown = state.shown_images()
    assert shown.total == 4000
    assert len(shown.first) == MOST_SHOWN

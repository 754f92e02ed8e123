from __future__ import annotations

import math

import pytest

from anomaly_gui.project.image_filter import ImageFilter
from anomaly_gui.project.records import Label
from anomaly_gui.ui.pages.data_state import DataState
from tests.ui.widgets.sample_images import DEFECT, UNLABELLED, image

PARTS = [
    image(1, path="/p/part_10.png"),
    image(2, path="/p/part_9.png", split="test"),
    image(3, DEFECT, path="/p/part_1.png", split="test"),
    image(4, UNLABELLED, path="/q/part_2.png"),
]


@pytest.fixture
def state() -> DataState:
    made = DataState()
    made.set_images(PARTS)
    return made


def test_what_passes_is_shown_in_the_chosen_order(state: DataState) -> None:
    assert state.shown_ids().tolist() == [1, 2, 3, 4]
    state.sort_by("name")
    assert state.shown_ids().tolist() == [3, 4, 2, 1]
    state.sort_by("name")
    assert state.shown_ids().tolist() == [1, 2, 4, 3], "a second time turns it round"
    state.filter = ImageFilter(label=frozenset({"good"}))
    assert state.shown_ids().tolist() == [1, 2]
    assert state.counts()["label"] == {"good": 2, "defect": 1, "unsure": 0, "unlabelled": 1}


def test_scores_sort_highest_first_and_outlive_new_labels(state: DataState) -> None:
    state.set_scores({3: 0.5, 1: math.nan, 2: 0.75})
    state.sort_by("score")
    assert state.descending
    assert state.shown_ids().tolist() == [1, 2, 3, 4], "a score that is no number counts as the worst"
    state.update([image(2, Label("unsure"), path="/p/part_9.png"), image(5, path="/p/new.png")])
    assert state.shown_ids().tolist() == [1, 2, 3, 4, 5]


def test_the_place_is_kept_but_for_images_singled_out(state: DataState) -> None:
    state.filter = ImageFilter(defect_type=frozenset({"crack", ""}), score=(0.5, None), ids=frozenset({1}))
    state.sort_by("file_bytes")
    again = DataState()
    again.restore(state.remembered())
    assert again.filter == ImageFilter(defect_type=frozenset({"crack", ""}), score=(0.5, None))
    assert (again.sort, again.descending) == ("file_bytes", True)
    again.restore({"filter": {"label": "not a set"}, "sort": "taste", "descending": 7})
    assert (again.filter, again.sort, again.descending) == (ImageFilter(), "imported", False)


def test_one_white_for_all_16_bit_images(state: DataState) -> None:
    assert state.peak == 0
    state.update([image(5, bits=16, peak=4000), image(6, bits=16, peak=900), image(7, peak=255)])
    assert state.peak == 4000

from __future__ import annotations

from datetime import datetime

import pytest

from anomaly_gui.project.image_filter import ImageFilter
from anomaly_gui.project.labels import conflicts
from anomaly_gui.project.records import Label
from anomaly_gui.ui.pages.data_filter import (
    conflict_problems,
    dates_of,
    filter_words,
    kind_counts,
    kind_of,
    range_of,
    type_counts,
    use_of,
    values_of,
    with_kind,
    with_value,
)
from tests.ui.widgets.sample_images import DEFECT, UNLABELLED, image

PARTS = [
    image(1),
    image(2, split="test"),
    image(3, DEFECT, split="test"),
    image(4, Label("defect", "Dent"), split="test", mask="/m.png"),
    image(5, Label("defect"), split="test", excluded=True),
    image(6, UNLABELLED),
]


def test_types_are_listed_in_the_users_order_and_only_where_there_are_any() -> None:
    counts = {"": 4, "dent": 2, "crack": 0, "burr": 3}
    wanted = ImageFilter(defect_type=frozenset({"gone"}))
    found = values_of("defect_type", counts, wanted, ["crack", "burr", "dent"])
    assert [(each.title, each.count, each.chosen) for each in found] == [
        ("burr", 3, False),
        ("dent", 2, False),
        ("gone", 0, True),
        ("No type", 4, False),
    ]


def test_labels_are_all_listed_and_folders_without_what_they_share() -> None:
    labels = values_of("label", {"good": 2, "defect": 0}, ImageFilter(), [])
    assert [each.title for each in labels] == ["Good", "Defective"]
    folders = values_of("folder", {"/data/line/b": 1, "/data/line/a": 2}, ImageFilter(), [])
    assert [(each.title, each.tip) for each in folders] == [("a", "/data/line/a"), ("b", "/data/line/b")]
    (one,) = values_of("folder", {"/data/line": 1}, ImageFilter(), [])
    assert one.title == "line"


def test_a_tick_adds_a_value_and_takes_it_away() -> None:
    wanted = with_value(ImageFilter(), "split", "test", chosen=True)
    assert wanted.split == {"test"}
    assert with_value(wanted, "split", "test", chosen=False) == ImageFilter()


def test_the_bar_chooses_one_kind_and_shows_none_for_several() -> None:
    wanted = with_kind(ImageFilter(defect_type=frozenset({"dent"})), "good")
    assert wanted == ImageFilter(label=frozenset({"good"})), "no good image has a type"
    assert kind_of(wanted) == "good"
    assert kind_of(with_kind(wanted, "all")) == "all"
    assert kind_of(ImageFilter(label=frozenset({"good", "defect"}))) == ""


def test_a_filter_is_said_in_words() -> None:
    wanted = ImageFilter(
        label=frozenset({"good"}), split=frozenset({"test"}), defect_type=frozenset({"a", "b"}), score=(0.5, None)
    )
    assert filter_words(wanted) == ["Defect type: 2 values", "Testing", "Score"]
    assert filter_words(ImageFilter(ids=frozenset(range(1200)))) == ["1,200 singled out"]
    assert filter_words(ImageFilter(label=frozenset({"good"}), text="x")) == [], "the bar shows these itself"


def test_ranges_are_read_as_people_type_them() -> None:
    assert range_of("", " ") is None
    assert range_of("0,5", "") == (0.5, None)
    with pytest.raises(ValueError, match="much"):
        range_of("much", "")
    low, high = dates_of("2026-03-14", "2026-03-14") or (0, 0)
    assert low == int(datetime(2026, 3, 14).timestamp() * 1e9)
    assert low is not None
    assert high is not None
    assert high - low >= 86_399 * 10**9, "the last day is included"
    assert dates_of("", "") is None
    with pytest.raises(ValueError, match="14"):
        dates_of("14.3.2026", "")


def test_counts_of_each_kind_and_type() -> None:
    assert kind_counts(PARTS) == {"all": 6, "good": 2, "defect": 3, "unlabelled": 1, "unsure": 0}
    assert type_counts(PARTS) == {"Dent": 1, "crack": 1}


def test_what_an_image_is_used_for() -> None:
    assert [use_of(part) for part in PARTS] == ["train", "test", "test", "test", None, None]
    assert use_of(image(9, DEFECT, split="train")) == "test", "a defect is never trained on"


def test_a_conflict_names_its_images() -> None:
    same = [image(1), image(1, DEFECT, path="/parts/other.png")]
    (problem,) = conflict_problems(conflicts(same))
    assert problem.paths == ("/parts/good/part_001.png", "/parts/other.png")
    assert "same picture" in problem.reason

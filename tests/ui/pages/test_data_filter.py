from __future__ import annotations

import pytest

from anomaly_gui.project.labels import conflicts
from anomaly_gui.project.records import Label
from anomaly_gui.ui.pages.data_filter import (
    ImageFilter,
    conflict_problems,
    kind_counts,
    shown,
    type_counts,
    use_of,
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


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        (ImageFilter(), [1, 2, 3, 4, 5, 6]),
        (ImageFilter("good"), [1, 2]),
        (ImageFilter("defect"), [3, 4, 5]),
        (ImageFilter("unlabelled"), [6]),
        (ImageFilter(defect_type="Dent"), [4]),
        (ImageFilter(use="train"), [1]),
        (ImageFilter(use="test"), [2, 3, 4]),
        (ImageFilter(use="excluded"), [5]),
        (ImageFilter(text="PART_003"), [3]),
        (ImageFilter(text="defect 004"), [4]),
        (ImageFilter("good", text="defect"), []),
        (ImageFilter(only=frozenset({"/parts/good/part_002.png"})), [2]),
    ],
)
def test_conditions_hold_together(chosen: ImageFilter, ids: list[int]) -> None:
    assert [part.id for part in shown(PARTS, chosen)] == ids


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

"""Contradictions between equal pictures."""

from __future__ import annotations

import pytest

from anomaly_gui.project.labels import conflicts
from anomaly_gui.project.records import Image, Label
from tests.project.samples import GOOD, SCRATCH, image

SAME = "5" * 64


def copy(number: int, **changes: object) -> Image:
    return image(number, pixel_sha256=SAME, **changes)


def test_the_same_picture_good_and_defective_is_a_conflict() -> None:
    (found,) = conflicts([copy(1), image(2), copy(3, label=SCRATCH, split="test")])
    assert found.kind == "good and defective"
    assert found.paths == ("/parts/part_1.png", "/parts/part_3.png")
    assert "/parts/part_1.png" in found.sentence
    assert "/parts/part_3.png" in found.sentence


def test_the_same_good_picture_in_train_and_test_is_a_conflict() -> None:
    (found,) = conflicts([copy(1), copy(2, split="test"), copy(3)])
    assert found.kind == "train and test"
    assert "(and 1 more)" in found.sentence


@pytest.mark.parametrize(
    "images",
    [
        [image(1), image(2, label=SCRATCH)],
        [copy(1), copy(2)],
        [copy(1, split="test"), copy(2, split="test")],
        [copy(1, label=SCRATCH, split="test"), copy(2, label=Label("defect", "dent"), split="train")],
        [copy(1), copy(2, label=SCRATCH, excluded=True)],
        [copy(1), copy(2, label=Label("unlabelled"), split="test")],
        [copy(1), copy(2, label=Label("unsure"), split="test")],
        [],
    ],
)
def test_copies_that_contradict_nothing_are_no_conflict(images: list[Image]) -> None:
    assert conflicts(images) == []


def test_a_conflict_is_resolved_by_one_label() -> None:
    assert conflicts([copy(1), copy(2, label=GOOD)]) == []

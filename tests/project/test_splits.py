"""Roles in a run: nothing that is trained on is tested on, and neighbours stay together."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.errors import InputError
from anomaly_gui.project.records import Image, Label
from anomaly_gui.project.splits import assign_roles, plain_splits
from tests.project.samples import SCRATCH, image

UNLABELLED = Label("unlabelled")


def positions(roles: dict[int, str], role: str) -> list[int]:
    return sorted(number for number, given_role in roles.items() if given_role == role)


def test_every_image_has_the_role_that_its_label_and_split_give() -> None:
    images = [
        *[image(n) for n in range(1, 21)],
        image(21, split="test"),
        image(22, label=SCRATCH, split="test"),
        image(23, label=SCRATCH, split="train"),
        image(24, label=UNLABELLED),
        image(25, excluded=True),
        image(26, label=Label("unsure")),
    ]
    roles = assign_roles(images, 0.2, 0)
    assert len(positions(roles, "train")) == 15
    assert len(positions(roles, "validation")) == 5
    assert positions(roles, "test") == [21, 22, 23]
    assert not {24, 25, 26} & roles.keys()


def test_a_locked_image_is_never_trained_on_nor_held_out_whatever_its_label_becomes() -> None:
    images = [image(n, locked=n % 4 == 0) for n in range(1, 41)]
    roles = assign_roles(images, 0.2, 0)
    assert positions(roles, "test") == [n for n in range(1, 41) if n % 4 == 0]


def test_validation_is_five_blocks_of_neighbours_in_natural_order() -> None:
    images = [image(n) for n in range(1, 201)]
    random.Random(0).shuffle(images)
    held_out = positions(assign_roles(images, 0.2, 3), "validation")
    assert len(held_out) == 40
    gaps = sum(second - first > 1 for first, second in pairwise(held_out))
    assert gaps <= 4
    assert held_out[0] <= 40
    assert held_out[-1] > 160


def test_the_seed_decides_where_the_blocks_lie() -> None:
    images = [image(n) for n in range(1, 101)]
    assert assign_roles(images, 0.15, 1) == assign_roles(list(reversed(images)), 0.15, 1)
    assert len({tuple(positions(assign_roles(images, 0.15, s), "validation")) for s in range(10)}) > 5


@given(st.integers(4, 300), st.floats(0.05, 0.5), st.integers(0, 5))
@settings(max_examples=150, deadline=None)
def test_the_share_is_kept_and_both_sides_have_images(count: int, share: float, seed: int) -> None:
    roles = assign_roles([image(n) for n in range(count)], share, seed)
    held_out = len(positions(roles, "validation"))
    assert held_out == max(1, round(count * share), min(5, count // 4)), "three say little about what good looks like"
    assert len(positions(roles, "train")) == count - held_out > 0


@given(st.lists(st.integers(0, 9), min_size=10, max_size=60), st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_copies_of_one_picture_have_one_role(pictures: list[int], seed: int) -> None:
    images = [image(n, pixel_sha256=f"{p:064x}") for n, p in enumerate(pictures)]
    if len(set(pictures)) < 4:
        with pytest.raises(InputError):
            assign_roles(images, 0.3, seed)
        return
    roles = assign_roles(images, 0.3, seed)
    for picture in set(pictures):
        assert len({roles[n] for n, p in enumerate(pictures) if p == picture}) == 1


@pytest.mark.parametrize(
    "images",
    [
        [],
        [image(1)],
        [image(1), image(2), image(3)],
        [image(n, label=SCRATCH) for n in range(10)],
        [image(n, split="test") for n in range(10)],
        [image(n, pixel_sha256="7" * 64) for n in range(10)],
        [image(n, excluded=n > 3) for n in range(1, 10)],
    ],
)
def test_too_few_good_images_are_refused_with_what_to_do(images: list[Image]) -> None:
    with pytest.raises(InputError, match="at least 4 are needed") as refused:
        assign_roles(images, 0.15, 0)
    assert "Import more good images" in refused.value.next_step


def test_plain_folders_hold_a_quarter_out_in_blocks() -> None:
    assert plain_splits(0) == []
    assert plain_splits(3) == ["train"] * 3
    assert plain_splits(8) == ["train", "train", "train", "test"] * 2
    splits = plain_splits(200)
    assert splits.count("test") == 50
    assert sum(first != second for first, second in pairwise(splits)) == 9

"""What is set aside is a fair share, and nothing of it is on the other side too."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.errors import InputError
from anomaly_gui.project.locked_split import choose_locked, lockable
from anomaly_gui.project.records import Image, Label
from tests.project.samples import GOOD, SCRATCH, image

DENT = Label("defect", "dent")


def _named(names: list[str], labels: list[Label] | None = None) -> list[Image]:
    chosen = labels or [GOOD] * len(names)
    return [
        image(n, path=f"/parts/{name}.png", split="test", label=label)
        for n, (name, label) in enumerate(zip(names, chosen, strict=True), start=1)
    ]


def _mixed(good: int, scratches: int, dents: int) -> list[Image]:
    labels = [GOOD] * good + [SCRATCH] * scratches + [DENT] * dents
    return _named([f"{n:03d}" for n in range(len(labels))], labels)


def test_only_labelled_images_that_no_run_trains_on_can_be_locked() -> None:
    images = [
        image(1),
        image(2, split="test"),
        image(3, label=SCRATCH),
        image(4, label=Label("unlabelled"), split="test"),
        image(5, label=SCRATCH, excluded=True),
    ]
    assert [one.id for one in lockable(images)] == [2, 3]


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 4), st.floats(0.1, 0.6))
@settings(max_examples=80)
def test_at_random_each_kind_has_its_share(good: int, scratches: int, dents: int, seed: int, share: float) -> None:
    images = _mixed(good, scratches, dents)
    if len(images) < 10:
        with pytest.raises(InputError, match="too few"):
            choose_locked(images, share, seed)
        return
    chosen = choose_locked(images, share, seed)
    assert chosen.how == "random"
    locked = Counter(one.label for one in images if one.id in chosen.ids)
    for label, count in Counter(one.label for one in images).items():
        assert abs(locked[label] - share * count) <= 0.5 + 1e-9


def test_the_seed_decides_and_the_order_of_the_images_does_not() -> None:
    images = _mixed(40, 20, 20)
    assert choose_locked(images, seed=1) == choose_locked(images[::-1], seed=1)
    assert len({choose_locked(images, seed=seed).ids for seed in range(5)}) == 5


@given(st.lists(st.integers(1, 4), min_size=12, max_size=30), st.integers(0, 4))
@settings(max_examples=60)
def test_all_images_of_a_part_are_on_one_side(sizes: list[int], seed: int) -> None:
    names = [f"part{part}_{view}" for part, size in enumerate(sizes) for view in range(size)]
    labels = [SCRATCH if n % 3 == 0 else GOOD for n in range(len(names))]
    images = _named(names, labels)
    chosen = choose_locked(images, 0.5, seed)
    if len(names) < 1.5 * len(sizes):
        assert chosen.how == "random"
        return
    assert chosen.how == "part"
    assert "part" in chosen.sentence
    for part in range(len(sizes)):
        sides = {one.id in chosen.ids for one in images if one.path.startswith(f"/parts/part{part}_")}
        assert len(sides) == 1
    for label in (GOOD, SCRATCH):
        own = [one.id for one in images if one.label == label]
        assert len(own) * 0.2 <= len({*own} & {*chosen.ids}) <= len(own) * 0.8


@pytest.mark.parametrize("pattern", ["{n:03d}", "part_{n}", "exp{group}_num_{n}", "IMG{n}"])
def test_names_that_begin_alike_for_all_tell_no_part(pattern: str) -> None:
    images = _named([pattern.format(n=n, group=n % 4) for n in range(40)])
    assert choose_locked(images).how == "random"


@pytest.mark.parametrize(
    "pattern", ["cam1_2024-03-{day:02d}_{n}", "2024{month:02d}01_10{n:02d}00", "part_2024.03.{day:02d}"]
)
def test_the_latest_images_are_locked_where_names_have_a_date(pattern: str) -> None:
    names = [pattern.format(n=n, day=n // 2 + 1, month=n // 8 + 1) for n in range(40)]
    labels = [SCRATCH if n % 4 == 0 else GOOD for n in range(40)]
    images = _named(names, labels)
    chosen = choose_locked(images, 0.3)
    assert chosen.how == "time"
    for label in (GOOD, SCRATCH):
        own = [one.id for one in images if one.label == label]
        locked = [key for key in own if key in chosen.ids]
        assert locked == own[-len(locked) :]
        assert len(own) * 0.15 <= len(locked) <= len(own) * 0.45


def test_numbers_that_are_no_dates_are_not_taken_for_one() -> None:
    names = [f"20249{n:03d}12" for n in range(20)]
    assert choose_locked(_named(names)).how == "random"


@given(st.lists(st.integers(0, 8), min_size=12, max_size=40), st.integers(0, 3))
@settings(max_examples=50)
def test_copies_of_one_picture_are_on_one_side(pictures: list[int], seed: int) -> None:
    images = [image(n, pixel_sha256=f"{p:064x}", split="test") for n, p in enumerate(pictures, start=1)]
    ids = set(choose_locked(images, seed=seed).ids)
    for picture in set(pictures):
        assert len({n in ids for n, p in enumerate(pictures, start=1) if p == picture}) == 1

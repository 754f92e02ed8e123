from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from anomaly_gui.imaging.scan import DatasetImage, DatasetLayout
from anomaly_gui.imaging.subset import stratified_subset


def layout(good: int = 60, test: int = 20, dots: int = 15, cracks: int = 5) -> DatasetLayout:
    images = [DatasetImage(Path(f"train/good/{i}.png"), "train", None) for i in range(good)]
    images += [DatasetImage(Path(f"test/good/{i}.png"), "test", None) for i in range(test)]
    images += [DatasetImage(Path(f"test/dot/{i}.png"), "test", "dot") for i in range(dots)]
    images += [DatasetImage(Path(f"test/crack/{i}.png"), "test", "crack") for i in range(cracks)]
    return DatasetLayout(tuple(images), ())


def kinds(chosen: DatasetLayout) -> Counter[str]:
    return Counter(str(image.path.parent) for image in chosen.images)


def test_that_every_kind_keeps_its_share() -> None:
    chosen = kinds(stratified_subset(layout(), 40, 0))
    assert chosen == {"train/good": 24, "test/good": 8, "test/dot": 6, "test/crack": 2}


def test_that_no_kind_disappears() -> None:
    assert kinds(stratified_subset(layout(cracks=1), 1, 0)) == {
        "train/good": 4, "test/good": 2, "test/dot": 2, "test/crack": 1,
    }  # fmt: skip


def test_that_more_than_there_is_means_all() -> None:
    assert stratified_subset(layout(), 1000, 0) == layout()


@pytest.mark.parametrize("seed", [0, 1])
def test_that_a_larger_subset_holds_the_smaller_one_in_the_same_order(seed: int) -> None:
    small, large = (stratified_subset(layout(), count, seed).images for count in (30, 60))
    assert set(small) < set(large)
    assert [image for image in layout().images if image in small] == list(small)


def test_that_the_seed_decides_which_images() -> None:
    first, again, other = (stratified_subset(layout(), 30, seed) for seed in (0, 0, 1))
    assert first == again
    assert set(first.images) != set(other.images)

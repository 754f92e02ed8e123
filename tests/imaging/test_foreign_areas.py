"""Areas that look like another image change what their mask covers, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.imaging.foreign_areas import plant_area

LOOKS = 0.3, 0.6


def good_images(channels: int = 1) -> list[np.ndarray]:
    rng = np.random.default_rng(5)
    shape = (48, 64, channels)
    return [np.clip(level + rng.normal(0, 0.05, shape), 0, 1).astype(np.float32) for level in LOOKS]


@given(st.integers(0, 10_000), st.sampled_from([1, 3]))
def test_that_the_image_stays_an_image_and_the_original_is_left_alone(seed: int, channels: int) -> None:
    image, *others = good_images(channels)
    before = image.copy()
    changed, mask = plant_area(np.random.default_rng(seed), image, others)
    assert (changed.shape, changed.dtype) == (image.shape, np.float32)
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert (mask.shape, mask.dtype) == (image.shape[:2], np.bool_)
    assert np.array_equal(image, before)


def test_that_areas_are_wide_and_nothing_far_from_them_changes() -> None:
    image, *others = good_images()
    shares = []
    for seed in range(200):
        changed, mask = plant_area(np.random.default_rng(seed), image, others)
        shares.append(mask.mean())
        if mask.any():
            difference = np.abs(changed - image)[:, :, 0]
            assert difference[mask].mean() >= 0.015
            assert difference[~mask].mean() < 0.5 * difference[mask].mean() if (~mask).any() else True
    assert np.mean(np.array(shares) > 0) > 0.95
    assert 0.1 < np.median(shares) < 0.5
    assert max(shares) < 0.7


def test_that_some_areas_take_the_brightness_of_the_other_image_and_most_keep_their_own() -> None:
    image, *others = good_images()
    inside = []
    for seed in range(200):
        changed, mask = plant_area(np.random.default_rng(seed), image, others)
        inside.append(changed[mask].mean())
    own, other = LOOKS
    nearer_to_the_other = np.mean(np.abs(np.array(inside) - other) < np.abs(np.array(inside) - own))
    assert 0.1 < nearer_to_the_other < 0.5


@pytest.mark.parametrize("channels", [1, 3])
def test_that_the_seed_decides(channels: int) -> None:
    image, *others = good_images(channels)
    (first, mask), (again, mask_again), (other, _) = (
        plant_area(np.random.default_rng(seed), image, others) for seed in (3, 3, 4)
    )
    assert np.array_equal(first, again)
    assert np.array_equal(mask, mask_again)
    assert not np.array_equal(first, other)

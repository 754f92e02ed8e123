"""Artificial defects change what their mask covers, and little else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.imaging.artificial_defects import spoil


def good_images(channels: int = 1) -> list[np.ndarray]:
    rng = np.random.default_rng(5)
    ramp = np.linspace(0.2, 0.8, 64, dtype=np.float32)[None, :, None]
    return [
        np.clip(ramp + rng.normal(0, 0.02, (48, 64, channels)), 0, 1).astype(np.float32).repeat(1, 2) for _ in range(3)
    ]


@given(st.integers(0, 10_000))
def test_that_the_image_stays_an_image_and_the_original_is_left_alone(seed: int) -> None:
    image, *others = good_images()
    before = image.copy()
    spoilt, mask = spoil(np.random.default_rng(seed), image, others)
    assert (spoilt.shape, spoilt.dtype) == (image.shape, np.float32)
    assert spoilt.min() >= 0
    assert spoilt.max() <= 1
    assert (mask.shape, mask.dtype) == (image.shape[:2], np.bool_)
    assert np.array_equal(image, before)


def test_that_nearly_every_image_gets_a_visible_defect_under_its_mask() -> None:
    image, *others = good_images()
    changes, outside = [], []
    for seed in range(200):
        spoilt, mask = spoil(np.random.default_rng(seed), image, others)
        if mask.any():
            changes.append(np.abs(spoilt - image)[mask].mean())
            far = np.abs(spoilt - image)[:, :, 0][~mask]
            outside.append(far.mean() if far.size else 0.0)
    assert len(changes) > 190
    assert min(changes) > 0.005
    assert np.mean(outside) < 0.2 * np.mean(changes)


@pytest.mark.parametrize("channels", [1, 3])
def test_that_the_seed_decides_and_colour_is_kept(channels: int) -> None:
    image, *others = good_images(channels)
    first, mask = spoil(np.random.default_rng(3), image, others)
    again, mask_again = spoil(np.random.default_rng(3), image, others)
    assert first.shape == (48, 64, channels)
    assert np.array_equal(first, again)
    assert np.array_equal(mask, mask_again)
    other, _ = spoil(np.random.default_rng(4), image, others)
    assert not np.array_equal(first, other)


def test_that_defects_of_all_sizes_occur() -> None:
    image, *others = good_images()
    shares = [spoil(np.random.default_rng(seed), image, others)[1].mean() for seed in range(300)]
    assert min(share for share in shares if share) < 0.005
    assert max(shares) > 0.2

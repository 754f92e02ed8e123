"""Masks: loading them, and keeping every defect when they shrink."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.masks import encode_mask, load_mask, shrink_mask


def test_any_value_above_zero_is_a_defect(tmp_path: Path) -> None:
    values = np.array([[0, 1, 127], [255, 0, 2]], np.uint8)
    Image.fromarray(values).save(tmp_path / "grey.png")
    Image.fromarray(np.dstack([values * 0, values, values * 0])).save(tmp_path / "colour.png")
    Image.fromarray(values > 0).save(tmp_path / "bits.png")
    for name in ("grey.png", "colour.png", "bits.png"):
        mask = load_mask(tmp_path / name, 2, 3)
        assert mask.dtype == np.bool_
        assert mask.tolist() == [[False, True, True], [True, False, True]]


def test_a_palette_mask_is_read_by_its_colours(tmp_path: Path) -> None:
    palette = Image.fromarray(np.array([[0, 1], [1, 0]], np.uint8), "P")
    palette.putpalette([0, 0, 0, 200, 0, 0])
    palette.save(tmp_path / "p.png")
    assert load_mask(tmp_path / "p.png", 2, 2).tolist() == [[False, True], [True, False]]


def test_a_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((4, 6), np.uint8)).save(tmp_path / "m.png")
    with pytest.raises(InputError, match="6×4 pixels, its image 4×6"):
        load_mask(tmp_path / "m.png", 6, 4)


def test_half_a_pixel_counts_and_less_does_not() -> None:
    mask = np.zeros((8, 8), bool)
    mask[0:4, 0:4] = True
    mask[0:2, 4:8] = True  # exactly half of the next pixel
    mask[4:5, 0:4] = True  # a quarter of the pixel below
    assert shrink_mask(mask, 2, 2).tolist() == [[True, True], [False, False]]


def test_a_dot_keeps_its_most_covered_pixel() -> None:
    mask = np.zeros((512, 512), bool)
    mask[101:103, 203:206] = True
    small = shrink_mask(mask, 64, 64)
    assert np.argwhere(small).tolist() == [[12, 25]]


def test_each_of_two_dots_survives_beside_a_large_region() -> None:
    mask = np.zeros((300, 300), bool)
    mask[10:12, 10:12] = True
    mask[200:202, 50:52] = True
    mask[100:150, 100:150] = True
    count, _ = cv2.connectedComponents(shrink_mask(mask, 30, 30).astype(np.uint8))
    assert count - 1 == 3


def test_nothing_stays_nothing_and_everything_everything() -> None:
    assert not shrink_mask(np.zeros((37, 53), bool), 16, 16).any()
    assert shrink_mask(np.ones((37, 53), bool), 16, 16).all()


def test_the_same_size_changes_nothing_and_growing_repeats() -> None:
    mask = np.random.default_rng(0).random((20, 30)) > 0.7
    assert np.array_equal(shrink_mask(mask, 20, 30), mask)
    assert np.array_equal(shrink_mask(mask, 40, 60), mask.repeat(2, 0).repeat(2, 1))


@given(st.integers(0, 2**32 - 1), st.integers(5, 60), st.integers(5, 60), st.integers(3, 40))
@settings(max_examples=60, deadline=None)
def test_every_region_is_still_there(seed: int, height: int, width: int, size: int) -> None:
    generator = np.random.default_rng(seed)
    mask = np.zeros((height, width), bool)
    for _ in range(3):
        y, x = generator.integers(0, height), generator.integers(0, width)
        mask[y : y + generator.integers(1, 5), x : x + generator.integers(1, 5)] = True
    small = shrink_mask(mask, size, size)
    count, regions = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    for region in range(1, count):
        ys, xs = np.nonzero(regions == region)
        touched = {
            (i, j)
            for y, x in zip(ys, xs, strict=True)
            for i in range(y * size // height, -(-(y + 1) * size // height))
            for j in range(x * size // width, -(-(x + 1) * size // width))
        }
        assert any(small[i, j] for i, j in touched)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 8), (5, 9), (40, 1), (17, 63), (2, 257)])
def test_an_encoded_mask_is_a_picture_of_one_bit_a_pixel_and_is_read_as_it_was(
    tmp_path: Path, height: int, width: int
) -> None:
    mask = np.random.default_rng(height).random((height, width)) < 0.5
    path = tmp_path / "mask.png"
    path.write_bytes(encode_mask(mask))
    assert np.array_equal(load_mask(path, height, width), mask)
    with Image.open(path) as picture:
        assert (picture.mode, picture.size) == ("1", (width, height))
        assert np.array_equal(np.asarray(picture), mask)

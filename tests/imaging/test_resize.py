"""Resizing as matrix products."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.imaging.resize import prepare, resize, resize_weights


@given(st.integers(1, 300), st.integers(1, 300))
@settings(max_examples=100, deadline=None)
def test_weights_are_shares(n_in: int, n_out: int) -> None:
    weights = resize_weights(n_in, n_out)
    assert weights.shape == (n_out, n_in)
    assert weights.dtype == np.float32
    assert (weights >= 0).all()
    assert weights.sum(axis=1) == pytest.approx(np.ones(n_out), abs=1e-5)


def test_the_same_size_changes_nothing() -> None:
    picture = np.random.default_rng(0).random((17, 23, 3), np.float32)
    assert resize(picture, 17, 23) == pytest.approx(picture, abs=1e-6)


def test_agrees_with_opencvs_area_means() -> None:
    picture = np.random.default_rng(0).random((90, 61, 1), np.float32)
    for height, width in ((32, 32), (45, 30), (89, 60)):
        theirs = cv2.resize(picture[:, :, 0], (width, height), interpolation=cv2.INTER_AREA)
        assert resize(picture, height, width)[:, :, 0] == pytest.approx(theirs, abs=1e-5)


def test_enlarging_keeps_edges_and_comes_back() -> None:
    picture = np.random.default_rng(0).random((20, 24, 1), np.float32)
    double = resize(picture, 40, 48)
    assert np.array_equal(double, picture.repeat(2, 0).repeat(2, 1))
    larger = resize(picture, 30, 36)
    assert resize(larger, 10, 12) == pytest.approx(resize(picture, 10, 12), abs=1e-6)


def test_a_small_dot_is_not_lost_between_samples() -> None:
    for place in range(40, 56):
        dot = np.zeros((512, 512, 1), np.float32)
        dot[place : place + 5, place : place + 5] = 1.0
        assert resize(dot, 128, 128).max() > 0.4


def test_the_range_is_kept() -> None:
    picture = np.random.default_rng(0).integers(0, 2, (97, 131, 1)).astype(np.float32)
    small = resize(picture, 33, 64)
    assert small.min() >= 0.0
    assert small.max() <= 1.0 + 1e-6


def test_cached_weights_cannot_be_changed_by_a_caller() -> None:
    with pytest.raises(ValueError, match="read-only"):
        resize_weights(8, 4)[0, 0] = 9.0


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("stored", [1, 3])
def test_prepare_gives_what_detectors_see(channels: int, stored: int) -> None:
    pixels = np.full((40, 50, stored), 51, np.uint8)
    prepared = prepare(pixels, 255, channels, 32)
    assert prepared.shape == (channels, 32, 32)
    assert prepared.dtype == np.float32
    assert prepared.flags.c_contiguous
    assert prepared == pytest.approx(np.full_like(prepared, 0.2), abs=1e-6)


def test_prepare_keeps_rows_columns_and_channels_apart() -> None:
    pixels = np.zeros((64, 64, 3), np.uint16)
    pixels[:32, :, 0] = 4095
    pixels[:, :32, 2] = 4095
    red, green, blue = prepare(pixels, 4095, 3, 16)
    assert red[:7].min() > 0.99
    assert red[9:].max() == 0.0
    assert green.max() == 0.0
    assert blue[:, :7].min() > 0.99
    assert blue[:, 9:].max() == 0.0

from __future__ import annotations

import cv2
import numpy as np
import pytest

from anomaly_gui.imaging.measures import measure


def scene(seed: int = 0) -> np.ndarray:
    """(120, 90, 1) uint8 with texture."""
    noise = np.random.default_rng(seed).normal(0, 1, (120, 90)).astype(np.float32)
    return np.clip(110 + 25 * cv2.GaussianBlur(noise, (0, 0), 0.8), 0, 255).astype(np.uint8)[:, :, None]


def test_brightness_is_the_mean_and_shares_count_white_and_black() -> None:
    pixels = np.zeros((10, 10, 1), np.uint8)
    pixels[:4] = 255
    pixels[4:5] = 102
    found = measure(pixels, 255)
    assert found["brightness"] == pytest.approx(0.44)
    assert found["bright_share"] == pytest.approx(0.4)
    assert found["dark_share"] == pytest.approx(0.5)


def test_blur_lowers_the_sharpness_and_exposure_leaves_it() -> None:
    pixels = scene()
    blurred = cv2.GaussianBlur(pixels, (0, 0), 1.5)[:, :, None]
    darker = (pixels * 0.6).astype(np.uint8)
    sharp = measure(pixels, 255)["sharpness"]
    assert measure(blurred, 255)["sharpness"] < sharp - 1
    assert measure(darker, 255)["sharpness"] == pytest.approx(sharp, abs=0.1)


def test_a_picture_in_16_bits_measures_as_the_same_in_8() -> None:
    pixels = scene()
    deep = pixels.astype(np.uint16) * 257
    small, large = measure(pixels, 255), measure(deep, int(deep.max()))
    for name in ("brightness", "sharpness"):
        assert large[name] == pytest.approx(small[name], rel=1e-3)


def test_colour_is_measured_by_its_luma_and_the_thumbnail_is_a_small_copy() -> None:
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:32, :, 1] = 255
    found = measure(pixels, 255)
    assert found["thumbnail"][0, 0] == round(0.587 * 255)
    assert found["thumbnail"][-1, -1] == 0


def test_a_flat_picture_has_a_sharpness() -> None:
    assert np.isfinite(measure(np.full((20, 20, 1), 128, np.uint8), 255)["sharpness"])

"""Small pictures."""

from __future__ import annotations

import numpy as np

from anomaly_gui.imaging.load import Loaded
from anomaly_gui.imaging.thumbnail import sample, small_picture


def test_a_picture_is_fitted_and_never_enlarged() -> None:
    assert small_picture(np.zeros((400, 200, 3), np.uint8), 100, 255).shape == (100, 50, 3)
    assert small_picture(np.zeros((30, 20, 1), np.uint8), 100, 255).shape == (30, 20)


def test_sixteen_bits_are_shown_by_their_white() -> None:
    pixels = np.full((4, 4, 1), 4095, np.uint16)
    assert small_picture(pixels, 10, 4095).tolist() == [[255] * 4] * 4
    assert sample(Loaded(pixels, 16, "PNG", 4095), 10).max() == 255
    assert small_picture(pixels, 10, 1023).max() == 255

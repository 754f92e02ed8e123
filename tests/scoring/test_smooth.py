from __future__ import annotations

import numpy as np
import pytest

from anomaly_gui.scoring.smooth import gaussian_kernel, smooth


def test_that_the_kernel_is_a_normalised_gaussian() -> None:
    kernel = gaussian_kernel(2.0)
    assert len(kernel) == 13
    assert kernel.sum() == pytest.approx(1, abs=1e-6)
    assert kernel[6 + 2] / kernel[6] == pytest.approx(np.exp(-0.5), rel=1e-5)


def test_that_a_dot_spreads_and_keeps_its_sum() -> None:
    dot = np.zeros((31, 41), np.float32)
    dot[15, 20] = 1
    spread = smooth(dot, 1.5)
    assert spread.sum() == pytest.approx(1, abs=1e-5)
    assert spread[15, 20] == spread.max() < 0.1


def test_that_no_smoothing_changes_nothing() -> None:
    anomaly_map = np.random.default_rng(0).random((8, 9), np.float32)
    assert np.array_equal(smooth(anomaly_map, 0), anomaly_map)


def test_that_borders_mirror_without_repeating_the_edge() -> None:
    ramp = np.tile(np.arange(8, dtype=np.float32), (8, 1))
    k = gaussian_kernel(0.5)
    assert smooth(ramp, 0.5)[4, 0] == pytest.approx(k[0] * 2 + k[1] * 1 + k[3] * 1 + k[4] * 2, rel=1e-5)

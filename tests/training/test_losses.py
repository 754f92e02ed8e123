from __future__ import annotations

import numpy as np
import pytest
import torch

from anomaly_gui.detectors.similarity import error_map
from anomaly_gui.training.losses import loss

REDRAWN, IMAGE = torch.from_numpy(np.random.default_rng(0).random((2, 3, 2, 24, 24), dtype=np.float32))


def test_mse_is_numpy_s() -> None:
    expected = np.mean((REDRAWN.numpy() - IMAGE.numpy()) ** 2)
    assert float(loss("mse")(REDRAWN, IMAGE)) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("name", ["mse", "ssim", "mse+ssim"])
def test_a_loss_is_the_mean_of_the_map_that_is_shown(name: str) -> None:
    torch.testing.assert_close(loss(name)(REDRAWN, IMAGE), error_map(name, REDRAWN, IMAGE).mean())


@pytest.mark.parametrize("name", ["mse", "ssim", "mse+ssim"])
def test_a_perfect_picture_costs_nothing(name: str) -> None:
    assert float(loss(name)(IMAGE, IMAGE)) == pytest.approx(0, abs=1e-6)


def test_ssim_forgives_brightness_more_than_structure() -> None:
    flatter = IMAGE.mean() + 0.5 * (IMAGE - IMAGE.mean())
    brighter = IMAGE + (flatter - IMAGE).square().mean().sqrt()
    assert float(loss("mse")(brighter, IMAGE)) == pytest.approx(float(loss("mse")(flatter, IMAGE)), rel=1e-3)
    assert float(loss("ssim")(brighter, IMAGE)) < 0.5 * float(loss("ssim")(flatter, IMAGE))

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
import torch

from anomaly_gui.detectors.settings import LossName
from anomaly_gui.detectors.similarity import SSIM_SHARE, error_map, multi_scale_ssim
from anomaly_gui.training.losses import loss

REDRAWN, IMAGE = torch.from_numpy(np.random.default_rng(0).random((2, 3, 2, 24, 24), dtype=np.float32))


def test_mse_is_numpy_s() -> None:
    expected = np.mean((REDRAWN.numpy() - IMAGE.numpy()) ** 2)
    assert float(loss("mse")(REDRAWN, IMAGE)) == pytest.approx(float(expected), rel=1e-5)


def test_l1_is_numpy_s() -> None:
    expected = np.mean(np.abs(REDRAWN.numpy() - IMAGE.numpy()))
    assert float(loss("l1")(REDRAWN, IMAGE)) == pytest.approx(float(expected), rel=1e-5)


def test_multi_scale_ssim_is_averaged_over_images() -> None:
    blend = 0.7 * IMAGE + 0.3 * REDRAWN
    expected = 1 - multi_scale_ssim(blend, IMAGE).mean()
    torch.testing.assert_close(loss("ms-ssim")(blend, IMAGE), expected)
    summed = loss("mse")(blend, IMAGE) + SSIM_SHARE * expected
    torch.testing.assert_close(loss("mse+ms-ssim")(blend, IMAGE), summed)


def test_an_unknown_loss_is_refused_before_the_first_batch() -> None:
    with pytest.raises(ValueError, match="no such loss: l3"):
        loss("l3")


@pytest.mark.parametrize("name", get_args(LossName))
def test_every_loss_that_can_be_chosen_falls_as_pictures_get_better(name: str) -> None:
    worse, better = (0.5 * (share * REDRAWN + (2 - share) * IMAGE) for share in (1.0, 0.2))
    assert 0 < float(loss(name)(better, IMAGE)) < 0.5 * float(loss(name)(worse, IMAGE))


@pytest.mark.parametrize("name", ["mse", "l1", "ssim", "mse+ssim", "l1+ssim"])
def test_a_loss_is_the_mean_of_the_map_that_is_shown(name: str) -> None:
    torch.testing.assert_close(loss(name)(REDRAWN, IMAGE), error_map(name, REDRAWN, IMAGE).mean())


@pytest.mark.parametrize("name", get_args(LossName))
def test_a_perfect_picture_costs_nothing(name: str) -> None:
    assert float(loss(name)(IMAGE, IMAGE)) == pytest.approx(0, abs=1e-6)


def test_ssim_forgives_brightness_more_than_structure() -> None:
    flatter = IMAGE.mean() + 0.5 * (IMAGE - IMAGE.mean())
    brighter = IMAGE + (flatter - IMAGE).square().mean().sqrt()
    assert float(loss("mse")(brighter, IMAGE)) == pytest.approx(float(loss("mse")(flatter, IMAGE)), rel=1e-3)
    assert float(loss("ssim")(brighter, IMAGE)) < 0.5 * float(loss("ssim")(flatter, IMAGE))

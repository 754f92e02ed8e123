from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.detectors.similarity import (
    SCALE_WEIGHTS,
    SSIM_SHARE,
    absolute_error_map,
    error_map,
    multi_scale_error_map,
    multi_scale_ssim,
    scale_count,
    squared_error_map,
    ssim_map,
    structure_error_map,
)


def reference_ssim(first: np.ndarray, second: np.ndarray, *, with_luminance: bool = True) -> np.ndarray:
    """Wang et al. 2004 for one channel (H, W), written as the paper has it: a window around each pixel."""
    x = np.arange(-5, 6)
    line = np.exp(-0.5 * (x / 1.5) ** 2)
    window = np.outer(line, line) / line.sum() ** 2
    padded_1, padded_2 = (np.pad(picture.astype(np.float64), 5, mode="reflect") for picture in (first, second))
    result = np.empty(first.shape)
    for row, column in np.ndindex(*first.shape):
        part_1 = padded_1[row : row + 11, column : column + 11]
        part_2 = padded_2[row : row + 11, column : column + 11]
        mean_1, mean_2 = (window * part_1).sum(), (window * part_2).sum()
        variance_1 = (window * (part_1 - mean_1) ** 2).sum()
        variance_2 = (window * (part_2 - mean_2) ** 2).sum()
        covariance = (window * (part_1 - mean_1) * (part_2 - mean_2)).sum()
        result[row, column] = (2 * covariance + 9e-4) / (variance_1 + variance_2 + 9e-4)
        if with_luminance:
            result[row, column] *= (2 * mean_1 * mean_2 + 1e-4) / (mean_1**2 + mean_2**2 + 1e-4)
    return result


def halved(picture: np.ndarray) -> np.ndarray:
    even = picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]
    return even.reshape(even.shape[0] // 2, 2, -1, 2).mean(axis=(1, 3))


def reference_multi_scale_ssim(first: np.ndarray, second: np.ndarray, scales: int) -> float:
    """Wang et al. 2003 for one channel (H, W)."""
    exponents = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333][:scales])
    product = 1.0
    for scale, exponent in enumerate(exponents / exponents.sum()):
        likeness = reference_ssim(first, second, with_luminance=scale == scales - 1)
        product *= likeness.mean() ** exponent
        first, second = (halved(picture) for picture in (first, second))
    return product


def images(seed: int, *shape: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).random(shape, dtype=np.float32))


@pytest.mark.parametrize(("height", "width"), [(32, 32), (17, 40), (6, 9)])
def test_ssim_is_that_of_the_paper(height: int, width: int) -> None:
    first, second = images(1, 2, 3, height, width), images(2, 2, 3, height, width)
    second = 0.7 * first + 0.3 * second
    expected = np.stack(
        [
            np.mean([reference_ssim(a.numpy(), b.numpy()) for a, b in zip(f, s, strict=True)], axis=0)
            for f, s in zip(first, second, strict=True)
        ]
    )
    np.testing.assert_allclose(ssim_map(first, second).numpy(), expected, atol=2e-4)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.floats(0, 1))
def test_ssim_is_symmetric_bounded_and_one_for_equal_images(seed: int, blend: float) -> None:
    first = images(seed, 1, 1, 16, 16)
    second = (1 - blend) * first + blend * images(seed + 1, 1, 1, 16, 16)
    forth, back = ssim_map(first, second), ssim_map(second, first)
    torch.testing.assert_close(forth, back)
    assert forth.min() >= -1 - 1e-4
    assert forth.max() <= 1 + 1e-4
    torch.testing.assert_close(ssim_map(first, first), torch.ones(1, 16, 16))


def test_squared_error_is_averaged_over_channels() -> None:
    image = torch.zeros(1, 2, 8, 8)
    redrawn = image.clone()
    redrawn[0, 0, 3, 4] = 0.5
    found = squared_error_map(redrawn, image)
    assert found.shape == (1, 8, 8)
    assert found[0, 3, 4] == 0.125
    assert found.count_nonzero() == 1


def test_the_sum_is_the_weighted_sum_of_its_parts() -> None:
    first, second = images(3, 2, 1, 20, 20), images(4, 2, 1, 20, 20)
    expected = squared_error_map(first, second) + SSIM_SHARE * structure_error_map(first, second)
    torch.testing.assert_close(error_map("mse+ssim", first, second), expected)
    torch.testing.assert_close(error_map("ssim+mse", first, second), expected)


@pytest.mark.parametrize("name", ["", "l3", "mse+", "mse+l3", "mse+mse", "mse ssim"])
def test_an_unknown_loss_is_refused(name: str) -> None:
    image = torch.zeros(1, 1, 16, 16)
    with pytest.raises(ValueError, match=r"no such loss.*mse, l1, ssim, ms-ssim"):
        error_map(name, image, image)


@pytest.mark.parametrize(("side", "scales"), [(6, 1), (21, 1), (22, 2), (28, 2), (44, 3), (176, 5), (1024, 5)])
def test_as_many_scales_as_the_window_fits(side: int, scales: int) -> None:
    assert scale_count(side) == scales


@pytest.mark.parametrize(("height", "width", "scales"), [(16, 20, 1), (24, 44, 2), (44, 48, 3)])
def test_multi_scale_ssim_is_that_of_the_paper(height: int, width: int, scales: int) -> None:
    first = images(6, 2, 3, height, width)
    second = 0.6 * first + 0.4 * images(7, 2, 3, height, width) ** 2
    expected = [
        np.mean([reference_multi_scale_ssim(a.numpy(), b.numpy(), scales) for a, b in zip(f, s, strict=True)])
        for f, s in zip(first, second, strict=True)
    ]
    found = multi_scale_ssim(first, second)
    assert found.shape == (2,)
    np.testing.assert_allclose(found.numpy(), expected, atol=2e-4)


def test_five_scales_weigh_as_measured() -> None:
    assert sum(SCALE_WEIGHTS) == pytest.approx(1, abs=2e-4)
    first = images(8, 1, 1, 176, 176)
    assert float(multi_scale_ssim(first, first)) == pytest.approx(1, abs=1e-5)
    assert 0 < float(multi_scale_ssim(first, 1 - first)) < 0.1


def test_the_multi_scale_map_shows_where_an_image_differs() -> None:
    image = images(9, 1, 1, 64, 64)
    redrawn = image.clone()
    redrawn[:, :, 40:48, 8:16] = 0.5
    found = multi_scale_error_map(redrawn, image)
    assert found.shape == (1, 64, 64)
    assert float(found[0, 40:48, 8:16].mean()) > 0.1
    assert float(found[0, :24, 32:].max()) < 0.002
    assert found.argmax() in torch.arange(64 * 64).reshape(64, 64)[36:52, 4:20]


def test_with_one_scale_the_multi_scale_map_is_that_of_ssim() -> None:
    first = images(10, 2, 1, 20, 20)
    second = 0.8 * first + 0.1
    torch.testing.assert_close(multi_scale_error_map(second, first), error_map("ssim", second, first))


def test_absolute_error_is_averaged_over_channels() -> None:
    image = torch.zeros(1, 2, 8, 8)
    redrawn = image.clone()
    redrawn[0, 0, 3, 4] = -0.5
    found = absolute_error_map(redrawn, image)
    assert found[0, 3, 4] == 0.25
    assert found.count_nonzero() == 1


@pytest.mark.parametrize("name", ["mse", "ssim", "ms-ssim", "mse+ssim", "l1+ms-ssim"])
def test_gradients_agree_with_finite_differences(name: str) -> None:
    image = images(5, 1, 1, 22, 22).double()
    redrawn = (0.5 * image + 0.2).requires_grad_()
    assert torch.autograd.gradcheck(lambda r: error_map(name, r, image).mean(), (redrawn,), fast_mode=True)

"""What each setting does to images, against the same done by other means."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from anomaly_gui.detectors.settings import AUGMENTATIONS, AugmentationSettings
from anomaly_gui.training.augmentation import Change, apply, augment, strongest

ALL = AugmentationSettings(
    rotate_degrees=30,
    flip_horizontally=True,
    flip_vertically=True,
    shift_share=0.1,
    brightness_share=0.2,
    contrast_share=0.3,
    noise_deviation=0.05,
    blur_px=1.5,
)


def pictures(count: int = 4, channels: int = 1, height: int = 32, width: int = 32) -> Tensor:
    return torch.from_numpy(np.random.default_rng(1).random((count, channels, height, width), dtype=np.float32))


def one(value: float) -> Tensor:
    return torch.tensor([value])


@pytest.mark.parametrize("channels", [1, 3])
def test_shape_and_range_stay(channels: int) -> None:
    batch = pictures(channels=channels, height=24)
    changed = augment(batch, ALL)
    assert changed.shape == batch.shape
    assert changed.dtype == torch.float32
    assert 0 <= float(changed.min()) < float(changed.max()) <= 1


def test_nothing_is_changed_unless_asked_for() -> None:
    batch = pictures()
    assert torch.equal(augment(batch, AugmentationSettings()), batch)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_each_setting_alone_changes_images_and_each_image_in_its_own_way(name: str) -> None:
    torch.manual_seed(0)
    same = pictures(1).repeat(12, 1, 1, 1)
    settings = AugmentationSettings(**{name: getattr(ALL, name)})
    changed = augment(same, settings)
    assert not torch.equal(changed, same)
    assert any(not torch.equal(changed[0], other) for other in changed[1:])


def test_what_is_drawn_follows_from_the_seed_alone() -> None:
    torch.manual_seed(5)
    first = augment(pictures(), ALL)
    other = augment(pictures(), ALL)
    torch.manual_seed(5)
    again = augment(pictures(), ALL)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_no_image_depends_on_those_beside_it() -> None:
    torch.manual_seed(5)
    batch = pictures()
    settings = AugmentationSettings(rotate_degrees=30, shift_share=0.1, contrast_share=0.3, flip_vertically=True)
    whole = augment(batch, settings)
    torch.manual_seed(5)
    batch = batch.clone()
    batch[1:] = 0
    assert torch.equal(augment(batch, settings)[0], whole[0])


@given(quarters=st.integers(-2, 2), height=st.sampled_from([8, 9]))
def test_quarter_turns_are_exact_and_counter_clockwise(quarters: int, height: int) -> None:
    batch = pictures(1, 2, height, height)
    turned = apply(batch, Change(degrees=one(90.0 * quarters)))
    torch.testing.assert_close(turned, torch.rot90(batch, quarters, (2, 3)), atol=1e-4, rtol=0)


def test_turning_keeps_angles_in_images_that_are_not_square() -> None:
    """Against OpenCV, away from the border."""
    smooth = cv2.GaussianBlur(pictures(1, 1, 40, 80)[0, 0].numpy(), (0, 0), 3)
    matrix = cv2.getRotationMatrix2D((39.5, 19.5), 25, 1)
    expected = cv2.warpAffine(smooth, matrix, (80, 40), flags=cv2.INTER_LINEAR)
    turned = apply(torch.from_numpy(smooth)[None, None], Change(degrees=one(25.0)))[0, 0].numpy()
    assert np.abs(turned - expected)[12:-12, 30:-30].max() < 2e-3


def test_a_shift_moves_right_and_down_and_reflects_the_border() -> None:
    batch = pictures(1, 1, 10, 20)
    moved = apply(batch, Change(right=one(0.1), down=one(0.3)))
    torch.testing.assert_close(moved[:, :, 3:, 2:], batch[:, :, :-3, :-2], atol=1e-5, rtol=0)
    torch.testing.assert_close(moved[:, :, :3, 2:], batch[:, :, :3, :-2].flip(2), atol=1e-5, rtol=0)


def test_an_image_is_turned_before_it_is_shifted() -> None:
    batch = pictures(1, 1, 10, 10)
    both = apply(batch, Change(degrees=one(90.0), right=one(0.2)))
    turned = torch.rot90(batch, 1, (2, 3))
    torch.testing.assert_close(both[..., 2:], turned[..., :-2], atol=1e-4, rtol=0)


def test_flips() -> None:
    batch = pictures(2)
    which = torch.tensor([True, False])
    assert torch.equal(apply(batch, Change(mirrored=which)), torch.stack([batch[0].flip(2), batch[1]]))
    assert torch.equal(apply(batch, Change(upside_down=which)), torch.stack([batch[0].flip(1), batch[1]]))


def test_brightness_is_added_and_contrast_stretches_about_the_mean() -> None:
    batch = 0.4 + 0.2 * pictures(1)
    torch.testing.assert_close(apply(batch, Change(brightness=one(-0.1))), batch - 0.1)
    mean = batch.mean()
    torch.testing.assert_close(apply(batch, Change(contrast=one(1.5))), mean + 1.5 * (batch - mean))
    assert float(apply(batch, Change(brightness=one(1.0))).max()) == 1


def test_noise_has_the_deviation_asked_for() -> None:
    torch.manual_seed(0)
    grey = torch.full((2, 1, 200, 200), 0.5)
    noise = apply(grey, Change(deviation=torch.tensor([0.05, 0.1]))) - grey
    assert noise.std((1, 2, 3)).tolist() == pytest.approx([0.05, 0.1], rel=0.02)
    assert abs(float(noise.mean())) < 1e-3


@pytest.mark.parametrize("channels", [1, 3])
def test_each_image_is_blurred_by_its_own_gaussian(channels: int) -> None:
    batch = pictures(2, channels, 30, 40)
    blurred = apply(batch, Change(blur_px=torch.tensor([0.8, 2.0])))
    for image, result, sigma in zip(batch, blurred, (0.8, 2.0), strict=True):
        pixels = image.permute(1, 2, 0).numpy()
        expected = cv2.GaussianBlur(pixels, (13, 13), sigma, borderType=cv2.BORDER_REFLECT_101)
        computed = result.permute(1, 2, 0).numpy().reshape(expected.shape)
        np.testing.assert_allclose(computed, expected, atol=1e-5)


def test_a_blur_of_nothing_leaves_the_image_as_it_is() -> None:
    batch = pictures(2)
    assert torch.equal(apply(batch, Change(blur_px=torch.tensor([0.0, 2.0])))[0], batch[0])


def test_no_draw_is_stronger_than_the_setting() -> None:
    torch.manual_seed(0)
    grey = torch.full((200, 1, 16, 16), 0.5)
    brightness = augment(grey, AugmentationSettings(brightness_share=0.2))[:, 0, 0, 0] - 0.5
    assert 0.18 < float(brightness.abs().max()) <= 0.2 + 1e-6
    assert -0.05 < float(brightness.mean()) < 0.05
    noise = augment(grey, AugmentationSettings(noise_deviation=0.1)) - grey
    assert 0.08 < float(noise.std((1, 2, 3)).max()) < 0.13


def test_the_strongest_change_of_each_setting_that_is_on() -> None:
    assert strongest(AugmentationSettings()) == []
    assert [name for name, _ in strongest(ALL)] == list(AUGMENTATIONS)
    ((name, change),) = strongest(AugmentationSettings(rotate_degrees=15))
    assert name == "rotate_degrees"
    assert change.degrees is not None
    assert change.degrees.tolist() == [15]

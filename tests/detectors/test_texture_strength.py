from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.texture_strength import FINE_FROM_PX, TextureStrength, sides
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import gradient_loop


def pictures(count: int, side: int, seed: int = 0, channels: int = 1) -> np.ndarray:
    """Noise that is stronger in the right half, by an image of its own everywhere a little more or less."""
    rng = np.random.default_rng(seed)
    strength = np.where(np.arange(side) < side / 2, 0.02, 0.04) * rng.uniform(0.8, 1.25, (count, 1, 1))
    made = 0.5 + rng.normal(0, 1, (count, side, side)) * strength
    return np.repeat(made[:, None], channels, 1).astype(np.float32)


def context(images: np.ndarray, cancel: CancelToken | None = None) -> FitContext:
    return FitContext(
        training=CachedBatches(images, 7, seed=1),
        validation=CachedBatches(images[:1], 4, seed=1),
        preview=None,
        preview_ids=(),
        seed=1,
        checkpoint=Path("unused"),
        emit=ignore_events,
        cancel=cancel or CancelToken(),
        gradient_loop=gradient_loop,
    )


def learnt(images: np.ndarray, inside: Tensor | None = None) -> TextureStrength:
    made = TextureStrength(images.shape[-1]).eval()
    if inside is not None:
        made.look_within(inside)
    assert made.fit(context(images))
    return made


@pytest.mark.parametrize(("side", "channels"), [(128, 1), (FINE_FROM_PX, 3)])
def test_an_area_without_texture_is_far_from_what_good_pictures_have(side: int, channels: int) -> None:
    made = learnt(pictures(200, side, channels=channels))
    good = pictures(20, side, seed=1, channels=channels)
    smooth = good.copy()
    part = slice(side // 4, side // 2)
    smooth[:, :, part, part] = 0.5
    usual, odd = made(torch.from_numpy(good)), made(torch.from_numpy(smooth))
    assert usual.shape == (20, len(sides(side)))
    assert (odd[:, :-1] > usual[:, :-1].amax(0)).all(), "but along the usual directions"


def test_strength_that_varies_in_another_way_than_usual_is_many_deviations_away() -> None:
    made = learnt(pictures(200, 128))
    good = pictures(20, 128, seed=1)
    swapped = np.ascontiguousarray(good[:, :, :, ::-1])
    assert made(torch.from_numpy(swapped))[:, -1].min() > made(torch.from_numpy(good))[:, -1].max()


def test_brightness_alone_changes_nothing() -> None:
    made = learnt(pictures(60, 128))
    good = torch.from_numpy(pictures(4, 128, seed=1))
    torch.testing.assert_close(made(good + 0.1), made(good), rtol=1e-2, atol=1e-2)


def test_only_large_images_have_a_fine_map() -> None:
    assert len(sides(FINE_FROM_PX)) == len(sides(FINE_FROM_PX - 1)) + 1
    assert TextureStrength(FINE_FROM_PX - 1).fine is None


def test_what_lies_outside_counts_nothing() -> None:
    inside = torch.zeros(128, 128, dtype=torch.bool)
    inside[:, :64] = True
    made = learnt(pictures(60, 128), inside)
    good = pictures(4, 128, seed=1)
    other = good.copy()
    other[:, :, :, 80:] = 0.5
    assert torch.equal(made(torch.from_numpy(other)), made(torch.from_numpy(good)))


@pytest.mark.parametrize(("count", "said"), [(2, [False, False, False]), (60, [False, True, True])])
def test_of_too_few_pictures_for_its_directions_a_map_says_nothing(count: int, said: list[bool]) -> None:
    made = learnt(pictures(count, FINE_FROM_PX))
    seen = made(torch.from_numpy(pictures(3, FINE_FROM_PX, seed=1)))
    assert (seen > 0).all(0).tolist() == said
    assert torch.isfinite(made(torch.zeros(1, 1, FINE_FROM_PX, FINE_FROM_PX))).all()


def test_fitting_can_be_cancelled() -> None:
    cancel = CancelToken()
    cancel.cancel()
    assert not TextureStrength(128).fit(context(pictures(6, 128), cancel))

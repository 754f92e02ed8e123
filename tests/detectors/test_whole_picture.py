from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.whole_picture import MOST_DIRECTIONS, SIDE, WholePicture
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import gradient_loop


def pictures(count: int, seed: int = 0, channels: int = 1) -> np.ndarray:
    """Mixtures of three waves, which differ in nothing else."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:48, :48] / 48
    waves = np.stack([np.sin(6 * rows), np.cos(9 * columns), np.sin(8 * rows * columns)])
    mixed = np.einsum("nw,whx->nhx", rng.normal(0, 0.02, (count, 3)), waves) + 0.5 + 0.2 * (rows > 0.5)
    return np.repeat(mixed[:, None], channels, 1).astype(np.float32)


def learnt(images: np.ndarray, cancel: CancelToken | None = None) -> WholePicture:
    made = WholePicture(images.shape[1]).eval()
    context = FitContext(
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
    assert made.fit(context) is not (cancel is not None and cancel.should_stop())
    return made


@pytest.mark.parametrize("channels", [1, 3])
def test_a_mixture_of_good_pictures_is_far_from_their_mean_but_little_is_left_of_it(channels: int) -> None:
    made = learnt(pictures(60, channels=channels))
    from_mean, left = made(torch.from_numpy(pictures(20, seed=1, channels=channels))).T
    assert (left < 0.1 * from_mean).all()
    bent = pictures(20, seed=1, channels=channels)
    bent[:, :, 10:20, 10:20] += 0.2
    assert made(torch.from_numpy(bent))[:, 1].min() > 10 * left.max()


def test_directions_are_orthonormal_and_those_that_were_not_found_are_zero() -> None:
    made = learnt(pictures(5))
    lengths = made.directions.norm(dim=1)
    assert (lengths > 0.5).sum() <= 4, "five pictures span four directions around their mean"
    products = made.directions @ made.directions.T
    torch.testing.assert_close(products, torch.diag(lengths.round()), atol=1e-5, rtol=0)
    assert made.directions.shape == (MOST_DIRECTIONS, SIDE**2)


def test_pictures_that_are_all_alike_leave_finite_distances() -> None:
    made = learnt(np.full((4, 1, 48, 48), 0.5, np.float32))
    assert torch.isfinite(made(torch.rand(2, 1, 48, 48))).all()


def test_of_many_pictures_so_many_are_learnt_from_evenly_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anomaly_gui.detectors.whole_picture._MOST_PICTURES", 10)
    images = pictures(30)
    torch.testing.assert_close(learnt(images).mean, learnt(images[::3]).mean)


def test_what_lies_outside_the_region_does_not_count() -> None:
    made = WholePicture(1)
    inside = torch.zeros(48, 48, dtype=torch.bool)
    inside[:, :24] = True
    made.look_within(inside)
    seen = made._seen(torch.rand(1, 1, 48, 48)).reshape(SIDE, SIDE)
    assert seen[:, :12].all()
    assert not seen[:, 12:].any()


def test_it_stops_when_asked() -> None:
    cancel = CancelToken()
    cancel.cancel()
    made = learnt(pictures(8), cancel)
    assert not made.mean.any()

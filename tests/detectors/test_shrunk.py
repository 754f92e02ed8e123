from __future__ import annotations

import numpy as np
import pytest
import torch

from anomaly_gui.detectors import shrunk
from anomaly_gui.detectors.shrunk import Kept, Shrunk, Steps, kept, shrink
from anomaly_gui.imaging.resize import resize
from anomaly_gui.progress import CancelToken, Event, Progress, RateMeter, ignore_events
from anomaly_gui.training.dataset import CachedBatches


def test_images_are_made_smaller_as_everywhere() -> None:
    image = np.random.default_rng(0).random((96, 96, 1), dtype=np.float32)
    made = shrink(torch.from_numpy(image.transpose(2, 0, 1))[None], 40)
    np.testing.assert_allclose(made[0, 0].numpy(), resize(image, 40, 40)[:, :, 0], atol=1e-5)


def test_shrunk_batches_hold_the_same_images() -> None:
    batches = CachedBatches(np.random.default_rng(0).random((5, 1, 8, 8), dtype=np.float32), 2, seed=3)
    small = Shrunk(batches, 4)
    assert (small.image_count, small.batch_count) == (5, batches.batch_count)
    for ours, theirs in zip(small.shuffled(2), batches.shuffled(2), strict=True):
        assert torch.equal(ours, shrink(theirs, 4))
    assert torch.cat(list(small.ordered())).shape == (5, 1, 4, 4)


def test_kept_batches_hold_each_image_once_in_an_order_by_seed_and_epoch() -> None:
    pixels = np.random.default_rng(0).random((5, 1, 8, 8), dtype=np.float32)
    batches = CachedBatches(pixels, 2, seed=3)
    events: list[Event] = []
    small = kept(batches, 4, 3, RateMeter("", 5, events.append), CancelToken())
    assert isinstance(small, Kept)
    assert (small.image_count, small.batch_count) == (5, batches.batch_count)
    assert torch.equal(torch.cat(list(small.ordered())), torch.cat(list(Shrunk(batches, 4).ordered())))
    first, again, second = (torch.cat(list(small.shuffled(epoch))) for epoch in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, second)
    assert torch.equal(first.flatten(1).sum(1).sort().values, second.flatten(1).sum(1).sort().values)
    assert [event.done for event in events if isinstance(event, Progress)][-1] == 5
    meter = RateMeter("", 5, ignore_events)
    other = kept(CachedBatches(pixels / 2, 2, seed=3), 4, 3, meter, CancelToken())
    assert other is not None
    assert small.content() != other.content()


def test_images_too_many_to_be_kept_are_made_small_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    batches = CachedBatches(np.zeros((6, 1, 8, 8), np.float32), 2, seed=3)
    monkeypatch.setattr(shrunk, "KEPT_BYTES", 6 * 4 * 4 * 4 - 1)
    assert kept(batches, 4, 3, RateMeter("", 6, ignore_events), CancelToken()) == Shrunk(batches, 4)
    monkeypatch.setattr(shrunk, "KEPT_BYTES", 6 * 4 * 4 * 4)
    assert isinstance(kept(batches, 4, 3, RateMeter("", 6, ignore_events), CancelToken()), Kept)


def test_keeping_images_can_be_cancelled() -> None:
    batches = CachedBatches(np.zeros((6, 1, 8, 8), np.float32), 2, seed=3)
    cancel = CancelToken()
    cancel.cancel()
    assert kept(batches, 4, 3, RateMeter("", 6, ignore_events), cancel) is None


def test_of_many_batches_a_pass_takes_others_each_time() -> None:
    batches = CachedBatches(np.random.default_rng(0).random((8, 1, 4, 4), dtype=np.float32), 2, seed=3)
    two = Steps(batches, 2)
    assert (two.image_count, two.batch_count) == (4, 2)
    first, second = (torch.cat(list(two.shuffled(epoch))) for epoch in (1, 2))
    assert first.shape == second.shape == (4, 1, 4, 4)
    assert not torch.equal(first, second)
    assert torch.equal(torch.cat(list(two.ordered())), torch.cat(list(batches.ordered()))[:4])
    assert two.content() != Steps(batches, 3).content()


def test_of_few_images_a_pass_takes_all_several_times_in_other_orders() -> None:
    batches = CachedBatches(np.arange(4, dtype=np.float32).reshape(4, 1, 1, 1), 2, seed=3)
    ten = Steps(batches, 10)
    assert (ten.image_count, ten.batch_count) == (20, 10)
    passes = [torch.cat(list(ten.shuffled(epoch))).flatten().reshape(5, 4) for epoch in (1, 2)]
    turns = torch.cat(passes)
    assert (turns.sort(1).values == torch.arange(4)).all()
    assert len(torch.unique(turns, dim=0)) > 4
    assert torch.cat(list(ten.ordered())).shape == (20, 1, 1, 1)

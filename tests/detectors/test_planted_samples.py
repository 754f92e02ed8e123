from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from anomaly_gui.detectors import planted_samples
from anomaly_gui.detectors.artificial_defects import Task
from anomaly_gui.detectors.planted_samples import Numbers, Samples
from anomaly_gui.progress import CancelToken, Event, Progress, ignore_events
from anomaly_gui.training.dataset import CachedBatches

PIXELS = np.arange(5, dtype=np.float32).reshape(5, 1, 1, 1).repeat(8, 2).repeat(8, 3) / 8


def task(batch: Tensor) -> Task:
    """Of which everything tells the image."""
    return Task(
        tapped=(batch[:, :, :2, :2], 2 * batch[:, :, :1, :1]), cells=(batch[:, 0, :2, :2] > 0.2).float(), wanted=batch
    )


def samples(count: int) -> Samples:
    made = Samples.made(CachedBatches(PIXELS, 2, seed=1), count, task, ignore_events, CancelToken())
    assert made is not None
    return made


def test_images_are_taken_in_turn_until_there_are_enough_samples() -> None:
    events: list[Event] = []
    made = Samples.made(CachedBatches(PIXELS, 2, seed=1), 12, task, events.append, CancelToken())
    assert made is not None
    assert made.count == 12
    seen = made.take(torch.arange(12)).wanted[:, 0, 0, 0] * 8
    assert sorted(seen[:5].tolist()) == sorted(seen[5:10].tolist()) == [0, 1, 2, 3, 4]
    assert [(event.done, event.total) for event in events if isinstance(event, Progress)][-1] == (12, 12)


def test_a_sample_is_given_back_as_it_was() -> None:
    kept = samples(10).take(torch.tensor([[7.0], [2.0]]))
    expected = task(kept.wanted)
    assert kept.cells.dtype == kept.wanted.dtype == kept.tapped[0].dtype == torch.float32
    assert torch.equal(kept.cells, expected.cells)
    for part, wanted in zip(kept.tapped, expected.tapped, strict=True):
        assert torch.equal(part, wanted)


def test_what_float16_cannot_hold_is_cut() -> None:
    high = samples(2)
    high.count = 0
    high.add(Task(tapped=(torch.full((1, 1, 2, 2), 1e6), -torch.full((1, 1, 1, 1), 1e6)), **PARTS))
    assert torch.isfinite(high.take(torch.tensor([0])).tapped[0]).all()
    assert torch.isfinite(high.take(torch.tensor([0])).tapped[1]).all()


PARTS = {"cells": torch.zeros(1, 2, 2), "wanted": torch.zeros(1, 1, 8, 8)}


def test_samples_that_would_need_too_much_memory_are_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    each = 2 * (4 + 1) + 4 + 2 * 64
    monkeypatch.setattr(planted_samples, "KEPT_BYTES", 7 * each)
    assert samples(12).count == 7


def test_planting_can_be_cancelled_between_two_batches() -> None:
    cancel = CancelToken()

    def stopping(batch: Tensor) -> Task:
        cancel.cancel()
        return task(batch)

    assert Samples.made(CachedBatches(PIXELS, 2, seed=1), 12, stopping, ignore_events, cancel) is None


def test_each_pass_takes_other_numbers_by_seed_and_epoch_alone() -> None:
    made = samples(100)
    two = Numbers(made, 2, seed=3)
    assert (two.image_count, two.batch_count) == (32, 2)
    first, again, second = (torch.cat(list(two.shuffled(epoch))) for epoch in (1, 1, 2))
    assert first.shape == (32, 1, 1, 1)
    assert len(first.unique()) == 32
    assert torch.equal(first, again)
    assert not torch.equal(first, second)
    assert torch.cat(list(two.ordered())).flatten().tolist() == list(range(32))


def test_of_few_samples_a_pass_takes_each_once() -> None:
    few = Numbers(samples(20), 50, seed=3)
    assert (few.image_count, few.batch_count) == (20, 2)
    assert torch.cat(list(few.shuffled(1))).flatten().sort().values.tolist() == list(range(20))


def test_the_digest_tells_samples_and_passes_apart() -> None:
    digests = [Numbers(samples(count), batches, 0).content() for count, batches in ((40, 2), (41, 2), (40, 1))]
    assert len(set(digests)) == 3
    assert Numbers(samples(40), 2, 0).content() == digests[0]

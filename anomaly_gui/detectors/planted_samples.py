"""Samples with artificial defects, as a backbone sees them, kept in memory and taken by their numbers."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from anomaly_gui.detectors.artificial_defects import Task
from anomaly_gui.detectors.base import Batches
from anomaly_gui.progress import CancelToken, EventSink, RateMeter

KEPT_BYTES = 800 * 2**20
"""Samples are fewer where a backbone says so much of each that more would not fit here."""
BATCH = 16
_HIGHEST = 60_000.0
"""Float16 ends soon after."""


class Samples:
    """Parts of tasks in half of their bytes: float16, and what is asked of cells as bool."""

    def __init__(self, like: Task, count: int) -> None:
        """Room for *count* samples with the shapes of *like*, or for as many as fit."""
        each = sum(part[0].numel() * 2 for part in like.tapped) + like.cells[0].numel() + like.wanted[0].numel() * 2
        self.room = max(1, min(count, KEPT_BYTES // each))
        self._tapped = tuple(self._empty(part, torch.float16) for part in like.tapped)
        self._cells = self._empty(like.cells, torch.bool)
        self._wanted = self._empty(like.wanted, torch.float16)
        self.count = 0

    @classmethod
    def made(
        cls, batches: Batches, count: int, task: Callable[[Tensor], Task], emit: EventSink, cancel: CancelToken
    ) -> Samples | None:
        """Of all images of *batches* in turn, until there are *count*, or as many as fit; None if asked to stop."""
        samples, meter = None, None
        for batch in itertools.chain.from_iterable(batches.shuffled(number) for number in itertools.count()):
            if cancel.should_stop():
                return None
            made = task(batch)
            samples = samples or cls(made, count)
            meter = meter or RateMeter("Planting artificial defects", samples.room, emit)
            samples.add(made)
            meter.update(samples.count)
            if samples.count == samples.room:
                break
        return samples

    def add(self, task: Task) -> None:
        """What there is room for."""
        first, end = self.count, min(self.room, self.count + len(task.cells))
        for kept, part in zip(self._tapped, task.tapped, strict=True):
            kept[first:end] = part[: end - first].clamp(-_HIGHEST, _HIGHEST)
        self._cells[first:end] = task.cells[: end - first] > 0
        self._wanted[first:end] = task.wanted[: end - first]
        self.count = end

    def take(self, numbers: Tensor) -> Task:
        """Those with the *numbers*, of any shape and type, in float32 and on their device."""
        chosen, device = numbers.flatten().long().cpu(), numbers.device
        return Task(
            tapped=tuple(part[chosen].to(device).float() for part in self._tapped),
            cells=self._cells[chosen].to(device).float(),
            wanted=self._wanted[chosen].to(device).float(),
        )

    def content(self) -> bytes:
        """A digest that tells these samples from any others."""
        digest = hashlib.sha256(self._cells.numpy().tobytes())
        digest.update(self._wanted.numpy().tobytes())
        return digest.digest()

    def _empty(self, like: Tensor, dtype: torch.dtype) -> Tensor:
        return torch.empty((self.room, *like.shape[1:]), dtype=dtype)


class Numbers:
    """Batches (N, 1, 1, 1) of samples' numbers, where images are expected; passes of so many batches.

    Implements detectors.base.Batches.
    """

    def __init__(self, samples: Samples, batch_count: int, seed: int) -> None:
        self._samples = samples
        self._seed = seed
        self.batch_count = min(batch_count, -(-samples.count // BATCH))
        self.image_count = min(self.batch_count * BATCH, samples.count)

    def shuffled(self, epoch: int) -> Iterator[Tensor]:
        """Others in each pass, if there are more."""
        return self._in_batches(np.random.default_rng([self._seed, epoch]).permutation(self._samples.count))

    def ordered(self) -> Iterator[Tensor]:
        return self._in_batches(np.arange(self._samples.count))

    def content(self) -> bytes:
        return self._samples.content() + self.batch_count.to_bytes(4, "big")

    def _in_batches(self, numbers: np.ndarray) -> Iterator[Tensor]:
        taken = torch.from_numpy(numbers[: self.image_count].astype(np.float32))
        return iter(taken[:, None, None, None].tensor_split(self.batch_count))

"""The same images at a smaller size, or in passes of another length."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from anomaly_gui.detectors.base import Batches
from anomaly_gui.imaging.resize import resize_weights
from anomaly_gui.progress import CancelToken, RateMeter

KEPT_BYTES = 256 * 2**20
"""Images at a smaller size lie in memory up to here: 1,300 of 128 px in colour."""


@dataclass(frozen=True)
class Shrunk:
    """Batches of the same images at a smaller size."""

    batches: Batches
    side: int

    @property
    def image_count(self) -> int:
        return self.batches.image_count

    @property
    def batch_count(self) -> int:
        return self.batches.batch_count

    def shuffled(self, epoch: int) -> Iterator[Tensor]:
        return (shrink(batch, self.side) for batch in self.batches.shuffled(epoch))

    def ordered(self) -> Iterator[Tensor]:
        return (shrink(batch, self.side) for batch in self.batches.ordered())

    def content(self) -> bytes:
        return self.batches.content() + self.side.to_bytes(4, "big")


class Kept:
    """Batches of the same images at a smaller size, which are made once and then lie in memory."""

    def __init__(self, small: Tensor, batch_count: int, seed: int) -> None:
        self._small = small
        self._seed = seed
        self.image_count = len(small)
        self.batch_count = batch_count

    def shuffled(self, epoch: int) -> Iterator[Tensor]:
        order = torch.from_numpy(np.random.default_rng([self._seed, epoch]).permutation(self.image_count))
        return (self._small[chosen] for chosen in order.tensor_split(self.batch_count))

    def ordered(self) -> Iterator[Tensor]:
        return iter(self._small.tensor_split(self.batch_count))

    def content(self) -> bytes:
        return hashlib.sha256(self._small.numpy().tobytes()).digest()


@dataclass(frozen=True)
class Steps:
    """Passes of so many batches, whatever the number of images: of many the first of a shuffle, of few all again."""

    batches: Batches
    count: int

    @property
    def image_count(self) -> int:
        return math.ceil(self.count * self.batches.image_count / max(1, self.batches.batch_count))

    @property
    def batch_count(self) -> int:
        return self.count

    def shuffled(self, epoch: int) -> Iterator[Tensor]:
        turns = -(-self.count // max(1, self.batches.batch_count))
        every = (self.batches.shuffled(epoch * turns + number) for number in range(turns))
        return itertools.islice(itertools.chain.from_iterable(every), self.count)

    def ordered(self) -> Iterator[Tensor]:
        turns = -(-self.count // max(1, self.batches.batch_count))
        every = (self.batches.ordered() for _ in range(turns))
        return itertools.islice(itertools.chain.from_iterable(every), self.count)

    def content(self) -> bytes:
        return self.batches.content() + self.count.to_bytes(4, "big")


def kept(batches: Batches, side: int, seed: int, meter: RateMeter, cancel: CancelToken) -> Kept | Shrunk | None:
    """The same images at a smaller size, in memory if they fit there; None if asked to stop."""
    shrunk, small = Shrunk(batches, side), list[Tensor]()
    for batch in shrunk.ordered():
        if cancel.should_stop():
            return None
        small.append(batch)
        if batches.image_count * batch[0].nbytes > KEPT_BYTES:
            return shrunk
        meter.update(sum(map(len, small)))
    return Kept(torch.cat(small), batches.batch_count, seed)


def shrink(images: Tensor, side: int) -> Tensor:
    """(N, C, S, S) → (N, C, side, side), as images are resized everywhere."""
    if images.shape[-1] == side:
        return images
    rows = torch.from_numpy(resize_weights(int(images.shape[-1]), side).copy()).to(images)
    return rows @ images @ rows.T

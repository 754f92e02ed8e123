"""The same images at a smaller size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from anomaly_gui.detectors.base import Batches
from anomaly_gui.imaging.resize import resize_weights


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


def shrink(images: Tensor, side: int) -> Tensor:
    """(N, C, S, S) → (N, C, side, side), as images are resized everywhere."""
    if images.shape[-1] == side:
        return images
    rows = torch.from_numpy(resize_weights(int(images.shape[-1]), side).copy()).to(images)
    return rows @ images @ rows.T

"""The picture as a whole: lighting, a shape that is missing or bent, what no single patch shows to be odd.

Principal components of small pictures, after Turk, Pentland 1991 (eigenfaces): how far a picture is from the mean of
good ones, and how far from all that can be mixed of them.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.patch_model import evened
from anomaly_gui.detectors.shrunk import shrink
from anomaly_gui.progress import RateMeter

SIDE = 24
MOST_DIRECTIONS = 40
"""Of those in which good pictures vary most. Chosen on magnetic_tile, with SIDE."""
READINGS = 2
_MOST_PICTURES = 4096
"""To learn from, evenly taken: 30 MB in colour."""
_LEAST_SHARE = 1e-8
"""Of the largest variance: a direction with less is rounding."""


class WholePicture(nn.Module):
    """(N, C, S, S) in [0, 1] → (N, 2), distances ≥ 0: from the mean, and of what the directions leave of that."""

    mean: Tensor
    """(C · SIDE²,)"""
    directions: Tensor
    """(K, C · SIDE²), orthonormal; those that were not found are zero."""
    inside: Tensor | None
    """(SIDE, SIDE) float32, 0 where nothing counts; None for all of it."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels * SIDE**2))
        self.register_buffer("directions", torch.zeros(MOST_DIRECTIONS, channels * SIDE**2))
        self.register_buffer("inside", None, persistent=False)

    def look_within(self, inside: Tensor) -> None:
        """*inside* (S, S) bool: a cell counts where any of it does."""
        self.register_buffer("inside", F.adaptive_max_pool2d(inside.float()[None], SIDE)[0], persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        from_mean = self._seen(images) - self.mean
        left = from_mean - (from_mean @ self.directions.T) @ self.directions
        return torch.stack([length(from_mean), length(left)], 1)

    @torch.no_grad()
    def fit(self, context: FitContext) -> bool:
        """Learn from good images in one pass; False if asked to stop."""
        seen = pictures_of(context, lambda images: self._seen(images.to(self.mean)), "Reading whole pictures")
        if seen is None:
            return False
        mean, directions, _ = principal(seen, MOST_DIRECTIONS)
        self.mean.copy_(mean)
        self.directions.copy_(directions)
        return True

    def _seen(self, images: Tensor) -> Tensor:
        """(N, C, S, S) → (N, C · SIDE²)."""
        small = evened(shrink(images, SIDE))
        return (small if self.inside is None else small * self.inside).flatten(1)


def pictures_of(context: FitContext, seen: Callable[[Tensor], Tensor], phase: str) -> Tensor | None:
    """What is *seen* (N, D) of the training images, of many evenly taken, on the CPU; None if asked to stop."""
    count = context.training.image_count
    step = -(-count // _MOST_PICTURES)
    kept: list[Tensor] = []
    meter = RateMeter(phase, count, context.emit)
    first = 0
    for batch in context.training.ordered():
        if context.cancel.should_stop():
            return None
        kept.append(seen(batch[-first % step :: step]).cpu())
        first += len(batch)
        meter.update(first)
    return torch.cat(kept)


def principal(pictures: Tensor, most: int) -> tuple[Tensor, Tensor, Tensor]:
    """(N, D) → their mean (D,), the directions (*most*, D) in which they vary most, and how much (*most*,), float64.

    Directions are orthonormal, deviations standard; both are 0 for those that were not found.
    """
    pictures = pictures.double()
    mean = pictures.mean(0)
    centred = pictures - mean
    variances, directions = torch.linalg.eigh(centred.T @ centred / len(pictures))
    found = variances > _LEAST_SHARE * variances[-1].clamp_min(_LEAST_SHARE)
    deviations = (variances * found).clamp_min(0).sqrt()
    return mean, (directions * found)[:, -most:].T, deviations[-most:]


def length(vectors: Tensor) -> Tensor:
    """(N, D) → (N,)"""
    return vectors.square().sum(1).sqrt()

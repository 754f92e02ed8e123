"""Patch vectors in units of how much good parts vary in each direction."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Whitening(nn.Module):
    """(…, C) → (…, D): (vector − mean) · projection."""

    mean: Tensor
    projection: Tensor

    def __init__(self, channels: int, components: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels))
        self.resize(components)

    def resize(self, components: int) -> None:
        """Make room for so many directions, zero until they are learnt."""
        self.register_buffer("projection", self.mean.new_zeros(len(self.mean), components))

    def forward(self, vectors: Tensor) -> Tensor:
        return (vectors - self.mean) @ self.projection

    def fit(self, vectors: Tensor, components: int, floor: float | None) -> None:
        """Learn from (N, C) the *components* directions of most variance, N >= 2.

        Each is divided by the root of its variance plus *floor* times the mean variance: 0 whitens
        fully, and lets directions in which good parts hardly vary (noise, but also hairline defects)
        count as much as any. None divides by nothing and leaves distances as they are.
        """
        exact = vectors.double()
        mean = exact.mean(0)
        centred = exact - mean
        variances, directions = torch.linalg.eigh(centred.T @ centred / (len(exact) - 1))
        # Ascending; rounding may leave the least below 0.
        variances, directions = variances.clamp_min(0).flip(0), directions.flip(1)
        # A direction's sign is a whim of the solver: the largest part is made positive.
        largest = directions.gather(0, directions.abs().argmax(0, keepdim=True))
        directions = directions * largest.sign()
        scale = torch.ones_like(variances)
        if floor is not None:
            scale = (variances + floor * variances.mean()).sqrt().clamp_min(1e-6)
        self.mean = mean.float()
        self.projection = (directions / scale)[:, :components].float().contiguous()

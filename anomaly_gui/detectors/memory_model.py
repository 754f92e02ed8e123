"""Patches rated by several near good ones, and by how alike those are themselves."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from anomaly_gui.detectors.nearest import few_nearest
from anomaly_gui.detectors.patch_model import PatchModel

NEIGHBOURS = 3
"""Good patches whose distances are averaged: one alone may be near by chance."""
ALIKE = 3
"""Of an entry's nearest in other images, so many say how alike good patches of its look are."""
SHARE = 0.5
"""Of the square of that which is taken off. It was chosen on magnetic_tile, with NEIGHBOURS and ALIKE."""
_AT_ONCE = 1024


class MemoryModel(PatchModel):
    """A PatchModel whose map tells how far a patch is from a few good ones, less what is usual where they lie.

    Good patches of a rare or a lively look are far from each other, and a new one is as far: that is no defect. Each
    entry is a ball, and what is rated is the distance to it along a tangent, √(d² − r²), with the radius from how far
    its nearest in other images are (the power distance of Aurenhammer 1987, with the density of the local outlier
    factor of Breunig et al. 2000). It has no jumps where the nearest entry changes.
    """

    spacing: Tensor
    """(M,): mean distance of each entry to the nearest ones of other images."""

    def resize(self, entries: int, components: int) -> None:
        super().resize(entries, components)
        self.register_buffer("spacing", self.squares.new_zeros(entries))

    def learn_spacing(self, images: Tensor, keep_on: Callable[[int], bool]) -> bool:
        """From the entries, which are of the *images* (M,) int64; False if asked to stop."""
        for start in range(0, len(self.entries), _AT_ONCE):
            if not keep_on(start):
                return False
            part = slice(start, start + _AT_ONCE)
            self.spacing[part] = self._spacing_of(part, images)
        return True

    def search(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """(N, grid, grid, C) → how odd each patch is, from 0 up, and its nearest entry, both (N, grid, grid).

        0 for patches that do not count.
        """
        taken_off = SHARE * self.spacing.square()
        flat = self.whitening(features).flatten(0, 2)
        powers, index = few_nearest(flat, self.entries, NEIGHBOURS, self.squares, taken_off)
        # Plus 1, which is nothing to usual distances: a root is steep at 0, where rounding would show.
        odd = ((powers.clamp_min(0) + 1).sqrt() - 1).mean(1).reshape(-1, self.grid, self.grid)
        if self.counted is not None:
            odd = odd * self.counted.to(odd)
        # The picture is that of the truly nearest of them.
        nearest = index.gather(1, (powers + taken_off[index]).argmin(1, keepdim=True))
        return odd, nearest.reshape(-1, self.grid, self.grid)

    def _spacing_of(self, part: slice, images: Tensor) -> Tensor:
        """0 where no other image has an entry."""
        own = self.entries[part]
        squared = torch.addmm(self.squares, own, self.entries.T, alpha=-2) + self.squares[part, None]
        squared[images[part, None] == images] = torch.inf
        near = squared.topk(min(ALIKE, len(self.entries)), 1, largest=False).values.clamp_min(0).sqrt()
        found = near.isfinite()
        return near.where(found, near.new_zeros(())).sum(1) / found.sum(1).clamp_min(1)

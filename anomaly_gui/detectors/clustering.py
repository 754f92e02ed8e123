"""k-means on torch tensors, with a say for the one who waits."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from anomaly_gui.detectors.coreset import k_centre
from anomaly_gui.detectors.nearest import nearest

ROUNDS = 25
_SETTLED = 1e-4
"""Relative change of the mean distance at which more rounds are not worth it."""


def k_means(vectors: Tensor, count: int, seed: int, keep_on: Callable[[int], bool]) -> Tensor | None:
    """Centres (count, D) of vectors (N, D), N >= count; those that lost all their vectors stay where they were.

    Lloyd's rounds from centres spread by k_centre, so that rare looks get a centre of their own.
    *keep_on*, told the rounds done, is asked before each; None if it says no.
    """
    first = k_centre(vectors, count, seed, lambda _: keep_on(0))
    if first is None:
        return None
    centres = vectors[first].clone()
    before = torch.inf
    for done in range(ROUNDS):
        if not keep_on(done):
            return None
        distances, index = nearest(vectors, centres)
        members = torch.bincount(index, minlength=len(centres))[:, None]
        sums = torch.zeros_like(centres).index_add_(0, index, vectors)
        centres = torch.where(members > 0, sums / members.clamp_min(1), centres)
        mean = float(distances.mean())
        if before - mean <= _SETTLED * mean:
            break
        before = mean
    return centres

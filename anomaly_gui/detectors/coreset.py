"""A few vectors that stand for many, so that none of the many is far from all of the few."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

PROJECTED = 24
"""Dimensions in which distances are measured: a random projection keeps them roughly
(Johnson, Lindenstrauss 1984), and the search takes seconds instead of minutes."""
_ASKED_EVERY = 64


def k_centre(vectors: Tensor, count: int, seed: int, keep_on: Callable[[int], bool]) -> Tensor | None:
    """Numbers (count,) int64, ascending, of vectors (N, D) chosen greedily: each time the one farthest from all before.

    Gonzalez 1985: at most twice as far as the best choice leaves any vector. *keep_on*, told how many
    are chosen, is asked now and then; None if it says no.
    """
    random = np.random.default_rng(seed)
    if count >= len(vectors):
        return torch.arange(len(vectors))
    if vectors.shape[1] > PROJECTED:
        directions = random.standard_normal((vectors.shape[1], PROJECTED), dtype=np.float32)
        vectors = vectors @ torch.from_numpy(directions)
    squares = vectors.square().sum(1)
    left = torch.full((len(vectors),), torch.inf)
    chosen = [int(random.integers(len(vectors)))]
    while len(chosen) < count:
        if len(chosen) % _ASKED_EVERY == 1 and not keep_on(len(chosen)):
            return None
        last = chosen[-1]
        distance = torch.addmv(squares, vectors, vectors[last], alpha=-2).add_(squares[last])
        torch.minimum(left, distance, out=left)
        left[last] = -torch.inf  # Rounding must not choose it again.
        chosen.append(int(left.argmax()))
    return torch.tensor(sorted(chosen))

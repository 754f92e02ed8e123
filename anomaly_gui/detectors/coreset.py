"""A few vectors that stand for many, so that none of the many is far from all of the few."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from anomaly_gui.detectors.nearest import nearest

PROJECTED = 24
"""Dimensions in which distances are measured: a random projection keeps them roughly
(Johnson, Lindenstrauss 1984), and the search takes seconds instead of minutes."""
_ASKED_EVERY = 64
_AT_ONCE = 4096


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


ROUNDS = 5
"""Of spread(): the first draws evenly, the others what is far from all drawn before."""


def spread(vectors: Tensor, count: int, seed: int, keep_on: Callable[[int], bool]) -> Tensor | None:
    """Numbers (count,) int64, ascending, of vectors (N, D) drawn at random: rare looks more often than common ones.

    In each round a vector's chance grows with the square of its distance to the nearest one drawn before
    (k-means‖, Bahmani 2012), measured in all dimensions. *keep_on*, told how many are drawn, is asked
    between rounds and within them; None if it says no.
    """
    if count >= len(vectors):
        return torch.arange(len(vectors))
    random = np.random.default_rng(seed)
    left = np.full(len(vectors), np.inf)
    drawn = np.empty(0, np.int64)
    for number in range(1, ROUNDS + 1):
        wanted = count * number // ROUNDS - len(drawn)
        chances = np.where(np.isinf(left), 1.0, left)
        chances[drawn] = 0
        if (chances > 0).sum() < wanted:  # Nothing but copies of what is drawn already.
            chances = np.ones(len(vectors))
            chances[drawn] = 0
        fresh = random.choice(len(vectors), wanted, replace=False, p=chances / chances.sum())
        drawn = np.concatenate([drawn, fresh])
        if number < ROUNDS and not _measure(left, vectors, vectors[torch.from_numpy(fresh)], len(drawn), keep_on):
            return None
    return torch.from_numpy(np.sort(drawn))


def _measure(left: np.ndarray, vectors: Tensor, fresh: Tensor, drawn: int, keep_on: Callable[[int], bool]) -> bool:
    """Bring the squared distances *left* up to date with *fresh* vectors; False if asked to stop."""
    for start in range(0, len(vectors), _AT_ONCE):
        if not keep_on(drawn):
            return False
        part = slice(start, start + _AT_ONCE)
        distance, _ = nearest(vectors[part], fresh)
        left[part] = np.minimum(left[part], distance.double().square().numpy())
    return True

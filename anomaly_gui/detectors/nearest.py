"""Search for the nearest of many vectors, block by block."""

from __future__ import annotations

import torch
from torch import Tensor

_BLOCK = 2048
"""Entries compared at once: the products with a map of 64×64 patches take 32 MB."""


def nearest(queries: Tensor, entries: Tensor, squares: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """(Q, D) and (M, D) → distance (Q,) to the nearest entry, and its number (Q,) int64.

    *squares* (M,) are the entries' squared lengths, for a caller who asks often.

    The nearest is found by matrix products; its distance is then computed from the difference, which
    keeps its precision where both are close.
    """
    best_value: Tensor | None = None
    best_index: Tensor | None = None
    lengths = entries.square().sum(1) if squares is None else squares
    for start in range(0, entries.shape[0], _BLOCK):
        block = entries[start : start + _BLOCK]
        # |q − m|² − |q|², which has its minimum at the same entry.
        # In one call, because what is slow besides the product is each pass over its result.
        value, index = torch.addmm(lengths[start : start + _BLOCK], queries, block.T, alpha=-2).min(1)
        index = index + start
        if best_value is None or best_index is None:
            best_value, best_index = value, index
        else:
            closer = value < best_value
            best_value = torch.where(closer, value, best_value)
            best_index = torch.where(closer, index, best_index)
    if best_index is None:
        raise ValueError("no entries to search")
    return (queries - entries[best_index]).square().sum(1).sqrt(), best_index

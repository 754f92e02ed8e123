"""Search for the nearest of many vectors, block by block."""

from __future__ import annotations

import torch
from torch import Tensor

_BLOCK = 2048
"""Entries compared at once: the products with a map of 64×64 patches take 32 MB."""


_PARTS = 8
"""Of the entries, at least, that few_nearest() searches."""


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


def few_nearest(queries: Tensor, entries: Tensor, count: int, squares: Tensor, less: Tensor) -> tuple[Tensor, Tensor]:
    """(Q, D) and (M, D) → squared distances less what is to be taken off, and the numbers of their entries, both
    (Q, K), the least first.

    *squares* (M,) are the entries' squared lengths, *less* (M,) what is taken off, from 0. K is *count*, or less where
    there are very few entries. They are the best of the nearest of each of several parts of the entries, which costs no
    more than to find the nearest; where the entries' order is one of chance, hardly any truly near one is passed over.
    """
    known = int(entries.shape[0])  # Traced, its quotient would be another.
    size = min(_BLOCK, -(-known // _PARTS))
    biases = squares - less
    values, numbers = [], []
    for start in range(0, known, size):
        block = entries[start : start + size]
        value, number = torch.addmm(biases[start : start + size], queries, block.T, alpha=-2).min(1)
        values.append(value)
        numbers.append(number + start)
    chosen = torch.stack(values, 1).topk(min(count, len(values)), 1, largest=False).indices
    index = torch.stack(numbers, 1).gather(1, chosen)
    return (queries[:, None] - entries[index]).square().sum(2) - less[index], index

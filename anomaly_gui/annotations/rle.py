"""Masks as run lengths, as COCO defines them: column by column, the first run is background."""

from __future__ import annotations

import itertools

import msgspec
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.load import LIMIT_PX

_BITS_LIMIT = 40
"""Of one number in a compressed string; more than any image needs."""
_NEXT_STEP = "Write the annotations again with the program they came from"


class Rle(msgspec.Struct, frozen=True):
    """A mask of height × width pixels; runs of background and marked pixels in turn, top to bottom, left to right.

    Made by encode() or checked_rle(): the runs fill the image exactly, and none but the first is empty.
    """

    height: int
    width: int
    counts: tuple[int, ...]


def encode(mask: NDArray[np.bool_]) -> Rle:
    """(H, W) bool → its run lengths."""
    flat = np.ascontiguousarray(mask.T).ravel()
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    counts = np.diff(np.concatenate([[0], changes, [flat.size]])).tolist()
    starts_marked = flat.size > 0 and bool(flat[0])
    height, width = mask.shape
    return Rle(height, width, tuple([0, *counts] if starts_marked else counts))


def decode(rle: Rle) -> NDArray[np.bool_]:
    """(H, W) bool, True where marked."""
    marked = np.arange(len(rle.counts)) % 2 == 1
    return np.ascontiguousarray(np.repeat(marked, rle.counts).reshape(rle.width, rle.height).T)


def marked_pixels(rle: Rle) -> int:
    """How many pixels are marked."""
    return sum(rle.counts[1::2])


def checked_rle(height: int, width: int, counts: tuple[int, ...], what: str) -> Rle:
    """Runs as a file gave them. Raises InputError about *what* if they don't fill the image."""
    if height <= 0 or width <= 0 or height * width > LIMIT_PX:
        raise InputError(what, f"a mask of {width}×{height} pixels cannot be used", _NEXT_STEP)
    if any(count < 0 for count in counts) or sum(counts) != height * width:
        cause = f"its run lengths do not add up to the {width}×{height} pixels of the mask"
        raise InputError(what, cause, _NEXT_STEP)
    return Rle(height, width, _without_empty_runs(counts))


def compress(rle: Rle) -> str:
    """COCO's string: from the fourth run on the difference to the run two before, five bits a character."""
    text = []
    for place, count in enumerate(rle.counts):
        rest = count - rle.counts[place - 2] if place > 2 else count
        more = True
        while more:
            bits = rest & 0x1F
            rest >>= 5
            more = rest != (-1 if bits & 0x10 else 0)
            text.append(chr((bits | 0x20 if more else bits) + 48))
    return "".join(text)


def expand(text: str, what: str) -> tuple[int, ...]:
    """The run lengths of a compressed string. Raises InputError about *what* if it is none."""
    counts: list[int] = []
    value = shift = 0
    for character in text:
        bits = ord(character) - 48
        if not 0 <= bits < 64 or shift > _BITS_LIMIT:
            raise InputError(what, "its compressed mask holds characters that belong to no run length", _NEXT_STEP)
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits & 0x20:
            continue
        if bits & 0x10:
            value -= 1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
        value = shift = 0
    if shift:
        raise InputError(what, "its compressed mask is cut short", _NEXT_STEP)
    return tuple(counts)


def _without_empty_runs(counts: tuple[int, ...]) -> tuple[int, ...]:
    """One way to write each mask: runs that an empty one divides are joined."""
    runs = ((place % 2, count) for place, count in enumerate(counts) if count)
    joined = [(marked, sum(count for _, count in same)) for marked, same in itertools.groupby(runs, lambda run: run[0])]
    lengths = tuple(count for _, count in joined)
    return (0, *lengths) if joined and joined[0][0] else lengths

"""Tiles: a large image is looked at through windows of the detector's input size, and put together again.

All tiles are whole: along an axis they are spread evenly, so that the last one ends at the edge. Where two overlap,
the outer quarter of the overlap counts nothing, since a network sees no further than its tile there, and between
them one fades into the other like a Hann window.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from anomaly_gui.imaging.load import Pixels, to_channels, to_unit
from anomaly_gui.imaging.region import Region, fill_outside, inside_of_part

_EVERYTHING = Region()
_STRIP_PX = 1 << 20
"""Pixels that are turned into numbers at once where an image is shrunk."""


class Tiling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a run divides images."""

    side: Annotated[int, Meta(ge=1, le=4096)]
    """Of a tile, in pixels: the detector's input."""
    overlap: Annotated[float, Meta(ge=0, le=0.5)]
    """Of neighbours, at least this share of the side, [0, 0.5]."""
    factors: Annotated[tuple[Annotated[int, Meta(ge=1, le=64)], ...], Meta(min_length=1)]
    """Rising; 1 is the image at full size, 4 the image shrunk to a quarter of its sides."""


def factors_of(scales: str) -> tuple[int, ...]:
    """(1, 4) for "1+1/4", as settings say it."""
    return tuple(round(1 / float(Fraction(scale))) for scale in scales.split("+"))


@dataclass(frozen=True)
class TilePlan:
    """Where the tiles of one image lie, row by row."""

    height: int
    width: int
    side: int
    tops: tuple[int, ...]
    lefts: tuple[int, ...]

    def places(self) -> Iterator[tuple[int, int]]:
        """(row, column) of every tile."""
        return ((row, column) for row in range(len(self.tops)) for column in range(len(self.lefts)))

    def window(self, row: int, column: int) -> NDArray[np.float32]:
        """(side, side): how much the tile counts at each of its pixels; those of all tiles add up to 1."""
        down = _windows(self.tops, self.side)[row]
        across = _windows(self.lefts, self.side)[column]
        window: NDArray[np.float32] = down[:, None] * across
        return window

    def kept(self, inside: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        """(rows, columns): tiles that show anything of *inside* (height, width); all of them if that is None."""
        if inside is None:
            return np.ones((len(self.tops), len(self.lefts)), np.bool_)
        shown = [
            [inside[top : top + self.side, left : left + self.side].any() for left in self.lefts] for top in self.tops
        ]
        return np.asarray(shown, np.bool_)


def plan_tiles(height: int, width: int, side: int, overlap: float) -> TilePlan:
    """Cover *height* × *width* with tiles of *side*, neighbours sharing at least the share *overlap* of it.

    An axis shorter than a tile has one, which reaches over the edge. Raises ValueError for sizes below 1 or an
    overlap outside [0, 0.5].
    """
    if min(height, width, side) < 1 or not 0 <= overlap <= 0.5:
        raise ValueError(f"no tiles of {side} px with overlap {overlap} for {height}×{width}")
    shared = min(round(overlap * side), side - 1)
    return TilePlan(height, width, side, _starts(height, side, shared), _starts(width, side, shared))


def _starts(length: int, side: int, shared: int) -> tuple[int, ...]:
    reach = max(length - side, 0)
    steps = -(-reach // (side - shared))
    return tuple(number * reach // steps for number in range(steps + 1)) if steps else (0,)


@lru_cache(maxsize=64)
def _windows(starts: tuple[int, ...], side: int) -> NDArray[np.float32]:
    """(tiles, side): weights along one axis; at every pixel those of all tiles add up to 1. Read-only."""
    raw = np.ones((len(starts), side))
    for number in range(len(starts) - 1):
        shared = starts[number] + side - starts[number + 1]
        if shared > 0:
            fade = _fade(shared)
            raw[number + 1, :shared] *= fade
            raw[number, side - shared :] *= fade[::-1]
    total = np.zeros(starts[-1] + side)
    for start, weights in zip(starts, raw, strict=True):
        total[start : start + side] += weights
    shares = [weights / total[start : start + side] for start, weights in zip(starts, raw, strict=True)]
    made = np.asarray(shares, np.float32)
    made.flags.writeable = False
    return made


def _fade(shared: int) -> NDArray[np.float64]:
    """(shared,): nothing in the first quarter, half of a Hann window in the middle, all in the last quarter."""
    margin = shared // 4
    middle = shared - 2 * margin
    rise = np.sin(0.5 * np.pi * (np.arange(middle) + 0.5) / middle) ** 2
    return np.concatenate([np.zeros(margin), rise, np.ones(margin)])


@dataclass(frozen=True)
class Level:
    """An image at one scale, from which tiles are cut without turning all of it into numbers."""

    pixels: Pixels | NDArray[np.float32]
    """(H, W, C): as loaded, or float32 in [0, 1] where it was shrunk."""
    white_level: int
    channels: int
    """1 or 3, of the tiles."""
    region: Region = _EVERYTHING
    """What is outside of it is filled evenly."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.pixels.shape[0], self.pixels.shape[1]

    def cut(self, top: int, left: int, side: int) -> NDArray[np.float32]:
        """(channels, side, side) float32 in [0, 1]; what reaches over the edge mirrors the image."""
        part = self.pixels[top : top + side, left : left + side]
        unit = to_channels(_unit(part, self.white_level), self.channels)
        missing = side - unit.shape[0], side - unit.shape[1]
        if any(missing):
            unit = np.pad(unit, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="reflect")
        tile = np.ascontiguousarray(unit.transpose(2, 0, 1))
        return fill_outside(tile, inside_of_part(self.region, *self.size, top, left, side))


def levels(
    pixels: Pixels, white_level: int, channels: int, factors: Sequence[int], region: Region = _EVERYTHING
) -> list[Level]:
    """An image (H, W, C) at the scales *factors*."""
    return [
        Level(pixels if factor == 1 else _shrunk(pixels, white_level, channels, factor), white_level, channels, region)
        for factor in factors
    ]


def shrunk_size(height: int, width: int, factor: int) -> tuple[int, int]:
    """Of an image at the scale *factor*."""
    return -(-height // factor), -(-width // factor)


def _shrunk(pixels: Pixels, white_level: int, channels: int, factor: int) -> NDArray[np.float32]:
    """Means of squares of *factor* pixels, (⌈H/factor⌉, ⌈W/factor⌉, channels); the last ones repeat the edge."""
    height, width = shrunk_size(pixels.shape[0], pixels.shape[1], factor)
    made = np.empty((height, width, channels), np.float32)
    rows = max(1, _STRIP_PX // (pixels.shape[1] * factor))
    for first in range(0, height, rows):
        strip: NDArray[Any] = pixels[first * factor : (first + rows) * factor]
        down, across = -len(strip) % factor, -pixels.shape[1] % factor
        if down or across:
            strip = np.pad(strip, ((0, down), (0, across), (0, 0)), mode="edge")
        unit = to_channels(to_unit(strip, white_level), channels)
        cells = unit.reshape(len(strip) // factor, factor, width, factor, channels)
        made[first : first + rows] = cells.mean(axis=(1, 3))
    return made


def _unit(part: Pixels | NDArray[np.float32], white_level: int) -> NDArray[np.float32]:
    if part.dtype == np.float32:
        return np.asarray(part, np.float32)
    return to_unit(part, white_level)  # type: ignore[arg-type]


def blend(
    plan: TilePlan, tiles: Iterable[tuple[int, int, NDArray[np.float32]]]
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Tiles (row, column, (K, side, side)), row after row, become strips (top, (K, r, width)) of the whole.

    Tiles that are left out count as 0. No more than one row of tiles is held.
    """
    buffer: NDArray[np.float32] | None = None
    at = 0
    for row, column, tile in tiles:
        if buffer is None:
            buffer = np.zeros((len(tile), plan.side, max(plan.width, plan.side)), np.float32)
        while at < row:
            yield _finished(plan, buffer, at)
            at += 1
        left = plan.lefts[column]
        buffer[:, :, left : left + plan.side] += tile * plan.window(row, column)
    while buffer is not None and at < len(plan.tops):
        yield _finished(plan, buffer, at)
        at += 1


def _finished(plan: TilePlan, buffer: NDArray[np.float32], row: int) -> tuple[int, NDArray[np.float32]]:
    """The part of row *row* that the next one does not reach; the buffer is moved on to that one."""
    top = plan.tops[row]
    following = plan.tops[row + 1] if row + 1 < len(plan.tops) else plan.height
    count = min(following, plan.height) - top
    done = buffer[:, :count, : plan.width].copy()
    buffer[:, : plan.side - count] = buffer[:, count:].copy()
    buffer[:, plan.side - count :] = 0
    return top, done

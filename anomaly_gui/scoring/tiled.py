"""A large image to its normalised map by tiles: for the app and a bundle's runtime alike."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.load import Pixels
from anomaly_gui.imaging.region import Region, inside_of
from anomaly_gui.imaging.tiles import Level, Tiling, blend, levels, plan_tiles, shrunk_size
from anomaly_gui.scoring.normalise import Normaliser, apply
from anomaly_gui.scoring.peak import Peak, peak_box
from anomaly_gui.scoring.reduce import lowest_outside
from anomaly_gui.scoring.smooth import smooth

Tiles = NDArray[np.float32]
"""(N, C, side, side) in [0, 1]."""

_EVERYTHING = Region()

Item = TypeVar("Item")
Made = TypeVar("Made")


@dataclass(frozen=True)
class TileNetwork:
    """Looks at tiles, on several cores at once."""

    judge: Callable[[Tiles, bool], tuple[Tiles | None, NDArray[np.float32]]]
    """Tiles → raw anomaly maps (N, side, side), and where they are wanted, pictures of the tiles' shape, or None.
    Asked from several threads at once, if there are."""
    threads: int = 1
    """A tile is looked at by one of them: that keeps the cores busier than sharing the work on each."""
    prepare: Callable[[], object] | None = None
    """Called first in each thread, if there are several."""

    def in_order(self, work: Callable[[Item], Made], items: Sequence[Item]) -> Iterator[Made]:
        """What *work* makes of each of the items, a few of them ahead."""
        if self.threads == 1:
            yield from map(work, items)
            return
        waiting: deque[Future[Made]] = deque()
        with ThreadPoolExecutor(self.threads, "tiles", initializer=self.prepare) as pool:
            try:
                for item in items:
                    waiting.append(pool.submit(work, item))
                    if len(waiting) > 2 * self.threads:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class TiledView:
    """How a run looks at images of any size."""

    tiling: Tiling
    channels: int
    """1 or 3."""
    batch_size: int
    """Tiles that the network is given at once."""
    region: Region = _EVERYTHING

    def inside(self, height: int, width: int, factor: int) -> NDArray[np.bool_] | None:
        """(h, w) of an image at the scale *factor*: what counts; None if that is everything."""
        return inside_of(self.region, *shrunk_size(height, width, factor))


@dataclass(frozen=True)
class RawLevel:
    """What a network makes of an image at one scale."""

    factor: int
    anomaly_map: NDArray[np.float32]
    """(h, w), blended, neither smoothed nor normalised; 0 where no tile was looked at."""
    reconstruction: NDArray[np.uint8] | None
    """(h, w, C), if it was asked for and there is one."""


def raw_levels(
    pixels: Pixels, white_level: int, view: TiledView, network: TileNetwork, *, pictures: bool = False
) -> Iterator[RawLevel]:
    """An image (H, W, C) at every scale, the finest first; *pictures* are kept of the finest alone."""
    height, width = pixels.shape[:2]
    factors = view.tiling.factors
    made = levels(pixels, white_level, view.channels, factors, view.region)
    for factor, level in zip(factors, made, strict=True):
        inside = view.inside(height, width, factor)
        yield _raw_level(factor, level, view, network, inside, pictures=pictures and factor == factors[0])


def _raw_level(
    factor: int,
    level: Level,
    view: TiledView,
    network: TileNetwork,
    inside: NDArray[np.bool_] | None,
    *,
    pictures: bool,
) -> RawLevel:
    plan = plan_tiles(*level.size, view.tiling.side, view.tiling.overlap)
    keep = plan.kept(inside)
    places = [place for place in plan.places() if keep[place]]
    batches = [places[first : first + view.batch_size] for first in range(0, len(places), view.batch_size)]
    made = np.zeros(level.size, np.float32)
    drawn: NDArray[np.uint8] | None = None

    def judge(batch: list[tuple[int, int]]) -> NDArray[np.float32]:
        """(N, 1 or 1 + C, side, side): maps, and pictures where they are wanted."""
        cut = [level.cut(plan.tops[row], plan.lefts[column], plan.side) for row, column in batch]
        reconstructions, maps = network.judge(np.stack(cut), pictures)
        planes = maps[:, None]
        return planes if reconstructions is None else np.concatenate([planes, reconstructions], axis=1)

    def judged() -> Iterator[tuple[int, int, NDArray[np.float32]]]:
        for batch, planes in zip(batches, network.in_order(judge, batches), strict=True):
            for (row, column), of_tile in zip(batch, planes, strict=True):
                yield row, column, of_tile

    for top, strip in blend(plan, judged()):
        rows = slice(top, top + strip.shape[1])
        made[rows] = strip[0]
        if len(strip) > 1:
            if drawn is None:
                drawn = np.zeros((*level.size, len(strip) - 1), np.uint8)
            shown = np.nan_to_num(np.clip(strip[1:], 0, 1)) * np.float32(255)
            drawn[rows] = np.rint(shown).astype(np.uint8).transpose(1, 2, 0)
    return RawLevel(factor, made, drawn)


def smoothed(raw: RawLevel, sigma_px: float) -> NDArray[np.float32]:
    """(h, w): what a normaliser is fitted to and applied to."""
    return smooth(raw.anomaly_map, sigma_px)


def combined(
    raws: Iterator[RawLevel] | Sequence[RawLevel],
    normalisers: Sequence[Normaliser],
    sigma_px: float,
    inside: NDArray[np.bool_] | None,
) -> tuple[NDArray[np.float32], Peak]:
    """The highest of all scales at every pixel of the finest, (h, w), in that one's standard deviations of good images.

    0, what good images show, outside of *inside* (h, w). A value that is not finite stays in the map.
    """
    together: NDArray[np.float32] | None = None
    finest, peaks = 0, []
    for raw, normaliser in zip(raws, normalisers, strict=True):
        finest = finest or raw.factor
        counted = None
        if inside is not None:
            counted = _shrunk_mask(inside, raw.anomaly_map.shape, raw.factor // finest)
        made = apply(normaliser, smoothed(raw, sigma_px), counted)
        if together is None:
            together = made
        peaks.append((raw.factor, float(made.max())))
        if made is not together:
            _raise_to(together, made, raw.factor // finest)
    assert together is not None
    if inside is not None:
        together[~inside] = 0
    # NaN is not greater than anything: the finest scale then stands for it.
    factor = max(peaks, key=lambda peak: peak[1])[0]
    return together, Peak(factor, peak_box(lowest_outside(together, inside)))


def _raise_to(fine: NDArray[np.float32], coarse: NDArray[np.float32], times: int) -> None:
    """Raise (h, w) to the values of (⌈h/times⌉, ⌈w/times⌉), in place, a few rows at a time."""
    for row in range(len(coarse)):
        part = fine[row * times : (row + 1) * times]
        np.maximum(part, np.repeat(coarse[row], times)[: fine.shape[1]], out=part)


def _shrunk_mask(inside: NDArray[np.bool_], shape: tuple[int, ...], times: int) -> NDArray[np.bool_]:
    """(h, w) → *shape*: True where any pixel of the square of *times* is."""
    if inside.shape == shape:
        return inside
    down, across = shape[0] * times - inside.shape[0], shape[1] * times - inside.shape[1]
    padded = np.pad(inside, ((0, down), (0, across)))
    return np.asarray(padded.reshape(shape[0], times, shape[1], times).any(axis=(1, 3)))

"""Anomaly maps in units of what held-out good images show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

GRID = 32
"""Cells on each side that a large map is divided into, so that an edge is compared with that edge."""
_STRIP_ROWS = 256
_MOST_APART = 4.0
"""The factor between scales' units that a few held-out images may ask for."""
_PRIOR_OF_MEAN = 1
_PRIOR_OF_VARIANCE = 10
"""How many images the whole map's figures weigh against those of one place: a mean is known
from a few images, a variance is not."""


@dataclass(frozen=True)
class Normaliser:
    """A map is shown and scored as (map − mean) / scale."""

    mean: NDArray[np.float32]
    """(H, W) per place, (1, 1) globally, or a coarse grid between whose cells' centres it is linear."""
    scale: NDArray[np.float32]
    """Same shape, above 0."""


def fit_normaliser(
    maps: Iterable[NDArray[np.float32]],
    mode: Literal["place", "global"],
    inside: NDArray[np.bool_] | None = None,
) -> Normaliser:
    """Learn mean and standard deviation from smoothed maps (H, W) of held-out good images.

    Per place, both are shrunk towards the whole map's: few images say little about one pixel, and
    a pixel that never varied among them must not turn the slightest change into an alarm. The
    variance is shrunk towards the average of all places, each about its own mean. Only what is *inside* (H, W)
    is learnt from; outside the usual mean and a scale of 1 stand for what does not count.
    Raises ValueError without a map, or without a pixel that counts.
    """
    count = 0
    total = total_of_squares = np.zeros(0)
    for anomaly_map in maps:
        values = (anomaly_map if inside is None else anomaly_map[inside]).astype(np.float64)
        total = values if count == 0 else total + values
        total_of_squares = values**2 if count == 0 else total_of_squares + values**2
        count += 1
    if count == 0 or total.size == 0:
        raise ValueError("a normaliser needs at least one map of a good image")
    place_mean = total / count
    global_mean = place_mean.mean()
    if mode == "global" or count == 1:
        mean = np.full((1, 1), global_mean)
        variance = np.full((1, 1), max(float(total_of_squares.mean() / count - global_mean**2), 0.0))
    else:
        mean = _shrunk(place_mean, global_mean, count, _PRIOR_OF_MEAN)
        place_variance = np.maximum(total_of_squares - count * place_mean**2, 0.0) / (count - 1)
        variance = _shrunk(place_variance, place_variance.mean(), count, _PRIOR_OF_VARIANCE)
        if inside is not None:
            mean, variance = _laid_out(mean, inside, float(global_mean)), _laid_out(variance, inside, 1.0)
    scale = np.sqrt(variance).astype(np.float32)
    # A map that is the same everywhere, always, has no unit of its own.
    return Normaliser(mean.astype(np.float32), np.where(scale > 0, scale, np.float32(1)))


def _laid_out(values: NDArray[np.float64], inside: NDArray[np.bool_], outside: float) -> NDArray[np.float64]:
    """(K,) of the pixels *inside* → (H, W)."""
    made = np.full(inside.shape, outside)
    made[inside] = values
    return made


def _shrunk(places: NDArray[np.float64], whole: np.float64, count: int, prior: int) -> NDArray[np.float64]:
    """(H, W): each place's figure and the whole map's, weighed by images."""
    return np.asarray((count * places + prior * whole) / (count + prior))


def apply(
    normaliser: Normaliser, anomaly_map: NDArray[np.float32], inside: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    """(H, W) smoothed → (H, W) float32 in standard deviations of good images; 0 outside of *inside* (H, W)."""
    made = _applied(normaliser, anomaly_map)
    if inside is not None:
        made[~inside] = 0
    return made


def _applied(normaliser: Normaliser, anomaly_map: NDArray[np.float32]) -> NDArray[np.float32]:
    if normaliser.mean.shape in ((1, 1), anomaly_map.shape):
        made: NDArray[np.float32] = (anomaly_map - normaliser.mean) / normaliser.scale
        return made
    made = np.empty_like(anomaly_map)
    height, width = anomaly_map.shape
    down = _between_centres(normaliser.mean.shape[0], height)
    across = _between_centres(normaliser.mean.shape[1], width).T
    for top in range(0, height, _STRIP_ROWS):
        rows = slice(top, top + _STRIP_ROWS)
        mean, scale = (down[rows] @ grid @ across for grid in (normaliser.mean, normaliser.scale))
        made[rows] = (anomaly_map[rows] - mean) / scale
    return made


def _between_centres(cells: int, length: int) -> NDArray[np.float32]:
    """(length, cells): each pixel's shares of the two cells whose centres it lies between."""
    place = np.clip((np.arange(length) + 0.5) * cells / length - 0.5, 0, cells - 1)
    distance = np.abs(place[:, None] - np.arange(cells))
    return np.asarray(np.maximum(1 - distance, 0), np.float32)


class GridMoments:
    """What smoothed maps of held-out good images show in each cell of a grid, whatever their sizes."""

    def __init__(self) -> None:
        self._sums = np.zeros((3, GRID, GRID))
        """Of pixels, values and squares."""
        self._images = np.zeros((GRID, GRID))
        self._highest: list[NDArray[np.float32]] = []
        """Of each map in each cell, (GRID, GRID), -inf where there is nothing."""

    def add(self, anomaly_map: NDArray[np.float32], inside: NDArray[np.bool_] | None = None) -> None:
        """Take (H, W), of which only the pixels *inside* (H, W) count; all of them if that is None."""
        made = np.zeros((3, GRID, GRID))
        highest = np.full((GRID, GRID), -np.inf, np.float32)
        down, across = _edges(anomaly_map.shape[0]), _edges(anomaly_map.shape[1])
        for row, (top, bottom) in enumerate(pairwise(down)):
            values = anomaly_map[top:bottom].astype(np.float64)
            counted = np.ones(values.shape) if inside is None else inside[top:bottom].astype(np.float64)
            for number, part in enumerate((counted, values * counted, values**2 * counted)):
                below = np.concatenate([[0.0], np.cumsum(part.sum(axis=0))])
                made[number, row] = np.diff(below[across])
            if top < bottom:
                shown = anomaly_map[top:bottom] if inside is None else np.where(inside[top:bottom], values, -np.inf)
                columns = shown.max(axis=0)
                highest[row] = [columns[a:b].max(initial=-np.inf) for a, b in pairwise(across)]
        self._sums += made
        self._images += made[0] > 0
        self._highest.append(highest)

    def usual_peak(self, normaliser: Normaliser) -> float:
        """What the maps reach at their highest by *normaliser*, the median of them, each cell being measured as in its
        middle. Not above 0 or not finite where they show nothing."""
        return float(np.median([((cells - normaliser.mean) / normaliser.scale).max() for cells in self._highest]))

    def fit(self, mode: Literal["place", "global"]) -> Normaliser:
        """As fit_normaliser does it, cells in place of pixels. Raises ValueError without a pixel."""
        count, total, squares = self._sums
        if not count.sum():
            raise ValueError("a normaliser needs at least one map of a good image")
        whole_mean = total.sum() / count.sum()
        if mode == "global":
            mean = np.full((1, 1), whole_mean)
            variance = np.full((1, 1), max(squares.sum() / count.sum() - whole_mean**2, 0.0))
        else:
            some = np.maximum(count, 1)
            own = np.where(count > 0, total / some, whole_mean)
            own_variance = np.where(count > 0, np.maximum(squares / some - own**2, 0.0), 0.0)
            usual = np.full_like(own, (own_variance * count).sum() / count.sum())
            images = self._images
            mean = (images * own + _PRIOR_OF_MEAN * whole_mean) / (images + _PRIOR_OF_MEAN)
            variance = (images * own_variance + _PRIOR_OF_VARIANCE * usual) / (images + _PRIOR_OF_VARIANCE)
        scale = np.sqrt(variance).astype(np.float32)
        return Normaliser(mean.astype(np.float32), np.where(scale > 0, scale, np.float32(1)))


def equally_high(normalisers: Sequence[Normaliser], peaks: Sequence[float]) -> list[Normaliser]:
    """The same, but all of them bring good images as high as the first does, whose maps reach *peaks* at their highest.

    The largest of a few million pixels is further out than the largest of a few hundred thousand: the maximum of
    several scales would else be the finest's alone, and a faint area on a coarse one drown in its noise.
    """
    made = []
    for normaliser, peak in zip(normalisers, peaks, strict=True):
        share = peak / peaks[0] if min(peak, peaks[0]) > 0 and np.isfinite([peak, peaks[0]]).all() else 1.0
        share = float(np.clip(share, 1 / _MOST_APART, _MOST_APART))
        made.append(Normaliser(normaliser.mean, normaliser.scale * np.float32(share)))
    return made


def _edges(length: int) -> NDArray[np.int64]:
    """(GRID + 1,): where the cells begin along an axis; some are empty where it is short."""
    return np.arange(GRID + 1, dtype=np.int64) * length // GRID

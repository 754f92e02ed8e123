"""Anomaly maps in units of what held-out good images show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

_PRIOR_OF_MEAN = 1
_PRIOR_OF_VARIANCE = 10
"""How many images the whole map's figures weigh against those of one place: a mean is known
from a few images, a variance is not."""


@dataclass(frozen=True)
class Normaliser:
    """A map is shown and scored as (map − mean) / scale."""

    mean: NDArray[np.float32]
    """(H, W) per place, or (1, 1) globally."""
    scale: NDArray[np.float32]
    """Same shape, above 0."""


def fit_normaliser(maps: Iterable[NDArray[np.float32]], mode: Literal["place", "global"]) -> Normaliser:
    """Learn mean and standard deviation from smoothed maps (H, W) of held-out good images.

    Per place, both are shrunk towards the whole map's: few images say little about one pixel, and
    a pixel that never varied among them must not turn the slightest change into an alarm. The
    variance is shrunk towards the average of all places, each about its own mean.
    Raises ValueError without a map.
    """
    count = 0
    total = total_of_squares = np.zeros(0)
    for anomaly_map in maps:
        values = anomaly_map.astype(np.float64)
        total = values if count == 0 else total + values
        total_of_squares = values**2 if count == 0 else total_of_squares + values**2
        count += 1
    if count == 0:
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
    scale = np.sqrt(variance).astype(np.float32)
    # A map that is the same everywhere, always, has no unit of its own.
    return Normaliser(mean.astype(np.float32), np.where(scale > 0, scale, np.float32(1)))


def _shrunk(places: NDArray[np.float64], whole: np.float64, count: int, prior: int) -> NDArray[np.float64]:
    """(H, W): each place's figure and the whole map's, weighed by images."""
    return np.asarray((count * places + prior * whole) / (count + prior))


def apply(normaliser: Normaliser, anomaly_map: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W) smoothed → (H, W) float32 in standard deviations of good images."""
    return (anomaly_map - normaliser.mean) / normaliser.scale

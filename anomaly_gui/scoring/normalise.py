"""Anomaly maps in units of what held-out good images show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

_PRIOR_IMAGES = 10
"""How many images the global figures weigh against those of one place."""


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
    a pixel that never varied among them must not turn the slightest change into an alarm.
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
    global_variance = max(float(total_of_squares.mean() / count - global_mean**2), 0.0)
    if mode == "global":
        mean, variance = np.full((1, 1), global_mean), np.full((1, 1), global_variance)
    else:
        place_variance = np.maximum(total_of_squares / count - place_mean**2, 0.0)
        weight = count / (count + _PRIOR_IMAGES)
        mean = weight * place_mean + (1 - weight) * global_mean
        variance = weight * place_variance + (1 - weight) * global_variance
    scale = np.sqrt(variance).astype(np.float32)
    # A map that is the same everywhere, always, has no unit of its own.
    return Normaliser(mean.astype(np.float32), np.where(scale > 0, scale, np.float32(1)))


def apply(normaliser: Normaliser, anomaly_map: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W) smoothed → (H, W) float32 in standard deviations of good images."""
    return (anomaly_map - normaliser.mean) / normaliser.scale

"""A normalised anomaly map becomes one number."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.scoring.settings import ScoringSettings

BIN_COUNT = 768
BIN_EDGES: NDArray[np.float32] = np.sinh(np.linspace(np.arcsinh(-20.0), np.arcsinh(1e5), BIN_COUNT - 1)).astype(
    np.float32
)
"""(767,) inner edges of the histogram that a run stores of every map: 0.02 standard deviations
apart near 0 and 2 % apart further out; the first and the last bin are open."""


def area_edge(level: float) -> float:
    """The bin edge nearest to *level*: areas are counted there, so that stored histograms give them exactly."""
    return float(BIN_EDGES[np.argmin(np.abs(BIN_EDGES - level))])


def top_count(pixels: int, top_per_10000: int) -> int:
    """How many of *pixels* the reduction "top" averages; at least one."""
    return max(1, round(pixels * top_per_10000 / 10_000))


def counted(normalised_map: NDArray[np.float32], inside: NDArray[np.bool_] | None) -> NDArray[np.float32]:
    """The values of a map (H, W) that count: all of it, or (K,) those *inside* (H, W)."""
    return normalised_map if inside is None else normalised_map[inside]


def lowest_outside(normalised_map: NDArray[np.float32], inside: NDArray[np.bool_] | None) -> NDArray[np.float32]:
    """(H, W) that has outside of *inside* the lowest value that counts: nothing there is a peak or part of a region."""
    if inside is None or not inside.any():
        return normalised_map
    return np.where(inside, normalised_map, np.fmin.reduce(normalised_map[inside]))


def top_mean(normalised_map: NDArray[np.float32], top_per_10000: int) -> float:
    """Mean of the largest values of a map of any shape."""
    count = top_count(normalised_map.size, top_per_10000)
    return float(np.partition(normalised_map, normalised_map.size - count, axis=None)[-count:].mean())


def region_level(normalised_map: NDArray[np.float32], side: int) -> float:
    """The highest level at which a square of *side* pixels of (H, W) is above it throughout.

    The maximum of the map's erosion by a square that lies inside: a bundle's graph has no connected regions.
    """
    side = min(side, *normalised_map.shape)
    eroded = cv2.erode(normalised_map, np.ones((side, side), np.uint8), anchor=(0, 0))
    rows, columns = (length - side + 1 for length in normalised_map.shape)
    return float(eroded[:rows, :columns].max())


def reduce(
    normalised_map: NDArray[np.float32], settings: ScoringSettings, inside: NDArray[np.bool_] | None = None
) -> float:
    """Score of (H, W), of which only what is *inside* (H, W) counts.

    NaN if any value that counts is not finite, or if none counts: callers call such an image defective.
    """
    values = counted(normalised_map, inside)
    if not values.size or not np.isfinite(values).all():
        return float("nan")
    match settings.reduction:
        case "max":
            return float(values.max())
        case "top":
            return top_mean(values, settings.top_per_10000)
        case "area":
            return float((values >= np.float32(area_edge(settings.area_level))).mean())
        case "region":
            return region_level(lowest_outside(normalised_map, inside), settings.region_side_px)
        case "mean":
            return float(values.mean())

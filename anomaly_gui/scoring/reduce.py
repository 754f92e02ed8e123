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


def top_mean(normalised_map: NDArray[np.float32], top_per_10000: int) -> float:
    """Mean of the largest values of (H, W)."""
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


def reduce(normalised_map: NDArray[np.float32], settings: ScoringSettings) -> float:
    """Score of (H, W). NaN if any value is not finite: callers call such an image defective."""
    if not np.isfinite(normalised_map).all():
        return float("nan")
    match settings.reduction:
        case "max":
            return float(normalised_map.max())
        case "top":
            return top_mean(normalised_map, settings.top_per_10000)
        case "area":
            return float((normalised_map >= np.float32(area_edge(settings.area_level))).mean())
        case "region":
            return region_level(normalised_map, settings.region_side_px)
        case "mean":
            return float(normalised_map.mean())

"""The places of an anomaly map that stand out most, worst first."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_PART_OF_PEAK = 0.5
"""A region reaches as far as the map stays above this share of its peak's height over the map's median."""
_WORTH_SHOWING = 0.25
"""Regions below this share of the worst one's height are no places to look at."""


@dataclass(frozen=True)
class Region:
    """Connected pixels around one peak. Shares of the map's width and height, so that they fit any size."""

    left: float
    top: float
    width: float
    height: float
    peak: float
    """In the map's units."""
    peak_x: float
    """Middle of the highest pixel, as is the next one."""
    peak_y: float
    touches: bool | None = None
    """Whether it meets the mask or is its direct neighbour; None without a mask."""


def worst_regions(
    anomaly_map: NDArray[np.float32], count: int = 8, mask: NDArray[np.bool_] | None = None
) -> list[Region]:
    """Up to *count* regions of a map (H, W), the highest peak first; none where nothing is above 0.

    *mask* (H, W) tells which of them touch the defect. What is not finite counts as the highest.
    """
    left = np.nan_to_num(anomaly_map.astype(np.float32), nan=np.inf, posinf=np.inf)
    finite = left[np.isfinite(left)]
    left[~np.isfinite(left)] = finite.max(initial=0.0) + 1.0
    near = None if mask is None else near_mask(mask)
    base = max(float(np.median(left)), 0.0)
    found: list[Region] = []
    while len(found) < count:
        row, column = np.unravel_index(int(left.argmax()), left.shape)
        peak = float(left[row, column])
        if peak <= 0 or (found and peak - base <= _WORTH_SHOWING * (found[0].peak - base)):
            break
        level = base + _PART_OF_PEAK * (peak - base)
        _, labels, boxes, _ = cv2.connectedComponentsWithStats((left >= level).astype(np.uint8))
        number = int(labels[row, column])
        inside = labels == number
        touches = None if near is None else bool((inside & near).any())
        found.append(_region(boxes[number], peak, (int(row), int(column)), left.shape, touches))
        left[inside] = -np.inf
    return found


def _region(
    box: NDArray[np.int32], peak: float, at: tuple[int, int], shape: tuple[int, ...], touches: bool | None
) -> Region:
    rows, columns = shape[:2]
    x, y, width, height = (int(v) for v in box[:4])
    middle = ((at[1] + 0.5) / columns, (at[0] + 0.5) / rows)
    return Region(x / columns, y / rows, width / columns, height / rows, peak, *middle, touches)


def near_mask(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask (H, W) and the pixels next to it."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)), np.bool_)

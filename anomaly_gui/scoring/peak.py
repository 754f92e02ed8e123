"""Where a map is highest: the scale and the region that set an image's score."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_REACH_PX = 512
_SHARE = 0.5
"""Of its peak: a region is what is connected above that."""


@dataclass(frozen=True)
class Peak:
    """Where a map is highest."""

    factor: int
    """The scale that shows it: 1 is full size."""
    box: tuple[int, int, int, int]
    """x, y, width, height of what is connected above half of it, in pixels of the map."""


def peak_box(normalised_map: NDArray[np.float32]) -> tuple[int, int, int, int]:
    """x, y, width, height of what is connected with the highest value of (h, w) above half of it.

    Looked for within 512 px around it; the pixel alone where that is not above 0.
    """
    at = int(np.argmax(normalised_map))
    row, column = divmod(at, normalised_map.shape[1])
    top, left = max(row - _REACH_PX, 0), max(column - _REACH_PX, 0)
    around = normalised_map[top : row + _REACH_PX, left : column + _REACH_PX]
    peak = float(normalised_map[row, column])
    if not peak > 0:
        return column, row, 1, 1
    # NaN, which argmax finds first, is not below any level.
    above = (~(around < np.float32(peak * _SHARE))).astype(np.uint8)
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(above, connectivity=8)
    x, y, width, height = boxes[labels[row - top, column - left]][:4].tolist()
    return left + x, top + y, width, height

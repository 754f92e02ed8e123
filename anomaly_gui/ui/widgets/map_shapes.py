"""What is derived from an error map to be drawn: its contour at a level, and a scale of its own."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QPainterPath

from anomaly_gui.ui.widgets.picture_set import MAP_LEVELS, Picture, map_picture, outline


def contour_path(stored: Picture, level: float, scale: tuple[float, float], size: tuple[int, int]) -> QPainterPath:
    """Around all pixels of a stored map whose value is at least *level*, stretched to *size* (width, height).

    *scale* are the values that the ends of the stored map stand for. Above its upper end nothing is told
    apart: the path is then empty.
    """
    lower, upper = scale
    share = (level - lower) / (upper - lower) if upper > lower else np.inf
    if not 0 < share <= 1:
        return QPainterPath()
    values = stored.values[:, :, 0]
    above = values >= share * MAP_LEVELS
    rows, columns = np.flatnonzero(above.any(axis=1)), np.flatnonzero(above.any(axis=0))
    if not len(rows):
        return QPainterPath()
    # Most of a map is calm: only the part that is not is searched for edges.
    part = above[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    edges = outline(part).astype(np.float64).reshape(-1, 2)
    edges += np.asarray([columns[0], rows[0]])
    across, down = size[0] / values.shape[1], size[1] / values.shape[0]
    return pg.functions.arrayToQPath(edges[:, 0] * across, edges[:, 1] * down, connect="pairs", finiteCheck=False)


def on_own_scale(stored: Picture) -> tuple[Picture, float]:
    """The map with its own highest value as the brightest colour, and that value as a share of the run's scale."""
    values = stored.values[:, :, 0]
    highest = max(int(values.max()), 1)
    stretched = map_picture(np.rint(values.astype(np.float32) * np.float32(MAP_LEVELS / highest)).astype(np.uint16))
    if len(stored.levels) > len(stretched.levels):  # Of a large map the finest levels are kept with 8 bits.
        table = np.rint(np.minimum(np.arange(256) * (MAP_LEVELS / highest), 255)).astype(np.uint8)
        finer = stored.levels[: len(stored.levels) - len(stretched.levels)]
        levels = (*(np.asarray(cv2.LUT(level, table), np.uint8) for level in finer), *stretched.levels)
        stretched = replace(stretched, levels=levels)
    return stretched, highest / MAP_LEVELS

"""Colour maps for error maps: lookup tables in which equal steps look equal."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

COLOUR_MAPS = {"Inferno": "inferno", "Viridis": "viridis", "Cividis": "cividis", "Grey": "CET-L1"}
"""Title → pyqtgraph's name. All rise evenly in lightness, so they also work printed in grey."""
DEFAULT_COLOUR_MAP = "Inferno"

_CLEAR_BELOW = 0.08
_OPAQUE_ABOVE = 0.55
_FULL = 255


@lru_cache(maxsize=8)
def lookup_table(title: str) -> NDArray[np.uint8]:
    """(256, 3) RGB of a colour map; a title that is not known gives the default."""
    name = COLOUR_MAPS.get(title, COLOUR_MAPS[DEFAULT_COLOUR_MAP])
    table = pg.colormap.get(name).getLookupTable(nPts=256, alpha=False)
    return np.asarray(table, np.uint8)


@lru_cache(maxsize=8)
def colour_table(title: str) -> list[int]:
    """256 opaque colours 0xAARRGGBB for an indexed picture."""
    return _packed(lookup_table(title), np.full(256, _FULL, np.uint32))


@lru_cache(maxsize=8)
def overlay_table(title: str) -> list[int]:
    """256 colours 0xAARRGGBB: what is normal stays clear, so that the image is seen below it."""
    position = np.linspace(0, 1, 256)
    alpha = np.clip((position - _CLEAR_BELOW) / (_OPAQUE_ABOVE - _CLEAR_BELOW), 0, 1)
    return _packed(lookup_table(title), np.rint(alpha * _FULL).astype(np.uint32))


def _packed(rgb: NDArray[np.uint8], alpha: NDArray[np.uint32]) -> list[int]:
    wide = rgb.astype(np.uint32)
    packed = alpha << 24 | wide[:, 0] << 16 | wide[:, 1] << 8 | wide[:, 2]
    return [int(value) for value in packed]

"""Going from the worst spot of an image to the next worst. No Qt."""

from __future__ import annotations

import numpy as np

from anomaly_gui.evaluation.regions import Region, worst_regions
from anomaly_gui.ui.widgets.picture_set import Picture
from anomaly_gui.ui.widgets.viewport import MAX_SCALE, Viewport

_SHOWN_SHARE = 0.3
"""Of the pane, for a region that one jumps to: its surroundings are seen as well."""
_LARGEST_PIXEL = 4.0
"""Screen pixels for one of the image: a dot must not fill the pane with squares."""
_SEARCHED_PX = 512
"""Regions are looked for in a copy of the map that is not larger."""


class RegionTour:
    """Regions are looked for when they are first asked for."""

    def __init__(self) -> None:
        self._map: Picture | None = None
        self._regions: list[Region] | None = None
        self._place = -1

    def set_map(self, stored: Picture | None) -> None:
        """Another image: start at its worst spot."""
        self._map, self._regions, self._place = stored, None, -1

    def go(self, direction: int) -> Region | None:
        """The worst spot first, then the next (1) or previous (-1), around the end; None if there is none.

        The peak is a level of colour, no error.
        """
        regions = self.regions
        if not regions:
            return None
        self._place = 0 if self._place < 0 else (self._place + direction) % len(regions)
        return regions[self._place]

    @property
    def regions(self) -> list[Region]:
        """Worst first."""
        if self._regions is None:
            self._regions = _regions_of(self._map) if self._map is not None else []
        return self._regions

    @property
    def place(self) -> int:
        """Which of them was gone to last; -1 before the first."""
        return self._place


def _regions_of(stored: Picture) -> list[Region]:
    levels = stored.levels
    level = next((each for each in levels if max(each.shape) <= _SEARCHED_PX), levels[-1])
    return worst_regions(level.astype(np.float32))


def view_of(region: Region, image: tuple[int, int], pane: tuple[int, int]) -> Viewport:
    """A viewport in whose middle the region lies, never smaller than the whole image in the pane."""
    smallest = Viewport.fitted(image, pane).scale
    width, height = region.width * image[0], region.height * image[1]
    scale = _SHOWN_SHARE * min(pane[0] / max(width, 1.0), pane[1] / max(height, 1.0))
    scale = min(max(scale, smallest), max(_LARGEST_PIXEL, smallest), MAX_SCALE)
    x, y = (region.left + region.width / 2) * image[0], (region.top + region.height / 2) * image[1]
    return Viewport(scale, x, y).kept_on(image)

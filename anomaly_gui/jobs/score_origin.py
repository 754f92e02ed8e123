"""Where in an image, and at which scale, its score comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from anomaly_gui.jobs.run_facts import RunFacts
from anomaly_gui.project.records import Image
from anomaly_gui.scoring.statistics import RunStatistics


@dataclass(frozen=True)
class ScoreOrigin:
    """The place at which an image's map is highest."""

    factor: int | None
    """The scale of the tiles that show it: 1 is full size, 4 a quarter of it; None where the image is seen whole."""
    box: tuple[int, int, int, int]
    """x, y, width, height of what is connected with it above half of its height, in pixels of the image."""


class ScoreOrigins:
    """Those of all images that a run scored."""

    def __init__(self, facts: RunFacts, statistics: RunStatistics) -> None:
        self._facts = facts
        self._statistics = statistics
        self._order = np.argsort(statistics.image_ids, kind="stable")

    def of(self, image: Image) -> ScoreOrigin | None:
        """None for an image that was not scored, or whose map is nowhere above that of usual good ones."""
        kept = self._statistics
        place = int(np.searchsorted(kept.image_ids, image.id, sorter=self._order))
        if place == len(self._order) or kept.image_ids[self._order[place]] != image.id:
            return None
        row = int(self._order[place])
        if not kept.maximum[row] > 0:
            return None
        x, y, width, height = kept.peak_box[row].tolist()
        across, down = self._scale(image, row)
        left, top = int(x * across), int(y * down)
        right = min(math.ceil((x + width) * across), image.width)
        bottom = min(math.ceil((y + height) * down), image.height)
        return ScoreOrigin(self._factor(row), (left, top, max(right - left, 1), max(bottom - top, 1)))

    def _scale(self, image: Image, row: int) -> tuple[float, float]:
        """Pixels of the image to one of its map."""
        tiling, side = self._facts.tiling, math.isqrt(int(self._statistics.map_pixels[row]))
        if tiling is not None:
            return tiling.factors[0], tiling.factors[0]
        return image.width / side, image.height / side

    def _factor(self, row: int) -> int | None:
        return None if self._facts.tiling is None else int(self._statistics.peak_factor[row])

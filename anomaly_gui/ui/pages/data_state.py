"""What the Data page shows: which images, in which order, and how many there are of each kind. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.project.image_filter import Facet, ImageFilter
from anomaly_gui.project.image_table import ImageTable, SortKey
from anomaly_gui.project.records import Image

SORTS: dict[SortKey, str] = {
    "imported": "Order of import",
    "name": "Name",
    "folder": "Folder",
    "label": "Label",
    "defect_type": "Defect type",
    "split": "Split",
    "verdict": "Verdict",
    "score": "Score",
    "modified_ns": "Date",
    "file_bytes": "Size of file",
    "pixels": "Size in pixels",
}
"""Key → title."""
_HIGHEST_FIRST = ("score", "modified_ns", "file_bytes", "pixels")
"""What one looks for at the upper end."""


class DataState:
    """Follows the images of one project."""

    def __init__(self) -> None:
        self.filter = ImageFilter()
        self.sort: SortKey = "imported"
        self.descending = False
        self.peak = 0
        """The largest value of all 16-bit images: one white for all of them."""
        self.scores: Mapping[int, float] = {}
        self.table = ImageTable()
        self._passing: NDArray[np.bool_] = np.empty(0, np.bool_)

    def set_images(self, images: Iterable[Image]) -> None:
        """Those of a project that was opened, or none."""
        images = list(images)
        self.table = ImageTable(images)
        self.scores = {}
        self.peak = 0
        self._follow_peak(images)

    def update(self, images: Iterable[Image]) -> None:
        """Images that were added or changed."""
        images = list(images)
        self.table.update(images)
        self._follow_peak(images)
        if self.scores:
            self.set_scores(self.scores)

    def set_scores(self, scores: Mapping[int, float]) -> None:
        """Image id → score of the run that is looked at."""
        self.scores = scores
        ids = np.fromiter(sorted(scores), np.int64, len(scores))
        values = np.fromiter((scores[int(each)] for each in ids), np.float64, len(scores))
        self.table.set_scores(ids, values)

    def shown_ids(self) -> NDArray[np.int64]:
        """Of the images that pass, in their order."""
        self._passing = self.table.passing(self.filter)
        return self.table.sorted_ids(self._passing, self.sort, descending=self.descending)

    def counts(self) -> dict[Facet, dict[str, int]]:
        """For every value of every facet how many images there would be."""
        return self.table.counts(self.filter)

    def sort_by(self, key: SortKey) -> None:
        """By *key*, and where that is chosen already, the other way round."""
        if key == self.sort:
            self.descending = not self.descending
        else:
            self.sort, self.descending = key, key in _HIGHEST_FIRST

    def remembered(self) -> dict[str, Any]:
        """Plain JSON values for restore(); images singled out by a problem are not for another day."""
        plain = msgspec.to_builtins(msgspec.structs.replace(self.filter, ids=None))
        return {"filter": plain, "sort": self.sort, "descending": self.descending}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """What an older or newer program remembered otherwise is as at the start."""
        try:
            self.filter = msgspec.convert(kept.get("filter", {}), ImageFilter)
        except msgspec.ValidationError:
            self.filter = ImageFilter()
        self.sort = next((key for key in SORTS if key == kept.get("sort")), "imported")
        self.descending = kept.get("descending") is True

    def _follow_peak(self, images: Iterable[Image]) -> None:
        self.peak = max((image.peak for image in images if image.bit_depth == 16), default=self.peak)
        self.peak = max(self.peak, 0)

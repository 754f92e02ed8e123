"""The scored images that matter at a threshold, for the strip of thumbnails. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.evaluation.confusion import DECISIONS, decided
from anomaly_gui.evaluation.curves import ranks_last
from anomaly_gui.jobs.evaluate import ScoredImages
from anomaly_gui.ui.widgets.shown_figures import Flip, ShownFlips
from anomaly_gui.ui.wording import score_text

MOST_SHOWN = 100
"""Images handed to the strip of thumbnails: more than any screen has room for."""
MOST_OF_TYPE = 500
"""Of a type that was asked for: the strip can be scrolled."""
_WORDS = {
    (True, "defective"): "defect, found",
    (True, "recheck"): "defect, to be rechecked",
    (True, "good"): "defect, missed",
    (False, "defective"): "good, a false alarm",
    (False, "recheck"): "good, to be rechecked",
    (False, "good"): "good, passed",
}

Places = NDArray[np.int64]
"""(n,): which of the scored images."""


class ImagesByScore:
    """Sorted once, so that the images near a threshold are found without a pass over all of them."""

    def __init__(self, scored: ScoredImages, decimals: int) -> None:
        self._scored = scored
        self._decimals = decimals
        ranked = ranks_last(scored.scores)
        self._order = np.argsort(ranked, kind="stable")
        self._sorted = ranked[self._order]
        self._finite = int(np.isfinite(self._sorted).sum())

    def between(self, line: float, other: float, threshold: float, recheck: float | None) -> ShownFlips:
        """Images that lie between two places of a line, nearest to where it is now (*line*) first."""
        low, high = sorted((line, other))
        first, last = (int(np.searchsorted(self._sorted[: self._finite], edge, side="left")) for edge in (low, high))
        near = self._nearest(first, last, line)
        return ShownFlips(self.flips(near, threshold, recheck), max(0, last - first))

    def nearest(self, threshold: float, recheck: float | None) -> ShownFlips:
        """Images with a finite score, nearest to the threshold first: the least certain decisions."""
        return ShownFlips(self.flips(self._nearest(0, self._finite, threshold), threshold, recheck))

    def _nearest(self, first: int, last: int, line: float) -> Places:
        """The nearest ones of a stretch of the sorted images; ties as the images come."""
        middle = int(np.searchsorted(self._sorted, line, side="left"))
        first, last = max(first, middle - MOST_SHOWN), min(last, middle + MOST_SHOWN)
        places = self._order[first:last]
        distance = np.abs(self._sorted[first:last] - line)
        return np.asarray(places[np.lexsort((places, distance))][:MOST_SHOWN])

    def flips(self, places: Places, threshold: float, recheck: float | None) -> list[Flip]:
        """These images with their answers, at most MOST_OF_TYPE of them."""
        chosen = places[:MOST_OF_TYPE]
        answers = decided(self._scored.scores[chosen], threshold, recheck)
        return [
            self._flip(place, DECISIONS[answer])
            for place, answer in zip(chosen.tolist(), answers.tolist(), strict=True)
        ]

    def _flip(self, place: int, decision: str) -> Flip:
        defective = bool(self._scored.defective[place])
        score = score_text(float(self._scored.scores[place]), self._decimals)
        return Flip(int(self._scored.ids[place]), defective, f"{score}: {_WORDS[defective, decision]}")

"""The missed defects at a threshold, in an order, and where the reviewer stands among them. No Qt."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np

from anomaly_gui.evaluation.confusion import called_defective
from anomaly_gui.imaging.scan import natural_key
from anomaly_gui.jobs.evaluate import ScoredImages
from anomaly_gui.project.records import Image, Label, Verdict
from anomaly_gui.ui.pages.run_notice import Advice
from anomaly_gui.ui.wording import score_text


@dataclass(frozen=True)
class Miss:
    """One defective image that is called good."""

    image: Image
    score: float

    @property
    def name(self) -> str:
        return PurePath(self.image.path).name

    @property
    def defect_type(self) -> str:
        return self.image.label.defect_type or "defect"

    @property
    def reviewed(self) -> bool:
        return self.image.verdict is not None


ORDERS: dict[str, tuple[str, Callable[[Miss], Any]]] = {
    "lowest": ("Lowest score first", lambda miss: miss.score),
    "closest": ("Closest to the threshold first", lambda miss: -miss.score),
    "type": ("By defect type", lambda miss: (natural_key(miss.defect_type), miss.score)),
    "name": ("By name", lambda miss: natural_key(miss.name)),
}
"""Name → title, and key to sort by."""
FIRST_ORDER = "lowest"


def find_misses(scored: ScoredImages, images: Mapping[int, Image], threshold: float) -> list[Miss]:
    """Labelled defects with a score below *threshold*. A score that is not finite counts as found."""
    missed = np.flatnonzero(scored.defective & ~called_defective(scored.scores, threshold))
    return [
        Miss(images[image_id], float(scored.scores[place]))
        for place, image_id in zip(missed, scored.ids[missed].tolist(), strict=True)
        if image_id in images
    ]


class ReviewState:
    """A queue that shrinks as labels and the threshold change, without losing the reviewer's place.

    *current* may have left the queue (relabelled, or caught by another threshold): it is still shown,
    and going on leads to what has taken its place.
    """

    def __init__(self, order: str = FIRST_ORDER) -> None:
        self.order = order if order in ORDERS else FIRST_ORDER
        self.misses: list[Miss] = []
        self.current: int | None = None
        self._place = 0
        self._judged: list[int] = []

    # The queue

    def set_misses(self, misses: list[Miss]) -> None:
        """Another state of labels or threshold; *current* stays what it was."""
        self.misses = sorted(misses, key=ORDERS[self.order][1])
        if self.current is None and self.misses:
            self.current = self.misses[0].image.id
        place = self.place_of(self.current)
        self._place = min(self._place, len(self.misses)) if place is None else place

    def set_order(self, order: str) -> None:
        """Sort anew; *current* stays what it was."""
        self.order = order
        self.set_misses(self.misses)

    def place_of(self, image_id: int | None) -> int | None:
        """Where an image stands in the queue; None if it is not in it."""
        return next((n for n, miss in enumerate(self.misses) if miss.image.id == image_id), None)

    @property
    def place(self) -> int | None:
        return self.place_of(self.current)

    @property
    def left(self) -> int:
        """Missed defects without a verdict."""
        return sum(not miss.reviewed for miss in self.misses)

    # Going through it

    def go_to(self, image_id: int) -> None:
        """Show an image, which need not be in the queue."""
        self.current = image_id
        place = self.place
        if place is not None:
            self._place = place

    def neighbour(self, direction: int) -> int | None:
        """The next (1) or previous (-1) image of the queue; None at its end."""
        gone = self.place is None
        # What has taken the place of an image that left the queue is its next one.
        wanted = self._place + (direction - (gone and direction > 0))
        return self.misses[wanted].image.id if 0 <= wanted < len(self.misses) else None

    def upcoming(self, count: int) -> list[int]:
        """The next images of the queue, at most *count*."""
        place = self.place
        start = self._place if place is None else place + 1
        return [miss.image.id for miss in self.misses[start : start + count]]

    def leave_current(self) -> None:
        """The image is not in the project any more: show the one in its place."""
        self.current = None
        self.set_misses(self.misses)

    def go(self, direction: int) -> bool:
        """Move on; False at the end of the queue."""
        wanted = self.neighbour(direction)
        if wanted is None:
            return False
        self.go_to(wanted)
        return True

    def go_unreviewed(self, direction: int) -> bool:
        """To the next or previous image without a verdict, around the end; False if there is none."""
        count = len(self.misses)
        start = self._place if self.place is not None else self._place - (direction > 0)
        for step in range(1, count + 1):
            miss = self.misses[(start + direction * step) % count]
            if not miss.reviewed and miss.image.id != self.current:
                self.go_to(miss.image.id)
                return True
        return False

    def note_verdict(self, image_id: int) -> None:
        """Remember what was judged, for going back."""
        if image_id in self._judged:
            self._judged.remove(image_id)
        self._judged.append(image_id)

    def go_back(self) -> bool:
        """To the image judged last, and then to the one before; False if there is none."""
        while self._judged:
            image_id = self._judged.pop()
            if image_id != self.current:
                self.go_to(image_id)
                return True
        return False

    # Sentences

    @property
    def position_sentence(self) -> str:
        """Where one stands and what is left."""
        if not self.misses:
            return "No missed defects"
        place = self.place
        count = f"{len(self.misses):,}"
        where = f"{count} missed" if place is None else f"{place + 1:,} of {count}"
        return f"{where} · {self.left:,} left to review"


def distance_text(score: float, threshold: float, decimals: int) -> str:
    """ "0.83 below"."""
    side = "below" if score < threshold else "above"
    return f"{score_text(abs(threshold - score), decimals)} {side}"


def score_sentence(score: float | None, threshold: float, decimals: int) -> str:
    """An image's score against the threshold: "2.41 · 0.83 below the threshold"."""
    if score is None:
        return "not scored"
    if not math.isfinite(score):
        return f"{score_text(score, decimals)}: called defective"
    return f"{score_text(score, decimals)} · {distance_text(score, threshold, decimals)} the threshold"


def why_not_here(image: Image, score: float | None, threshold: float) -> str:
    """Why an image that is shown is no missed defect any more; empty if it is one."""
    if image.excluded:
        return "Excluded: it no longer counts"
    if image.label.kind != "defect":
        said = "Not labelled" if image.label.kind == "unlabelled" else f"Labelled {image.label.kind}"
        return f"{said}: no longer a missed defect"
    if score is not None and not score < threshold:
        return "Caught by the present threshold"
    return ""


def verdict_text(verdict: Verdict | None) -> str:
    """What was said of an image."""
    if verdict is None:
        return "not reviewed yet"
    said = {"confirmed": "confirmed: really missed", "relabelled": "the label was wrong", "unsure": "unsure"}
    return said[verdict.kind]


def judgement(image: Image, wanted: Label) -> tuple[Verdict, Label | None]:
    """Verdict and new label (None: unchanged) when a reviewer says what an image shows.

    "Defective" without a type keeps the type that there is.
    """
    if wanted.kind == "defect" and wanted.defect_type is None and image.label.kind == "defect":
        wanted = image.label
    if wanted == image.label:
        return Verdict("confirmed"), None
    return Verdict("relabelled"), wanted


def empty_advice(defects: int, threshold: float, decimals: int) -> Advice:
    """What the page says when the queue is empty."""
    if not defects:
        return Advice(
            "No defects are labelled",
            "None of the images that training never saw is labelled defective, so none can be missed. "
            "Import a folder of defective images.",
            "Go to Data",
            "data",
        )
    found = f"All {defects:,} labelled defects are" if defects > 1 else "The one labelled defect is"
    return Advice(
        "No missed defects at this threshold",
        f"{found} found at {score_text(threshold, decimals)}. What that costs in false alarms is on Tune.",
        "Go to Tune",
        "tune",
    )

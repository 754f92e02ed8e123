"""Which images the gallery shows, and how many there are of each kind. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from anomaly_gui.files import printable
from anomaly_gui.project.labels import Conflict
from anomaly_gui.project.records import Image, LabelKind
from anomaly_gui.ui.widgets.problem_list import CONFLICT, REFUSED, WARNING, Problem

ALL = "all"
KINDS = ((ALL, "All"), ("good", "Good"), ("defect", "Defective"), ("unlabelled", "Not labelled"))
"""Name and title, in the order of the bar; unsure images are among all."""
USES = (
    (ALL, "Every use"),
    ("train", "For training"),
    ("test", "For testing"),
    ("excluded", "Left out"),
)
"""What an image is used for."""


@dataclass(frozen=True)
class ImageFilter:
    """All conditions hold at once."""

    kind: str = ALL
    defect_type: str | None = None
    """None: every type."""
    use: str = ALL
    text: str = ""
    """Words that the path holds, upper and lower case alike."""
    only: frozenset[str] = frozenset()
    """Paths; empty: all."""

    def others(self) -> ImageFilter:
        """The same without the kind: what the counts of the kinds are of."""
        return ImageFilter(ALL, None, self.use, self.text, self.only)


def shown(images: Iterable[Image], chosen: ImageFilter) -> list[Image]:
    """Those that pass, in the order they came."""
    words = chosen.text.casefold().split()
    return [image for image in images if _passes(image, chosen, words)]


def _passes(image: Image, chosen: ImageFilter, words: list[str]) -> bool:
    if chosen.kind not in (ALL, image.label.kind):
        return False
    if chosen.defect_type is not None and image.label.defect_type != chosen.defect_type:
        return False
    if not _has_use(image, chosen.use):
        return False
    if chosen.only and image.path not in chosen.only:
        return False
    if words:
        path = printable(image.path).casefold()
        return all(word in path for word in words)
    return True


def _has_use(image: Image, use: str) -> bool:
    if use == ALL:
        return True
    if use == "excluded":
        return image.excluded
    return use_of(image) == use


def use_of(image: Image) -> str | None:
    """ "train", "test", or None for an image that no run uses."""
    if image.excluded or not image.label.is_decided:
        return None
    return "train" if image.label.kind == "good" and image.split == "train" else "test"


def kind_counts(images: Iterable[Image]) -> dict[str, int]:
    """How many there are, and of each kind of label."""
    counts: Counter[str] = Counter(image.label.kind for image in images)
    return {ALL: counts.total(), **{kind: counts[kind] for kind in get_args(LabelKind)}}


def type_counts(images: Iterable[Image]) -> dict[str, int]:
    """Defect type → how many, sorted by name."""
    return dict(sorted(Counter(i.label.defect_type for i in images if i.label.defect_type).items()))


def conflict_problems(conflicts: Iterable[Conflict]) -> list[Problem]:
    """One line a conflict."""
    return [Problem(CONFLICT, printable(each.paths[0]), each.sentence, each.paths) for each in conflicts]


def refusal(path: str, reason: str) -> Problem:
    return Problem(REFUSED, path, reason)


def warning(sentence: str) -> Problem:
    return Problem(WARNING, "", sentence)

"""How filters, their values and counts are said. No Qt."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

import msgspec

from anomaly_gui.files import printable
from anomaly_gui.project.image_filter import Facet, ImageFilter
from anomaly_gui.project.labels import Conflict
from anomaly_gui.project.records import Image, LabelKind
from anomaly_gui.ui.widgets.problem_list import CONFLICT, REFUSED, WARNING, Problem

ALL = "all"
KINDS = (
    (ALL, "All"),
    ("good", "Good"),
    ("defect", "Defective"),
    ("unsure", "Unsure"),
    ("unlabelled", "Not labelled"),
)
"""Name and title, in the order of the bar."""

FACET_TITLES: dict[Facet, str] = {
    "label": "Label",
    "defect_type": "Defect type",
    "split": "Split",
    "verdict": "Verdict",
    "state": "State",
    "folder": "Folder",
}
_VALUES: dict[tuple[Facet, str], str] = {
    ("label", "good"): "Good",
    ("label", "defect"): "Defective",
    ("label", "unsure"): "Unsure",
    ("label", "unlabelled"): "Not labelled",
    ("defect_type", ""): "No type",
    ("split", "train"): "Training",
    ("split", "test"): "Testing",
    ("verdict", ""): "Not reviewed",
    ("verdict", "confirmed"): "Confirmed",
    ("verdict", "relabelled"): "Label changed",
    ("verdict", "unsure"): "Unsure",
    ("state", "in use"): "In use",
    ("state", "excluded"): "Left out",
    ("state", "locked"): "Locked",
    ("state", "masked"): "With a mask",
    ("state", "commented"): "With a comment",
}


@dataclass(frozen=True)
class Value:
    """One value of a facet, as the panel lists it."""

    value: str
    title: str
    count: int
    chosen: bool
    tip: str = ""


def values_of(facet: Facet, counts: Mapping[str, int], wanted: ImageFilter, order: Sequence[str]) -> list[Value]:
    """What to choose from: known values in their own order, types in the user's (*order*), folders by name.

    Types and folders without an image that passes are left out unless they are chosen.
    """
    chosen: frozenset[str] = getattr(wanted, facet)
    names = list(counts) + [value for value in chosen if value not in counts]
    if facet == "defect_type":
        places = {name: number for number, name in enumerate(order)}
        names.sort(key=lambda name: (name == "", places.get(name, len(places)), name))
    elif facet == "folder":
        names.sort()
    titles = _folder_titles(names) if facet == "folder" else {}
    return [
        Value(
            name,
            titles.get(name) or _VALUES.get((facet, name)) or printable(name),
            counts.get(name, 0),
            name in chosen,
            printable(name) if facet == "folder" else "",
        )
        for name in names
        if counts.get(name, 0) or name in chosen or facet not in ("defect_type", "folder")
    ]


def _folder_titles(folders: Sequence[str]) -> dict[str, str]:
    """Without what all have in common."""
    if not folders:
        return {}
    try:
        common = os.path.commonpath(folders)
    except ValueError:  # Of two drives.
        return {folder: printable(folder) for folder in folders}
    root = os.path.dirname(common) if common in folders else common
    return {folder: printable(os.path.relpath(folder, root)) for folder in folders}


def with_value(wanted: ImageFilter, facet: Facet, value: str, *, chosen: bool) -> ImageFilter:
    """The filter with one value more or less."""
    values: frozenset[str] = getattr(wanted, facet)
    changed = values | {value} if chosen else values - {value}
    return msgspec.structs.replace(wanted, **{facet: changed})


def with_kind(wanted: ImageFilter, kind: str) -> ImageFilter:
    """One kind of label, or ALL; types are of the defects alone."""
    label = frozenset() if kind == ALL else frozenset({kind})
    types = wanted.defect_type if kind in (ALL, "defect") else frozenset()
    return msgspec.structs.replace(wanted, label=label, defect_type=types)


def kind_of(wanted: ImageFilter) -> str:
    """What the bar shows as chosen; empty if it is several."""
    if not wanted.label:
        return ALL
    return next(iter(wanted.label)) if len(wanted.label) == 1 else ""


def filter_words(wanted: ImageFilter) -> list[str]:
    """What is asked for beyond the label and the text, in a few words each."""
    words = []
    for facet, title in FACET_TITLES.items():
        values: frozenset[str] = getattr(wanted, facet)
        if values and (facet != "label" or len(values) > 1):
            names = sorted(_VALUES.get((facet, value)) or printable(os.path.basename(value)) for value in values)
            words.append(names[0] if len(names) == 1 else f"{title}: {len(names)} values")
    ranges = (("Score", wanted.score), ("File size", wanted.file_bytes), ("Pixels", wanted.pixels))
    words += [title for title, limits in ranges if limits is not None]
    words += ["Date"] * (wanted.modified_ns is not None)
    words += [f"{len(wanted.ids):,} singled out"] if wanted.ids is not None else []
    return words


# Ranges are typed


def range_of(low: str, high: str) -> tuple[float | None, float | None] | None:
    """Two fields of numbers; None if both are empty. Raises ValueError for what is no number."""
    ends = tuple(float(text.replace(",", ".")) if text.strip() else None for text in (low, high))
    return None if ends == (None, None) else (ends[0], ends[1])


def dates_of(low: str, high: str) -> tuple[int | None, int | None] | None:
    """Two days as YYYY-MM-DD, the last one included, in ns since 1970. Raises ValueError for what is no day."""
    first = datetime.fromisoformat(low.strip()).timestamp() if low.strip() else None
    last = datetime.fromisoformat(high.strip()) if high.strip() else None
    if first is None and last is None:
        return None
    end = None if last is None else last.replace(hour=23, minute=59, second=59, microsecond=999_999).timestamp()
    return None if first is None else int(first * 1e9), None if end is None else int(end * 1e9)


# Of images


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


# Problems


def conflict_problems(conflicts: Iterable[Conflict]) -> list[Problem]:
    """One line a conflict."""
    return [Problem(CONFLICT, printable(each.paths[0]), each.sentence, each.paths) for each in conflicts]


def refusal(path: str, reason: str) -> Problem:
    return Problem(REFUSED, path, reason)


def warning(sentence: str) -> Problem:
    return Problem(WARNING, "", sentence)

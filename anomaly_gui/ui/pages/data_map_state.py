"""What the points of the map are coloured by, and what is said of it. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.files import printable
from anomaly_gui.jobs.map_set import SetMap
from anomaly_gui.project.records import Image
from anomaly_gui.ui.wording import counted

COLOURINGS = (
    ("label", "Label", "Good, defective, not labelled"),
    ("type", "Type", "The type of defect"),
    ("split", "Split", "For training or for testing"),
    ("score", "Score", "The anomaly score of the run that is looked at; grey where there is none"),
)
_LABELS = {"good": "good", "defect": "defective", "unsure": "unsure", "unlabelled": "not labelled"}
SCORE_STEPS = 64
NO_SCORE = SCORE_STEPS
"""Number of the colour of an image without a score."""


@dataclass(frozen=True)
class Colouring:
    """Which colour each point has, and what the colours stand for."""

    ids: tuple[int, ...]
    numbers: NDArray[np.int64]
    """(N,), in the order of *ids*."""
    names: tuple[str, ...]
    """In the order of the numbers, with their counts; empty for scores, whose colours are a scale."""


def colouring(by: str, ids: Sequence[int], images: Mapping[int, Image], scores: Mapping[int, float]) -> Colouring:
    """*by* is a name of COLOURINGS. An image that is not there any more counts as not labelled."""
    if by == "score":
        return Colouring(tuple(ids), _score_numbers(ids, scores), ())
    words = [_word(by, images.get(key)) for key in ids]
    order = _order(by, words)
    number = {word: place for place, word in enumerate(order)}
    counts = Counter(words)
    return Colouring(
        tuple(ids),
        np.array([number[word] for word in words], np.int64),
        tuple(f"{word} {counts[word]:,}" for word in order),
    )


def _word(by: str, image: Image | None) -> str:
    if image is None:
        return "not labelled"
    if image.excluded:
        return "left out"
    if by == "split":
        return "training" if image.split == "train" else "test"
    if by == "type" and image.label.defect_type:
        return image.label.defect_type
    return _LABELS[image.label.kind]


def _order(by: str, words: Sequence[str]) -> list[str]:
    first = ["training", "test"] if by == "split" else list(_LABELS.values())
    there = set(words)
    known = [word for word in first if word in there]
    others = sorted(there - set(known) - {"left out"}, key=str.casefold)
    kept = [*known, *others] if by != "type" else [*known[:1], *others, *known[1:]]
    return [*kept, *(["left out"] if "left out" in there else [])]


def _score_numbers(ids: Sequence[int], scores: Mapping[int, float]) -> NDArray[np.int64]:
    """Ranks in steps: one far outlier must not make all others one colour."""
    values = np.array([scores.get(key, np.nan) for key in ids], np.float64)
    there = ~np.isnan(values)
    numbers = np.full(len(values), NO_SCORE, np.int64)
    if there.any():
        ranks = np.searchsorted(np.sort(values[there]), values[there], side="left")
        numbers[there] = ranks * (SCORE_STEPS - 1) // max(1, int(there.sum()) - 1)
    return numbers


def sentence(found: SetMap) -> str:
    """How the map came about."""
    how = "features of the network" if found.source == "backbone" else "small grey pictures, brightness and sharpness"
    shown = ""
    if found.shares is not None:
        shown = f"; the axes show {100 * found.shares[0]:.0f} % and {100 * found.shares[1]:.0f} % of what varies"
    left = f"; {counted(found.left_out, 'file')} left out that cannot be read" if found.left_out else ""
    return f"{counted(len(found.ids), 'image')} by {how}, {found.method.upper()}{shown}{left}."


def caption(image: Image) -> str:
    """Of the point under the mouse."""
    label = image.label.defect_type or _LABELS[image.label.kind]
    return f"{printable(image.path).replace(chr(92), '/').rpartition('/')[2]} · {label}"


def selection_text(ids: Sequence[int], images: Mapping[int, Image]) -> str:
    """How many of what are selected."""
    if not ids:
        return "Draw around points to select them"
    counts = Counter(_LABELS[images[key].label.kind] for key in ids if key in images)
    return f"{counted(len(ids), 'image')} selected: " + ", ".join(f"{n:,} {word}" for word, n in counts.most_common())

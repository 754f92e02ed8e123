"""Labels that the most alike images speak against."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.jobs.nearest_good import small_looks
from anomaly_gui.project.records import Image

NEIGHBOURS = 5
_AGAINST = 4
"""So many of them must carry the other label."""
LIMIT = 1000
"""Images of each label that are looked through, evenly spread: each has to be decoded once."""
_CHUNK = 512


def label_doubts(
    folder: Path, images: Sequence[Image], scores: Mapping[int, float], stopped: Callable[[], bool]
) -> dict[int, str] | None:
    """Image id → what speaks against its label, for labelled *images*; None if stopped.

    A good image is doubted when four of the five most alike images are defective. Most defects are too small to
    change what an image is alike, so a defect is doubted only if, besides, its score is an ordinary one of good
    images: not above their median. Small pictures are kept in *folder*.
    """
    groups = [[image for image in images if image.label.kind == kind] for kind in ("good", "defect")]
    chosen = [image for group in groups for image in _spread(group)]
    found = small_looks(folder, chosen, stopped)
    if found is None:
        return None
    ids, looks = found
    by_id = {image.id: image for image in chosen}
    defective = np.array([by_id[key].label.kind == "defect" for key in ids.tolist()], np.bool_)
    ordinary = _median([scores[image.id] for image in groups[0] if image.id in scores])
    doubts: dict[int, str] = {}
    for key, is_defect, against in zip(ids.tolist(), defective.tolist(), disagreeing(looks, defective), strict=True):
        if against < _AGAINST:
            continue
        said = f"{against} of the {NEIGHBOURS} most alike images are labelled"
        if not is_defect:
            doubts[key] = f"{said} defective"
        elif ordinary is not None and scores.get(key, math.inf) <= ordinary:
            doubts[key] = f"{said} good, and so is its score"
    return doubts


def disagreeing(looks: NDArray[np.float32], defective: NDArray[np.bool_]) -> list[int]:
    """For each of *looks* (N, D), rows of length 1: how many of the most alike others carry the other label."""
    counts: list[int] = []
    if len(looks) <= NEIGHBOURS:
        return [0] * len(looks)
    for first in range(0, len(looks), _CHUNK):
        rows = np.arange(first, min(first + _CHUNK, len(looks)))
        alike = looks[rows] @ looks.T
        alike[np.arange(len(rows)), rows] = -np.inf
        nearest = np.argpartition(-alike, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        counts += (defective[nearest] != defective[rows, None]).sum(axis=1).tolist()
    return counts


def _spread(group: Sequence[Image]) -> list[Image]:
    if len(group) <= LIMIT:
        return list(group)
    return [group[number * len(group) // LIMIT] for number in range(LIMIT)]


def _median(scores: Sequence[float]) -> float | None:
    finite = [score for score in scores if math.isfinite(score)]
    return float(np.median(finite)) if finite else None

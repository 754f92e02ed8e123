"""Which labelled images are set aside, to be looked at once everything is chosen."""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.scan import natural_key
from anomaly_gui.project.records import Image

SHARE = 0.3
FEWEST = 10
"""Labelled images outside training, below which none can be spared."""

_FEWEST_PARTS = 10
_FEWEST_DAYS = 5
_DATE = re.compile(
    r"(?<!\d)(20\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])"
    r"(?:[-_.T ]?([01]\d|2[0-3])[-_.:]?([0-5]\d)(?:[-_.:]?([0-5]\d))?)?(?!\d)"
)
_LAST_TOKEN = re.compile(r"[-_. ][^-_. ]*$")
_LAST_NUMBER = re.compile(r"\d+$")

How = Literal["time", "part", "random"]
_SENTENCES: dict[How, str] = {
    "time": "The names tell when an image was taken: the latest of each class are locked.",
    "part": "Images whose names begin alike, as {example}, are of one part: all of a part are on one side.",
    "random": "The names tell neither part nor time: drawn at random, of each defect type its share.",
}


@dataclass(frozen=True)
class LockChoice:
    """Images to lock, and what they were chosen by."""

    ids: tuple[int, ...]
    how: How
    sentence: str


def lockable(images: Sequence[Image]) -> list[Image]:
    """Labelled images that no run trains on: defective ones, and good ones for testing; none left out."""
    return [
        image
        for image in images
        if not image.excluded
        and (image.label.kind == "defect" or (image.label.kind == "good" and (image.split == "test" or image.locked)))
    ]


def choose_locked(images: Sequence[Image], share: float = SHARE, seed: int = 0) -> LockChoice:
    """About *share*, in (0, 1), of the lockable *images*: by time or part where names tell, else at random.

    Good images and every defect type have their share, as far as parts can stay whole; copies of one picture
    stay together. Raises InputError with fewer than ten images to choose from.
    """
    found = sorted(lockable(images), key=lambda image: natural_key(image.path))
    if len(found) < FEWEST:
        raise InputError(
            "locked test",
            f"{len(found)} labelled images outside training are too few to set some aside",
            f"Label or import {FEWEST - len(found)} more",
        )
    times = [_time_of(image) for image in found]
    known = [time for time in times if time is not None]
    if len(known) == len(found) and len(set(known)) > 1:
        chosen = _latest(found, known, share)
        if chosen:
            return LockChoice(_with_copies(found, chosen), "time", _SENTENCES["time"])
    parts = _parts(found, share)
    groups = list(parts.values()) if parts else [[image] for image in found]
    random.Random(seed).shuffle(groups)
    ids = _with_copies(found, share_of_each(groups, share))
    if not parts:
        return LockChoice(ids, "random", _SENTENCES["random"])
    example = max(parts, key=lambda name: len(parts[name]))
    return LockChoice(ids, "part", _SENTENCES["part"].format(example=f"{example}…"))


def _stem(image: Image) -> str:
    return os.path.splitext(os.path.basename(image.path))[0]


def _time_of(image: Image) -> str | None:
    """Digits that sort as the time in the name does, the first eight of them the day."""
    match = _DATE.search(_stem(image))
    return None if match is None else "".join(part or "" for n, part in enumerate(match.groups()) if n != 1)


def _latest(found: Sequence[Image], times: Sequence[str], share: float) -> set[int]:
    """Of the good and of the defective ones the latest; whole days where there are several."""
    chosen: set[int] = set()
    for kind in ("good", "defect"):
        own = [(time, image) for time, image in zip(times, found, strict=True) if image.label.kind == kind]
        whole_days = len({time[:8] for time, _ in own}) >= _FEWEST_DAYS
        groups: dict[str, list[int]] = {}
        for time, image in own:
            groups.setdefault(time[:8] if whole_days else time, []).append(image.id)
        left = share * len(own)
        for time in sorted(groups, reverse=True):
            if min(left, len(groups[time])) < len(groups[time]) / 2:
                break
            chosen.update(groups[time])
            left -= len(groups[time])
    return chosen


def _parts(found: Sequence[Image], share: float) -> dict[str, list[Image]]:
    """Images by how their names begin; none where that says nothing of parts.

    It does where there are many such groups, most of several images, and none is too large to be on one side.
    """
    by_name: dict[str, list[Image]] = {}
    for image in found:
        stem = _stem(image)
        shorter = _LAST_TOKEN.sub("", stem)
        by_name.setdefault(shorter if shorter != stem else _LAST_NUMBER.sub("", stem), []).append(image)
    sizes = [len(images) for images in by_name.values()]
    believed = len(sizes) >= _FEWEST_PARTS and len(found) >= 1.5 * len(sizes) and max(sizes) <= share / 2 * len(found)
    return by_name if believed else {}


def _stratum(image: Image) -> tuple[str, str]:
    return image.label.kind, image.label.defect_type or ""


def share_of_each(groups: Sequence[Sequence[Image]], share: float) -> set[int]:
    """Ids of about *share* of every label and defect type, in whole groups, the first ones first.

    A group is taken when at least half of its images are still wanted of their kind.
    """
    counts = Counter(_stratum(image) for group in groups for image in group)
    left = {stratum: share * count for stratum, count in counts.items()}
    chosen: set[int] = set()
    for group in groups:
        sizes = Counter(map(_stratum, group))
        wanted = sum(min(max(left[stratum], 0.0), size) for stratum, size in sizes.items())
        if wanted >= len(group) / 2:
            chosen.update(image.id for image in group)
            for stratum, size in sizes.items():
                left[stratum] -= size
    return chosen


def _with_copies(found: Sequence[Image], chosen: set[int]) -> tuple[int, ...]:
    """And every copy of a picture among them, so that no picture is on both sides."""
    pictures = {image.pixel_sha256 for image in found if image.id in chosen}
    return tuple(sorted(image.id for image in found if image.pixel_sha256 in pictures))

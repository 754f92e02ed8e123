"""Training or testing for every image: worked out and shown before anything is changed."""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.scan import natural_key
from anomaly_gui.project.locked_split import share_of_each
from anomaly_gui.project.records import Image, Split

SplitBy = Literal["share", "folder", "group"]


@dataclass(frozen=True)
class SplitSettings:
    """How images are divided."""

    by: SplitBy = "share"
    """share: each image for itself; folder: all images of one folder together; group: all together whose names
    agree in what *pattern* finds."""
    test_share: float = 0.25
    """Of the good images, in (0, 1); of every defect type too if *defects_too*."""
    pattern: str = r"^(.*)[-_ .][^-_ .]*$"
    """A regular expression searched for in the name without its suffix; its groups, or else the whole match, name
    the part. The default is the name up to its last separator: part7_shot2 is of part7."""
    defects_too: bool = False
    """Defective images train nothing: without this all of them are for testing."""
    seed: int = 0


@dataclass(frozen=True)
class SplitCount:
    """How many images of one kind are for what."""

    kind: str
    """ "good", "unlabelled", "unsure", "defect", or a defect type."""
    train: int
    test: int


@dataclass(frozen=True)
class SplitProposal:
    """What set_splits() would be given."""

    splits: dict[int, Split]
    """Every image but the locked ones, which stay as they are."""
    changed: tuple[int, ...]
    """Ids of those that are moved."""
    counts: tuple[SplitCount, ...]
    groups: tuple[tuple[str, int], ...]
    """Name and size of what stays together, largest first; empty by share."""
    unmatched: int
    """Images in whose names the pattern finds nothing: each is a group of its own."""


def propose_split(images: Iterable[Image], settings: SplitSettings) -> SplitProposal:
    """Draw whole groups for testing until each kind has its share, as far as groups can stay whole.

    Copies of one picture stay together whatever the groups are. The same seed and images give the same split.
    Raises InputError for a share that is none, or a pattern that is no regular expression.
    """
    if not 0 < settings.test_share < 1:
        raise InputError("test share", f"{settings.test_share:g} is not between 0 and 1", "Give 0.25 for a quarter")
    used = sorted((i for i in images if not i.locked), key=lambda image: natural_key(image.path))
    names = group_names(used, settings)
    drawn = [
        (image, name) for image, name in zip(used, names, strict=True) if settings.defects_too or not _is_defect(image)
    ]
    groups = _joined([image for image, _ in drawn], [name for _, name in drawn])
    random.Random(settings.seed).shuffle(groups)
    tested = share_of_each(groups, settings.test_share)
    tested |= {image.id for image in used if _is_defect(image) and not settings.defects_too}
    splits: dict[int, Split] = {image.id: "test" if image.id in tested else "train" for image in used}
    sizes = Counter(name for name in names if name is not None)
    return SplitProposal(
        splits=splits,
        changed=tuple(image.id for image in used if splits[image.id] != image.split),
        counts=_counts(used, splits),
        groups=tuple(sizes.most_common()),
        unmatched=sum(name is None for name in names) if settings.by == "group" else 0,
    )


def _is_defect(image: Image) -> bool:
    return image.label.kind == "defect"


def group_names(images: Sequence[Image], settings: SplitSettings) -> list[str | None]:
    """For each image what it stays together by; None: nothing. Raises InputError for a pattern that is none."""
    if settings.by == "folder":
        return [os.path.dirname(image.path) for image in images]
    if settings.by == "share":
        return [None] * len(images)
    try:
        pattern = re.compile(settings.pattern)
    except re.error as error:
        raise InputError(
            f"pattern {settings.pattern}", f"it is no regular expression ({error})", "Correct it"
        ) from error
    return [_part(pattern, image) for image in images]


def _part(pattern: re.Pattern[str], image: Image) -> str | None:
    found = pattern.search(os.path.splitext(os.path.basename(image.path))[0])
    if found is None:
        return None
    return "·".join(each or "" for each in found.groups()) or found[0] or None


def _joined(images: Sequence[Image], names: Sequence[str | None]) -> list[list[Image]]:
    """Images that share a name, or a picture, directly or by way of others."""
    parent = list(range(len(images)))

    def root(of: int) -> int:
        while parent[of] != of:
            parent[of] = parent[parent[of]]
            of = parent[of]
        return of

    first: dict[tuple[str, str], int] = {}
    for number, (image, name) in enumerate(zip(images, names, strict=True)):
        for key in (("picture", image.pixel_sha256), ("group", name) if name is not None else None):
            if key is not None:
                parent[root(number)] = root(first.setdefault(key, number))
    together: dict[int, list[Image]] = {}
    for number, image in enumerate(images):
        together.setdefault(root(number), []).append(image)
    return list(together.values())


def _counts(images: Sequence[Image], splits: dict[int, Split]) -> tuple[SplitCount, ...]:
    counted: dict[str, Counter[Split]] = {}
    for image in images:
        counted.setdefault(image.label.defect_type or image.label.kind, Counter())[splits[image.id]] += 1
    return tuple(SplitCount(kind, counts["train"], counts["test"]) for kind, counts in sorted(counted.items()))

"""Which images a run trains on, holds out, and is judged by."""

from __future__ import annotations

import random
from collections.abc import Sequence

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.scan import natural_key
from anomaly_gui.project.records import Image, Role, Split

FEWEST_GOOD = 4
"""Different good training images below which a run makes no sense."""

_BLOCKS = 5


def assign_roles(images: Sequence[Image], validation_share: float, seed: int) -> dict[int, Role]:
    """Image id → role in a run; excluded images and those without a decided label have none.

    Validation is about five contiguous blocks of the good training images in natural order of
    their paths, placed by *seed*: neighbouring shots of one part stay on one side, and so do
    copies of one picture. Locked images are for testing alone, whatever they are relabelled to.
    Raises InputError with fewer than four different good training images.
    """
    used = [image for image in images if not image.excluded and image.label.is_decided]
    good = [image for image in used if image.label.kind == "good" and image.split == "train" and not image.locked]
    pictures = _pictures(good)
    if len(pictures) < FEWEST_GOOD:
        there = {0: "are none", 1: "is 1"}.get(len(pictures), f"are {len(pictures)}")
        raise InputError(
            "good training images",
            f"at least {FEWEST_GOOD} are needed that differ, and there {there}",
            "Import more good images, or label some good",
        )
    held_out = _held_out(len(pictures), validation_share, seed)
    roles: dict[int, Role] = {image.id: "test" for image in used}
    for position, copies in enumerate(pictures):
        for image in copies:
            roles[image.id] = "validation" if position in held_out else "train"
    return roles


def plain_splits(count: int) -> list[Split]:
    """Train or test for *count* good images in natural order, where nothing else says so.

    Every fourth of about twenty contiguous blocks is for testing: a quarter of the images, and
    neighbouring shots stay together.
    """
    block = max(1, count // 20)
    return ["test" if position // block % 4 == 3 else "train" for position in range(count)]


def _pictures(images: Sequence[Image]) -> list[list[Image]]:
    """Copies of one picture together, in natural order of the first copy's path."""
    copies: dict[str, list[Image]] = {}
    for image in sorted(images, key=lambda image: natural_key(image.path)):
        copies.setdefault(image.pixel_sha256, []).append(image)
    return list(copies.values())


def _held_out(count: int, share: float, seed: int) -> set[int]:
    """Positions of about *share* of *count*: one run of neighbours in each of five parts.

    Where that is fewer than five, five, but at most a quarter: the spread of good images' scores
    cannot be told from three.
    """
    wanted = min(max(1, round(count * share), min(_BLOCKS, count // 4)), count - 1)
    blocks = min(_BLOCKS, wanted)
    generator = random.Random(seed)
    chosen: set[int] = set()
    for part in range(blocks):
        first, behind = part * count // blocks, (part + 1) * count // blocks
        length = (part + 1) * wanted // blocks - part * wanted // blocks
        start = generator.randint(first, behind - length)
        chosen.update(range(start, start + length))
    return chosen

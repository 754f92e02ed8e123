"""Which images are judged blindly, and the order in which each reviewer sees them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from anomaly_gui.errors import InputError
from anomaly_gui.project.records import BlindStudy

HARD_SHARE = 0.5
"""Images far from the threshold are easy for everyone: a study of these alone flatters."""


@dataclass(frozen=True)
class Candidate:
    """One image that can be judged."""

    image: int
    defective: bool
    """By its label."""
    distance: float
    """Of its score from the threshold, >= 0; infinite where the score is not finite."""


def choose_sample(
    candidates: Sequence[Candidate], size: int, hard_share: float = HARD_SHARE, seed: int = 0
) -> tuple[int, ...]:
    """Ids of *size* images, sorted: half defective, half good, *hard_share* (0…1) of each nearest to the threshold.

    Where one class has too few, the other fills up. The order of *candidates* does not matter. Raises InputError
    if there are fewer than two images, or fewer than two are wanted.
    """
    if min(size, len(candidates)) < 2:
        raise InputError("blind review", "there are too few labelled test images", "Label or import more")
    found = sorted(candidates, key=lambda each: each.image)
    defects = [each for each in found if each.defective]
    good = [each for each in found if not each.defective]
    size = min(size, len(found))
    wanted = max(min(size // 2, len(defects)), size - len(good))
    drawn = random.Random(seed)
    chosen = _drawn(defects, wanted, hard_share, drawn) + _drawn(good, size - wanted, hard_share, drawn)
    return tuple(sorted(chosen))


def _drawn(of_class: Sequence[Candidate], count: int, hard_share: float, drawn: random.Random) -> list[int]:
    nearest = sorted(of_class, key=lambda each: (_key(each.distance), each.image))
    hard = nearest[: round(hard_share * count)]
    rest = sorted(each.image for each in nearest[len(hard) :])
    return [each.image for each in hard] + drawn.sample(rest, count - len(hard))


def _key(distance: float) -> float:
    return math.inf if math.isnan(distance) else distance


def order_for(study: BlindStudy, reviewer: str, trial: int) -> list[int]:
    """The images as *reviewer* sees them in *trial* (from 1): at random, and the same after a restart."""
    order = sorted(study.images)
    random.Random(f"{study.seed}/{study.id}/{reviewer}/{trial}").shuffle(order)
    return order

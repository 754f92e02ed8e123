"""Contradictions that would make figures dishonest: found before training, which they block."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from anomaly_gui.files import printable
from anomaly_gui.project.records import Image

ConflictKind = Literal["good and defective", "train and test"]


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """One picture that is in the project more than once, in places that exclude each other."""

    kind: ConflictKind
    paths: tuple[str, ...]
    sentence: str


def conflicts(images: Iterable[Image]) -> list[Conflict]:
    """Equal pictures (by decoded pixels) that are labelled good and defective, or in train and test.

    Excluded images do not count, nor do those without a decided label: no run uses them.
    """
    copies: dict[str, list[Image]] = {}
    for image in images:
        if not image.excluded and image.label.is_decided:
            copies.setdefault(image.pixel_sha256, []).append(image)
    return [found for same in copies.values() if len(same) > 1 and (found := _conflict(same)) is not None]


def _conflict(same: list[Image]) -> Conflict | None:
    good = [image for image in same if image.label.kind == "good"]
    defective = [image for image in same if image.label.kind == "defect"]
    if good and defective:
        return Conflict(
            kind="good and defective",
            paths=tuple(image.path for image in same),
            sentence=f"{_shown(good)} and {_shown(defective)} are the same picture, but labelled good and "
            "defective: give them one label, or exclude one",
        )
    trained = [image for image in good if image.split == "train"]
    tested = [image for image in good if image.split == "test"]
    if trained and tested:
        return Conflict(
            kind="train and test",
            paths=tuple(image.path for image in same),
            sentence=f"{_shown(trained)} and {_shown(tested)} are the same picture, but one is for training "
            "and one for testing: exclude one",
        )
    return None


def _shown(images: list[Image]) -> str:
    more = f" (and {len(images) - 1} more)" if len(images) > 1 else ""
    return printable(images[0].path) + more

"""A small part of a data set that still shows what the whole one does."""

from __future__ import annotations

import random

from anomaly_gui.imaging.scan import DatasetImage, DatasetLayout

FEWEST = 2
"""Images of each kind that stay, if there are that many; of good training images twice as many."""

_Kind = tuple[str, str | None]


def stratified_subset(layout: DatasetLayout, count: int, seed: int) -> DatasetLayout:
    """About *count* images: of each split and defect type its share, and never none.

    The seed decides which; a larger *count* keeps those of a smaller one. Images stay in their order.
    """
    groups: dict[_Kind, list[DatasetImage]] = {}
    for image in layout.images:
        groups.setdefault((image.split, image.defect_type), []).append(image)
    kept: set[DatasetImage] = set()
    for kind, images in groups.items():
        share = round(count * len(images) / len(layout.images))
        shuffled = random.Random(f"{seed} {kind}").sample(images, len(images))
        kept.update(shuffled[: max(share, _fewest(kind))])
    return DatasetLayout(tuple(image for image in layout.images if image in kept), layout.unused_masks)


def _fewest(kind: _Kind) -> int:
    return 2 * FEWEST if kind == ("train", None) else FEWEST

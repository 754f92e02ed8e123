"""What a format cannot hold, said before it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from anomaly_gui.annotations.class_names import label_of_regions
from anomaly_gui.annotations.records import Annotated, Box, Circle, Kind, Line, Points, Polygon, Region, Shape
from anomaly_gui.annotations.rle import Rle
from anomaly_gui.annotations.target import placed

_SHAPES: dict[type[Shape], tuple[str, str]] = {
    Box: ("box", "boxes"),
    Polygon: ("polygon", "polygons"),
    Circle: ("circle", "circles"),
    Line: ("line", "lines"),
    Points: ("group of points", "groups of points"),
    Rle: ("mask", "masks"),
}
_BECOME = {
    "masks": ("becomes a mask", "become masks"),
    "boxes": ("becomes the box around it", "become the boxes around them"),
    "nothing": ("is left out", "are left out"),
}


@dataclass(frozen=True)
class Capability:
    """What a format can hold."""

    shapes: frozenset[type[Shape]] = frozenset()
    """Those that stay what they are."""
    others_become: Literal["masks", "boxes", "nothing"] = "nothing"
    whole_pixels: bool = False
    """Boxes end between pixels."""
    joined: Literal["kept apart", "by type", "all"] = "kept apart"
    """Which regions of an image become one."""
    labels: frozenset[Kind] = frozenset({"good", "defect", "unlabelled"})
    """Labels that are told apart for an image without regions."""
    left_out: frozenset[Kind] = frozenset()
    """Labels whose images are not written."""
    own_type: bool = True
    """The image has a type beside those of its regions."""
    region_types: bool = True
    crowd: bool = False
    split: Literal["kept", "of good images", "lost"] = "lost"
    folders: bool = True
    """Images keep the folders that they lie in."""
    stems: bool = False
    """Two images must differ by more than the suffix."""

    @property
    def holds_regions(self) -> bool:
        """Whether it tells where a defect is, in whatever form."""
        return bool(self.shapes) or self.others_become != "nothing"


def losses(records: Sequence[Annotated], held: Capability) -> list[str]:
    """Sentences without a final full stop, one for each kind of loss; none if all is held. Reads no file."""
    written = [record for record in records if record.label not in held.left_out]
    regions = [region for record in written for region in record.regions]
    told = [
        (
            sum(r.label == kind for r in records),
            f"image labelled {kind} is left out",
            f"images labelled {kind} are left out",
        )
        for kind in sorted(held.left_out)
    ]
    told += _of_shapes(regions, held)
    if held.holds_regions:
        told += _of_regions(written, regions, held)
    told += _of_labels(written, held)
    told += _of_names(written, held)
    sentences = [f"{n:,} {one if n == 1 else many}" for n, one, many in told if n]
    if held.joined == "by type" and any(len({r.defect_type for r in record.regions}) > 1 for record in written):
        sentences.append("Where regions of two types overlap, the later one is kept")
    if held.split == "lost" and len({record.split for record in written if record.split is not None}) > 1:
        sentences.append("Which images are for training and which for testing is not held")
    return sentences


_Told = list[tuple[int, str, str]]
"""How many, what is said of one, and of several."""


def _of_shapes(regions: Sequence[Region], held: Capability) -> _Told:
    found = Counter(type(region.shape) for region in regions)
    one, many = _BECOME[held.others_become]
    return [
        (found[kind], f"{name} {one}", f"{names} {many}")
        for kind, (name, names) in _SHAPES.items()
        if kind not in held.shapes
    ]


def _of_regions(records: Sequence[Annotated], regions: Sequence[Region], held: Capability) -> _Told:
    told: _Told = []
    if held.whole_pixels:
        n = sum(isinstance(r.shape, Box) and any(v != int(v) for v in _edges(r.shape)) for r in regions)
        told.append((n, "box is widened to whole pixels", "boxes are widened to whole pixels"))
    if held.joined != "kept apart":
        by_type = held.joined == "by type"
        keys = Counter(
            (n, r.defect_type if by_type else None) for n, record in enumerate(records) for r in record.regions
        )
        n = sum(count for count in keys.values() if count > 1)
        told.append((n, "", "regions are joined with others of their image"))
    if not held.crowd:
        n = sum(region.crowd for region in regions)
        told.append(
            (n, "region marked as a crowd looks like any other", "regions marked as crowds look like any other")
        )
    if not held.region_types:
        n = sum(any(r.defect_type != record.defect_type for r in record.regions) for record in records)
        one, many = "has regions of another type, which is not held", "have regions of other types, which are not held"
        told.append((n, f"image {one}", f"images {many}"))
    return told


def _of_labels(records: Sequence[Annotated], held: Capability) -> _Told:
    without = Counter(record.label for record in records if not record.regions)
    kinds: tuple[Kind, ...] = ("good", "defect", "unlabelled")
    told = [
        (
            without[kind],
            f"image labelled {kind} is written as one without regions, which does not tell its label",
            f"images labelled {kind} are written as ones without regions, which does not tell their label",
        )
        for kind in kinds
        if kind not in held.labels
    ]
    if not held.own_type:
        n = sum(
            bool(record.regions) and label_of_regions(record.regions, "defect")[1] != record.defect_type
            for record in records
        )
        told.append((n, "image takes its type from its regions", "images take their types from their regions"))
    if held.split == "of good images":
        n = sum(record.label == "defect" and record.split == "train" for record in records)
        one, many = "is put among the test images", "are put among the test images"
        told.append((n, f"defective training image {one}", f"defective training images {many}"))
    return told


def _of_names(records: Sequence[Annotated], held: Capability) -> _Told:
    if held.folders:
        renamed = sum(a.image != b for a, b in zip(records, placed(records), strict=True)) if held.stems else 0
        one, many = "gets another name, as it would meet one", "get other names, as they would meet others"
        return [(renamed, f"image {one}", f"images {many}")]
    n = sum("/" in record.image for record in records)
    return [(n, "image loses the folder it lies in", "images lose the folders they lie in")]


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom

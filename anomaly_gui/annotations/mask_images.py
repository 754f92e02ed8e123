"""Masks as PNGs named like their images: 0 and 255, anything above 0, or one class for each grey value."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.annotations.class_list import BACKGROUND, read_classes
from anomaly_gui.annotations.class_names import class_of_type, classes_of, label_of_regions, type_of
from anomaly_gui.annotations.losses import Capability
from anomaly_gui.annotations.raster import mask_of, paint
from anomaly_gui.annotations.records import Annotated, Reading, Region
from anomaly_gui.annotations.rle import Rle, encode
from anomaly_gui.annotations.sources import Options, collected, files_below, in_steps, read_bytes, require_below
from anomaly_gui.annotations.target import Target, placed
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.load import load_bytes

CLASS_LISTS = ("classes.txt", "class_names.txt", "labels.txt")
HELD = Capability(
    shapes=frozenset({Rle}),
    others_become="masks",
    joined="by type",
    labels=frozenset(),
    left_out=frozenset({"unlabelled"}),
    own_type=False,
    stems=True,
)
ENDING = "_mask"
"""Of a mask's name behind its image's; may be missing in what others wrote."""
_MOST_CLASSES = 255


def read(place: Path, options: Options) -> Reading:
    """Every PNG, BMP or TIFF below *place* as the mask of the image of its name, without "_mask" at the end.

    With a list of classes beside them each grey value is a class, the list's first line standing for 0 if it
    is a background and for 1 otherwise; without one, whatever is above 0 is a defect.
    """
    lists = [place / name for name in CLASS_LISTS if (place / name).is_file()]
    classes = read_classes(lists[0]) if lists else None
    if classes is not None and classes[0].casefold().strip("_") != BACKGROUND.strip("_"):
        classes = [BACKGROUND, *classes]
    records, many = [], 0
    for path in in_steps(files_below(place, (".png", ".bmp", ".tif", ".tiff")), options):
        require_below(place, path)
        levels = read_levels(path)
        stem = posixpath.splitext(path.relative_to(place).as_posix())[0].removesuffix(ENDING)
        values = [int(value) for value in np.unique(levels) if value]
        many += classes is None and len(values) > 1
        regions = _regions(levels, values, classes, path)
        label, defect_type = label_of_regions(regions, options.empty)
        height, width = levels.shape
        records.append(
            Annotated(
                image=printable(stem),
                label=label,
                defect_type=defect_type,
                width=width,
                height=height,
                regions=regions,
                where=printable(path),
            )
        )
    notes = []
    if many:
        several = f"{many} masks have several grey values, which are read as one defect"
        notes.append(f"{several}; a {CLASS_LISTS[0]} beside them tells classes apart")
    return collected(records, notes, place)


def write(records: Sequence[Annotated], target: Target) -> None:
    """One PNG for each image that is not unlabelled; a class list if the defects have types."""
    kept = [record for record in records if record.label not in HELD.left_out]
    classes = classes_of(kept)
    if len(classes) > _MOST_CLASSES:
        cause = f"a grey value can tell {_MOST_CLASSES} types apart, and there are {len(classes)}"
        raise InputError("export", cause, "Choose another format")
    typed = any(region.defect_type is not None for record in kept for region in record.regions)
    for record, name in zip(kept, placed(kept), strict=True):
        height, width = _size(record)
        levels = np.zeros((height, width), np.uint8)
        if typed:
            for region in record.regions:
                paint(levels, region.shape, classes.index(class_of_type(region.defect_type)) + 1)
        else:
            levels[mask_of(record.regions, height, width)] = 255
        target.write(f"{posixpath.splitext(name)[0]}{ENDING}.png", png(levels))
    if typed:
        target.write(CLASS_LISTS[0], "".join(f"{name}\n" for name in (BACKGROUND, *classes)))


def read_levels(path: Path) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """(H, W) grey values of a mask file; of a coloured one the largest channel. Raises InputError."""
    return np.asarray(load_bytes(read_bytes(path), printable(path)).pixels.max(axis=2))


def png(levels: NDArray[np.uint8]) -> bytes:
    """(H, W) as a PNG file's bytes."""
    return bytes(cv2.imencode(".png", levels)[1].data)


def _size(record: Annotated) -> tuple[int, int]:
    if record.height is None or record.width is None:
        raise InputError(record.image, "the image's size is not known", "Put the image back")
    return record.height, record.width


def _regions(
    levels: NDArray[np.uint8] | NDArray[np.uint16], values: list[int], classes: list[str] | None, path: Path
) -> tuple[Region, ...]:
    if classes is None:
        return (Region(encode(levels > 0)),) if values else ()
    unknown = [value for value in values if value >= len(classes)]
    if unknown:
        cause = f"grey value {unknown[0]} is none of the {len(classes)} classes of the list"
        raise InputError(printable(path), cause, "Add the class to the list, or correct the mask")
    return tuple(Region(encode(levels == value), type_of(classes[value])) for value in values)

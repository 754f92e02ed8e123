"""YOLO's text files: a line a box, as shares of the image; images/ beside labels/, classes in data.yaml."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from pathlib import Path

from anomaly_gui.annotations.class_list import read_classes, read_data_yaml, write_data_yaml
from anomaly_gui.annotations.class_names import class_of_type, classes_of, label_of_regions, type_of, without_good
from anomaly_gui.annotations.losses import Capability
from anomaly_gui.annotations.raster import bounding_box
from anomaly_gui.annotations.records import Annotated, Box, Kind, Polygon, Reading, Region, Shape, Split
from anomaly_gui.annotations.sources import (
    SMALL_BYTES,
    Options,
    collected,
    files_below,
    image_beside,
    in_steps,
    number,
    read_text,
    require_below,
    size_of_image,
    whole,
)
from anomaly_gui.annotations.target import Target, placed
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable

HELD = Capability(
    shapes=frozenset({Box}),
    others_become="boxes",
    labels=frozenset({"unlabelled"}),
    own_type=False,
    split="kept",
    stems=True,
)
CLASS_LISTS = ("classes.txt", "obj.names", "labels/classes.txt")
"""Where there is no data.yaml: labelImg's and Darknet's, the latter written by FiftyOne too."""
_LISTS_OF_IMAGES = frozenset({"train.txt", "val.txt", "test.txt", "images.txt", "classes.txt", "readme.txt"})
_SPLITS: dict[str, Split] = {"train": "train", "val": "train", "valid": "train", "test": "test"}
_DIGITS = 6
"""Of a pixel: shares that were written from whole pixels give them back."""
_NEXT_STEP = "Correct the line, or write it again with the program it came from"


def read(place: Path, options: Options) -> Reading:
    """Every label file below *place*, with the classes of its data.yaml, or of a list.

    A line is class, centre x and y, width and height; one with x and y of three points or more is a polygon.
    """
    root = place.parent if place.is_file() else place
    classes = _classes(place)
    paths = [path for path in files_below(root, (".txt",)) if path.name.casefold() not in _LISTS_OF_IMAGES]
    return collected([_record(path, root, classes, options) for path in in_steps(paths, options)], (), place)


def _classes(place: Path) -> list[str]:
    if place.is_file():
        return read_data_yaml(place)[0] if place.suffix.lower() in (".yaml", ".yml") else read_classes(place)
    found = [path for path in files_below(place, (".yaml", ".yml")) if path.parent == place]
    if len(found) == 1:
        return read_data_yaml(found[0])[0]
    lists = [place / name for name in CLASS_LISTS if (place / name).is_file()]
    if found or not lists:
        cause = f"there are {len(found)} YAML files in it" if found else "there is neither data.yaml nor classes.txt"
        raise InputError(
            printable(place), cause, "Name the YAML file itself" if found else "Put the list of classes there"
        )
    return read_classes(lists[0])


def _record(path: Path, root: Path, classes: list[str], options: Options) -> Annotated:
    require_below(root, path)
    where, relative = printable(path), path.relative_to(root)
    folder = printable(relative.parent.as_posix())
    parts = folder.split("/")
    if "labels" in parts:  # the last one, as YOLO's own programs do
        place = len(parts) - 1 - parts[::-1].index("labels")
        folder = "/".join([*parts[:place], "images", *parts[place + 1 :]])
    found = image_beside(root, [folder], path.stem, where)
    below = folder.partition("images/")[2] if folder != "images" else ""
    split, name = _split_and_name(below or ("" if folder in ("images", ".") else folder), printable(path.stem))
    if found is not None:
        name += posixpath.splitext(found[0])[1]
    lines = [(n, line.split()) for n, line in enumerate(read_text(path, SMALL_BYTES).splitlines(), start=1)]
    lines = [(n, fields) for n, fields in lines if fields]
    width, height = size_of_image(name, found[1] if found else None, options, where)
    named = [_region(fields, classes, width, height, f"{where}, line {n}") for n, fields in lines]
    regions, any_good = without_good(named)
    empty: Kind = "good" if any_good else options.empty
    label, defect_type = label_of_regions(regions, empty)
    return Annotated(
        image=name,
        label=label,
        defect_type=defect_type,
        width=width,
        height=height,
        split=split,
        regions=regions,
        path=str(found[1]) if found else None,
        where=where,
    )


def _split_and_name(folder: str, stem: str) -> tuple[Split | None, str]:
    """images/train/side_a/1.png is the image side_a/1.png of the training split."""
    first, _, rest = folder.partition("/")
    split = _SPLITS.get(first)
    return split, posixpath.join(rest if split else folder, stem)


def _region(fields: list[str], classes: list[str], width: int, height: int, what: str) -> tuple[Region, str]:
    class_number = whole(fields[0], what)
    if not 0 <= class_number < len(classes):
        cause = f"there is no class {class_number}; the list names {len(classes)}, counted from 0"
        raise InputError(what, cause, "Add the class to the list, or correct the line")
    values = [number(field, what) for field in fields[1:]]
    shape: Shape
    if len(values) == 4 or len(values) == 5:  # a fifth is a confidence
        x, y, wide, high = (round(v * s, 2 * _DIGITS) for v, s in zip(values[:4], (width, height) * 2, strict=True))
        if wide < 0 or high < 0:
            raise InputError(what, "width or height of the box is below 0", _NEXT_STEP)
        edges = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        shape = Box(*(round(edge, _DIGITS) for edge in edges))
    elif len(values) >= 6 and len(values) % 2 == 0:
        xs, ys = (
            [round(value * side, _DIGITS) for value in part]
            for part, side in ((values[::2], width), (values[1::2], height))
        )
        shape = Polygon((tuple(zip(xs, ys, strict=True)),))
    else:
        raise InputError(what, f"a line of {len(fields)} numbers is neither a box nor a polygon", _NEXT_STEP)
    name = classes[class_number]
    return Region(shape, type_of(name)), name


def write(records: Sequence[Annotated], target: Target) -> None:
    """images/<split>/ and labels/<split>/, an empty file for an image without regions, and data.yaml."""
    classes = classes_of(records)
    splits: dict[str, str] = {}
    for record, name in zip(records, placed(records), strict=True):
        folder = posixpath.join("images", record.split or "")
        if record.split is not None:
            splits[record.split] = folder
        target.copy_image(record, posixpath.join(folder, name))
        lines = [_line(region, record, classes) for region in record.regions]
        text = posixpath.join("labels", record.split or "", posixpath.splitext(name)[0] + ".txt")
        target.write(text, "".join(f"{line}\n" for line in lines))
    target.write("data.yaml", write_data_yaml(classes, splits))


def _line(region: Region, record: Annotated, classes: list[str]) -> str:
    if not record.width or not record.height:
        raise InputError(record.image, "the image's size is not known", "Put the image back")
    around = bounding_box(region.shape)
    values = (
        (around.left + around.right) / 2 / record.width,
        (around.top + around.bottom) / 2 / record.height,
        (around.right - around.left) / record.width,
        (around.bottom - around.top) / record.height,
    )
    return " ".join([str(classes.index(class_of_type(region.defect_type))), *(f"{value:.12g}" for value in values)])

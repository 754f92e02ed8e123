"""COCO's object detection and segmentation JSON; written as FiftyOne lays it out: data/ and labels.json."""

from __future__ import annotations

import math
import posixpath
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from anomaly_gui.annotations.class_names import (
    check_class,
    class_of_type,
    classes_of,
    label_of_regions,
    type_of,
    without_good,
)
from anomaly_gui.annotations.losses import Capability
from anomaly_gui.annotations.raster import bounding_box, mask_of
from anomaly_gui.annotations.records import Annotated, Box, Kind, Polygon, Reading, Region, Shape
from anomaly_gui.annotations.rle import Rle, checked_rle, compress, encode, expand, marked_pixels
from anomaly_gui.annotations.sources import (
    Options,
    collected,
    files_below,
    found_below,
    in_steps,
    read_json,
    relative_name,
    size_of_image,
)
from anomaly_gui.annotations.target import Target, placed
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable

HELD = Capability(
    shapes=frozenset({Box, Polygon, Rle}),
    others_become="masks",
    labels=frozenset({"unlabelled"}),
    own_type=False,
    crowd=True,
    stems=True,
)
_DATA = "data"
_IMAGE_FOLDERS = ("", _DATA, "images", "../images", "../data")
"""Where tools put the images, seen from the file: beside it, FiftyOne, Roboflow and CVAT."""
_NEXT_STEP = "Write the file again with the program it came from"


class CocoRle(msgspec.Struct, kw_only=True):
    """Size is height, width; counts is compressed where it is a string."""

    size: tuple[int, int]
    counts: str | list[int]


class CocoImage(msgspec.Struct, kw_only=True):
    """One image."""

    id: int
    file_name: str
    width: int | None = None
    height: int | None = None


class CocoCategory(msgspec.Struct, kw_only=True):
    """One class."""

    id: int
    name: str
    supercategory: str | None = None


class CocoAnnotation(msgspec.Struct, kw_only=True):
    """One region; bbox is left, top, width, height."""

    id: int | None = None
    image_id: int
    category_id: int
    bbox: list[float] | None = None
    segmentation: list[list[float]] | CocoRle | None = None
    area: float | None = None
    iscrowd: Literal[0, 1] | bool = 0


class CocoFile(msgspec.Struct, kw_only=True):
    """One file; what other programs write beside is passed over."""

    info: dict[str, Any] = {}
    licenses: list[Any] | None = []
    images: list[CocoImage]
    annotations: list[CocoAnnotation]
    categories: list[CocoCategory] = []


def read(place: Path, options: Options) -> Reading:
    """One COCO file, or the only JSON file of a folder and below (as FiftyOne's labels.json)."""
    path = place if not place.is_dir() else _only_file(place)
    root = path.parent if not place.is_dir() else place
    found, where = read_json(path, CocoFile), printable(path)
    categories = _categories(found, where)
    images = _images(found, where)
    regions: dict[int, list[tuple[Region, str]]] = {number: [] for number in images}
    seen: set[int] = set()
    for place_in_list, annotation in enumerate(found.annotations):
        what = f"{where}, annotations[{place_in_list}]"
        if annotation.id is not None and annotation.id in seen:
            raise InputError(f"{what}.id", f"the number {annotation.id} is taken twice", _NEXT_STEP)
        seen.add(-1 if annotation.id is None else annotation.id)
        if annotation.image_id not in images:
            raise InputError(f"{what}.image_id", f"there is no image {annotation.image_id}", _NEXT_STEP)
        if annotation.category_id not in categories:
            raise InputError(f"{what}.category_id", f"there is no category {annotation.category_id}", _NEXT_STEP)
        name = categories[annotation.category_id]
        shape = _shape(annotation, images[annotation.image_id], what)
        regions[annotation.image_id].append((Region(shape, type_of(name), bool(annotation.iscrowd)), name))
    folder = printable(path.parent.relative_to(root).as_posix())
    records = [
        _record(image, f"{where}, images[{n}]", regions[image.id], (root, folder), options)
        for n, image in enumerate(in_steps(found.images, options))
    ]
    return collected(records, (), path)


def _only_file(folder: Path) -> Path:
    paths = files_below(folder, (".json",))
    named = [path for path in paths if path.name == "labels.json"]
    if len(named) == 1 or len(paths) == 1:
        return (named or paths)[0]
    cause = f"there are {len(paths)} JSON files in it" if paths else "there is no JSON file in it"
    raise InputError(printable(folder), cause, "Name the file itself" if paths else "Choose another folder or format")


def _categories(found: CocoFile, where: str) -> dict[int, str]:
    categories: dict[int, str] = {}
    for n, category in enumerate(found.categories):
        what = f"{where}, categories[{n}]"
        check_class(category.name, f"{what}.name")
        if category.id in categories:
            raise InputError(f"{what}.id", f"the number {category.id} is taken twice", _NEXT_STEP)
        if not category.name.strip():
            raise InputError(f"{what}.name", "the name is empty", "Give the category a name")
        categories[category.id] = category.name
    return categories


def _images(found: CocoFile, where: str) -> dict[int, CocoImage]:
    images: dict[int, CocoImage] = {}
    for n, image in enumerate(found.images):
        if image.id in images:
            raise InputError(f"{where}, images[{n}].id", f"the number {image.id} is taken twice", _NEXT_STEP)
        images[image.id] = image
    return images


def _shape(annotation: CocoAnnotation, image: CocoImage, what: str) -> Shape:
    outline = annotation.segmentation
    if isinstance(outline, CocoRle):
        key = f"{what}.segmentation"
        height, width = outline.size
        if (image.height or height, image.width or width) != (height, width):
            cause = f"the mask is {width}×{height} pixels, its image {image.width}×{image.height}"
            raise InputError(key, cause, _NEXT_STEP)
        counts = expand(outline.counts, key) if isinstance(outline.counts, str) else tuple(outline.counts)
        return checked_rle(height, width, counts, key)
    if outline:
        return Polygon(tuple(_part(part, f"{what}.segmentation[{n}]") for n, part in enumerate(outline)))
    if annotation.bbox is None:
        raise InputError(what, "it has neither segmentation nor bbox", _NEXT_STEP)
    box = annotation.bbox
    if len(box) != 4 or not all(math.isfinite(v) for v in box) or box[2] < 0 or box[3] < 0:
        raise InputError(f"{what}.bbox", "a box has left, top, width and height, none of these two below 0", _NEXT_STEP)
    return Box(box[0], box[1], box[0] + box[2], box[1] + box[3])


def _part(values: Sequence[float], what: str) -> tuple[tuple[float, float], ...]:
    if len(values) < 6 or len(values) % 2 or not all(math.isfinite(v) for v in values):
        raise InputError(what, f"{len(values)} numbers are no outline: x and y of three points or more", _NEXT_STEP)
    return tuple(zip(values[::2], values[1::2], strict=True))


def _record(
    image: CocoImage, what: str, named: Sequence[tuple[Region, str]], at: tuple[Path, str], options: Options
) -> Annotated:
    root, folder = at
    name = relative_name(image.file_name, f"{what}.file_name")
    path = None
    for beside in _IMAGE_FOLDERS:
        candidate = posixpath.normpath(posixpath.join(folder, beside, name))
        if path is None and not candidate.startswith("../"):
            path = found_below(root, candidate, what)
    width, height = image.width, image.height
    if width is None or height is None:
        width, height = size_of_image(name, path, options, what)
    if width <= 0 or height <= 0:
        raise InputError(what, f"an image of {width}×{height} pixels cannot be used", _NEXT_STEP)
    regions, any_good = without_good(named)
    empty: Kind = "good" if any_good else options.empty
    label, defect_type = label_of_regions(regions, empty)
    return Annotated(
        image=name,
        label=label,
        defect_type=defect_type,
        width=width,
        height=height,
        regions=regions,
        path=None if path is None else str(path),
        where=what,
    )


def write(records: Sequence[Annotated], target: Target) -> None:
    """labels.json, and copies of the images in data/."""
    classes = classes_of(records)
    numbers = {name: number for number, name in enumerate(classes, start=1)}
    images: list[CocoImage] = []
    annotations: list[CocoAnnotation] = []
    for number, (record, name) in enumerate(zip(records, placed(records), strict=True), start=1):
        target.copy_image(record, f"{_DATA}/{name}")
        images.append(CocoImage(id=number, file_name=name, width=record.width, height=record.height))
        for region in record.regions:
            category = numbers[class_of_type(region.defect_type)]
            annotations.append(_annotation(region, record, len(annotations) + 1, number, category))
    file = CocoFile(
        info={"description": "Defects of inspected parts"},
        images=images,
        annotations=annotations,
        categories=[CocoCategory(id=numbers[name], name=name, supercategory="defect") for name in classes],
    )
    target.write_json("labels.json", file)


def _annotation(region: Region, record: Annotated, number: int, image: int, category: int) -> CocoAnnotation:
    shape, around = region.shape, bounding_box(region.shape)
    area: float = (around.right - around.left) * (around.bottom - around.top)
    outline: list[list[float]] | CocoRle = []
    if isinstance(shape, Polygon):
        outline = [[value for point in part for value in point] for part in shape.parts]
        area = sum(_area(part) for part in shape.parts)
    elif not isinstance(shape, Box):
        if record.height is None or record.width is None:
            raise InputError(record.image, "the image's size is not known", "Put the image back")
        rle = shape if isinstance(shape, Rle) else encode(mask_of([region], record.height, record.width))
        around, area = bounding_box(rle), marked_pixels(rle)
        outline = CocoRle(size=(rle.height, rle.width), counts=compress(rle))
    return CocoAnnotation(
        id=number,
        image_id=image,
        category_id=category,
        bbox=[around.left, around.top, around.right - around.left, around.bottom - around.top],
        segmentation=outline,
        area=area,
        iscrowd=int(region.crowd),  # type: ignore[arg-type]
    )


def _area(part: Iterable[tuple[float, float]]) -> float:
    """Of a polygon, by the shoelace formula."""
    points = list(part)
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2

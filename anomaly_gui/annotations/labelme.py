"""labelme's JSON: one file beside each image."""

from __future__ import annotations

import base64
import binascii
import math
import posixpath
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from anomaly_gui.annotations.class_names import (
    DEFECT,
    GOOD,
    check_class,
    class_of_type,
    label_of,
    label_of_regions,
    type_of,
    without_good,
)
from anomaly_gui.annotations.losses import Capability
from anomaly_gui.annotations.mask_images import png
from anomaly_gui.annotations.raster import bounding_box
from anomaly_gui.annotations.records import (
    Annotated,
    Box,
    Circle,
    Kind,
    Line,
    Point,
    Points,
    Polygon,
    Reading,
    Region,
    Shape,
)
from anomaly_gui.annotations.rle import Rle, decode, encode
from anomaly_gui.annotations.sources import (
    Options,
    collected,
    files_below,
    found_below,
    in_steps,
    read_json,
    relative_name,
    require_below,
    size_of_image,
)
from anomaly_gui.annotations.target import Target, placed
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.load import LIMIT_PX, load_bytes

HELD = Capability(shapes=frozenset({Box, Polygon, Circle, Line, Points, Rle}), crowd=True, split="lost", stems=True)
VERSION = "5.5.0"
"""labelme refuses files without one; this is the last whose form is written here."""
_CROWD = "crowd"
_NEXT_STEP = "Correct the shape in labelme"


class LabelmeShape(msgspec.Struct, kw_only=True):
    """One shape; *mask* is a PNG of the part of the image between its two points, both included."""

    label: str
    points: list[Point]
    shape_type: str = "polygon"
    group_id: int | None = None
    description: str | None = None
    flags: dict[str, Any] | None = None
    mask: str | None = None


class LabelmeFile(msgspec.Struct, kw_only=True):
    """One file; what labelme writes beside is neither needed nor kept."""

    version: str | None = None
    flags: dict[str, Any] | None = None
    shapes: list[LabelmeShape]
    imagePath: str  # noqa: N815, labelme's name
    imageData: str | None = None  # noqa: N815
    imageHeight: int | None = None  # noqa: N815
    imageWidth: int | None = None  # noqa: N815


def read(place: Path, options: Options) -> Reading:
    """One labelme file, or every JSON file of a folder and below."""
    root = place.parent if place.is_file() else place
    paths = [place] if place.is_file() else files_below(place, (".json",))
    notes: list[str] = []
    records = [_record(path, root, options, notes) for path in in_steps(paths, options)]
    return collected(records, notes, place)


def _record(path: Path, root: Path, options: Options, notes: list[str]) -> Annotated:
    require_below(root, path)
    found, where = read_json(path, LabelmeFile), printable(path)
    folder = posixpath.dirname(path.relative_to(root).as_posix())
    name = relative_name(found.imagePath, f"{where}, imagePath", printable(folder))
    image = found_below(root, name, where)
    width, height = found.imageWidth, found.imageHeight
    if width is None or height is None:
        width, height = size_of_image(name, image, options, where)
    if width <= 0 or height <= 0 or width * height > LIMIT_PX:
        raise InputError(f"{where}, imageWidth", f"an image of {width}×{height} pixels cannot be used", _NEXT_STEP)
    shapes = [_region(shape, f"{where}, shapes[{n}]", height, width) for n, shape in enumerate(found.shapes)]
    named = [(region, shape.label) for region, shape in zip(shapes, found.shapes, strict=True)]
    regions, any_good = without_good(_grouped(named, found.shapes))
    if any_good:
        notes.append(f"{where}: shapes labelled good mark no defect and were passed over")
    empty: Kind = "good" if any_good and not regions else options.empty
    label, defect_type = _labelled(found.flags or {}, regions, empty, where)
    return Annotated(
        image=name,
        label=label,
        defect_type=defect_type,
        width=width,
        height=height,
        regions=regions,
        path=None if image is None else str(image),
        where=where,
    )


def _labelled(flags: dict[str, Any], regions: Sequence[Region], empty: Kind, where: str) -> tuple[Kind, str | None]:
    """An image's own flags count before its shapes: good, defect, and beside defect one more for the type."""
    raised = [name for name, value in flags.items() if value is True]
    kinds = {label_of(name)[0] for name in raised if label_of(name)[1] is None}
    if "good" in kinds and (regions or "defect" in kinds):
        raise InputError(f"{where}, flags", "the image is flagged good and marked as defective", "Keep one of the two")
    if "good" in kinds:
        return "good", None
    if "defect" not in kinds:
        return label_of_regions(regions, empty)
    types = [name for name in (type_of(name) for name in raised) if name is not None]
    for name in types:
        check_class(name, f"{where}, flags")
    return "defect", types[0] if len(types) == 1 else label_of_regions(regions, "defect")[1] if not types else None


def _region(shape: LabelmeShape, what: str, height: int, width: int) -> Region:
    check_class(shape.label, f"{what}.label")
    crowd = (shape.flags or {}).get(_CROWD) is True
    return Region(_geometry(shape, what, height, width), type_of(shape.label), crowd)


def _geometry(shape: LabelmeShape, what: str, height: int, width: int) -> Shape:
    points, kind = tuple(shape.points), shape.shape_type
    if not all(math.isfinite(value) for point in points for value in point):
        raise InputError(f"{what}.points", "a coordinate is not a number", _NEXT_STEP)
    if kind == "polygon" and len(points) >= 3:
        return Polygon((points,))
    if kind == "rectangle" and len(points) in (2, 4):
        (left, right), (top, bottom) = ((min(values), max(values)) for values in zip(*points, strict=True))
        corners = {(left, top), (right, top), (left, bottom), (right, bottom)}
        if set(points) <= corners:
            return Box(left, top, right, bottom)
        return Polygon((points,))
    if kind == "circle" and len(points) == 2:
        return Circle(*points)
    if kind in ("line", "linestrip") and len(points) >= 2:
        return Line(points)
    if kind in ("point", "points") and points:
        return Points(points)
    if kind == "mask" and len(points) == 2:
        return _mask(shape.mask, points, what, height, width)
    known = kind in ("polygon", "rectangle", "circle", "line", "linestrip", "point", "points", "mask")
    cause = f"a {kind} cannot have {len(points)} points" if known else f"the shape type {kind[:40]!r} is not known"
    raise InputError(what, cause, _NEXT_STEP)


def _mask(encoded: str | None, points: Sequence[Point], what: str, height: int, width: int) -> Rle:
    """Both corners are pixels of the mask: labelme's image has (y2 − y1 + 1) × (x2 − x1 + 1) pixels."""
    try:
        data = base64.b64decode(encoded or "", validate=True)
    except (binascii.Error, ValueError):
        raise InputError(f"{what}.mask", "it is not base64", _NEXT_STEP) from None
    part = load_bytes(data, f"{what}.mask").pixels.max(axis=2) > 0
    (left, top), (right, bottom) = ((int(x), int(y)) for x, y in points)
    if part.shape != (bottom - top + 1, right - left + 1):
        cause = (
            f"the mask is {part.shape[1]}×{part.shape[0]} pixels, its points span {right - left + 1}×{bottom - top + 1}"
        )
        raise InputError(what, cause, _NEXT_STEP)
    if left < 0 or top < 0 or right >= width or bottom >= height:
        raise InputError(what, f"the mask reaches out of the image of {width}×{height} pixels", _NEXT_STEP)
    whole = np.zeros((height, width), bool)
    whole[top : bottom + 1, left : right + 1] = part
    return encode(whole)


def _grouped(named: Sequence[tuple[Region, str]], shapes: Sequence[LabelmeShape]) -> list[tuple[Region, str]]:
    """Polygons of one group and label are the parts of one region."""
    found: list[tuple[Region, str]] = []
    places: dict[tuple[int, str, bool], int] = {}
    for (region, name), shape in zip(named, shapes, strict=True):
        key = None
        if shape.group_id is not None and shape.shape_type == "polygon":
            key = (shape.group_id, name, region.crowd)
        if key in places:
            first = found[places[key]][0]
            assert isinstance(first.shape, Polygon)
            assert isinstance(region.shape, Polygon)
            joined = Polygon(first.shape.parts + region.shape.parts)
            found[places[key]] = (Region(joined, first.defect_type, first.crowd), name)
            continue
        if key is not None:
            places[key] = len(found)
        found.append((region, name))
    return found


def write(records: Sequence[Annotated], target: Target) -> None:
    """A copy of each image, and its file beside it."""
    for record, name in zip(records, placed(records), strict=True):
        target.copy_image(record, name)
        file = LabelmeFile(
            version=VERSION,
            flags=_flags(record),
            shapes=[shape for n, region in enumerate(record.regions) for shape in _shapes(region, n)],
            imagePath=posixpath.basename(name),
            imageHeight=record.height,
            imageWidth=record.width,
        )
        target.write_json(posixpath.splitext(name)[0] + ".json", file)


def _flags(record: Annotated) -> dict[str, bool]:
    """None where the shapes say it all."""
    if record.label == "unlabelled":
        return {}
    if record.label == "good":
        return {GOOD: True}
    if record.regions and label_of_regions(record.regions, "defect") == ("defect", record.defect_type):
        return {}
    return {DEFECT: True, class_of_type(record.defect_type): True}


def _shapes(region: Region, number: int) -> list[LabelmeShape]:
    """One, or one for each part of a polygon that has several."""
    mask, group = None, None
    lists: list[list[Point]]
    match region.shape:
        case Polygon(parts=parts):
            kind, lists = "polygon", [list(part) for part in parts]
            group = number if len(parts) > 1 else None
        case Box(left, top, right, bottom):
            kind, lists = "rectangle", [[(left, top), (right, bottom)]]
        case Circle(centre, rim):
            kind, lists = "circle", [[centre, rim]]
        case Line(points):
            kind, lists = "linestrip", [list(points)]
        case Points(points):
            kind, lists = "points", [list(points)]
        case _:
            kind, (corners, mask) = "mask", _cut_out(region.shape)
            lists = [corners]
    return [
        LabelmeShape(
            label=class_of_type(region.defect_type),
            points=points,
            shape_type=kind,
            group_id=group,
            description="",
            flags={_CROWD: True} if region.crowd else {},
            mask=mask,
        )
        for points in lists
    ]


def _cut_out(rle: Rle) -> tuple[list[Point], str]:
    """The first and the last pixel of the marked part, and that part as labelme holds it."""
    around = bounding_box(rle)
    left, top = int(around.left), int(around.top)
    right, bottom = max(int(around.right) - 1, 0), max(int(around.bottom) - 1, 0)
    part = decode(rle)[top : bottom + 1, left : right + 1].astype(np.uint8)
    return [(left, top), (right, bottom)], base64.b64encode(png(part)).decode()

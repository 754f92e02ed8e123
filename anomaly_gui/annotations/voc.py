"""Pascal VOC's XML: boxes, one file an image; Annotations/ beside JPEGImages/."""

from __future__ import annotations

import math
import posixpath
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

from anomaly_gui.annotations.class_names import check_class, class_of_type, label_of_regions, type_of, without_good
from anomaly_gui.annotations.losses import Capability
from anomaly_gui.annotations.raster import bounding_box
from anomaly_gui.annotations.records import Annotated, Box, Kind, Reading, Region
from anomaly_gui.annotations.sources import (
    Options,
    collected,
    files_below,
    found_below,
    in_steps,
    number,
    read_xml,
    relative_name,
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
    whole_pixels=True,
    labels=frozenset({"unlabelled"}),
    own_type=False,
    folders=False,
)
_IMAGES, _ANNOTATIONS = "JPEGImages", "Annotations"
_IMAGE_FOLDERS = ("", f"../{_IMAGES}", "../images", "../data", _IMAGES, "images", "data")
_NEXT_STEP = "Write the file again with the program it came from"


def read(place: Path, options: Options) -> Reading:
    """One VOC file, or every XML file of a folder and below."""
    root = place.parent if place.is_file() else place
    paths = [place] if place.is_file() else files_below(place, (".xml",))
    return collected([_record(path, root, options) for path in in_steps(paths, options)], (), place)


def _record(path: Path, root: Path, options: Options) -> Annotated:
    require_below(root, path)
    where, document = printable(path), read_xml(path)
    if document.tag != "annotation":
        cause = f"the XML begins with <{document.tag[:40]}>, not with <annotation>"
        raise InputError(where, cause, "Choose files in Pascal VOC's format")
    name = relative_name(_text(document, "filename", where), f"{where}, filename")
    folder = printable(path.parent.relative_to(root).as_posix())
    image = None
    for beside in _IMAGE_FOLDERS:
        candidate = posixpath.normpath(posixpath.join(folder, beside, name))
        if image is None and not candidate.startswith("../"):
            image = found_below(root, candidate, where)
    size = document.find("size")
    if size is None or not (size.findtext("width") or "0").strip("0 \n"):
        width, height = size_of_image(name, image, options, where)
    else:
        width, height = (
            whole(_text(size, side, f"{where}, size"), f"{where}, size/{side}") for side in ("width", "height")
        )
    named = [_region(element, f"{where}, object {n}") for n, element in enumerate(document.findall("object"), start=1)]
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
        path=None if image is None else str(image),
        where=where,
    )


def _region(element: ElementTree.Element, what: str) -> tuple[Region, str]:
    """VOC counts pixels from 1, and both corners belong to the box."""
    name = _text(element, "name", what)
    check_class(name, f"{what}, name")
    box = element.find("bndbox")
    if box is None:
        raise InputError(what, "it has no bndbox", _NEXT_STEP)
    left, top, right, bottom = (
        number(_text(box, key, f"{what}, bndbox"), f"{what}, bndbox/{key}") for key in ("xmin", "ymin", "xmax", "ymax")
    )
    if right < left or bottom < top:
        raise InputError(f"{what}, bndbox", "the box ends before it begins", _NEXT_STEP)
    return Region(Box(left - 1, top - 1, right, bottom), type_of(name)), name


def _text(element: ElementTree.Element, key: str, what: str) -> str:
    text = (element.findtext(key) or "").strip()
    if not text:
        raise InputError(what, f"it has no {key}", _NEXT_STEP)
    return text


def write(records: Sequence[Annotated], target: Target) -> None:
    """Annotations/<stem>.xml for each image, and its copy in JPEGImages/."""
    for record, path in zip(records, placed(records, [_IMAGES] * len(records)), strict=True):
        target.copy_image(record, path)
        name = posixpath.basename(path)
        target.write_xml(f"{_ANNOTATIONS}/{posixpath.splitext(name)[0]}.xml", _document(record, name))


def _document(record: Annotated, name: str) -> ElementTree.Element:
    root = ElementTree.Element("annotation")
    _add(root, folder=_IMAGES, filename=name)
    size = ElementTree.SubElement(root, "size")
    _add(size, width=record.width or 0, height=record.height or 0, depth=3)
    _add(root, segmented=0)
    for region in record.regions:
        around = bounding_box(region.shape)
        element = ElementTree.SubElement(root, "object")
        _add(element, name=class_of_type(region.defect_type), pose="Unspecified", truncated=0, difficult=0)
        left, top = math.floor(around.left), math.floor(around.top)
        right, bottom = max(math.ceil(around.right), left + 1), max(math.ceil(around.bottom), top + 1)
        _add(ElementTree.SubElement(element, "bndbox"), xmin=left + 1, ymin=top + 1, xmax=right, ymax=bottom)
    return root


def _add(element: ElementTree.Element, **values: str | int) -> None:
    for key, value in values.items():
        ElementTree.SubElement(element, key).text = str(value)

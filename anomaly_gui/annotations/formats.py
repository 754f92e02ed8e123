"""All formats, and which of them a place is in."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from anomaly_gui.annotations import class_folders, coco, csv_table, labelme, mask_images, mvtec, voc, yolo
from anomaly_gui.annotations.losses import Capability
from anomaly_gui.annotations.losses import losses as losses_of
from anomaly_gui.annotations.records import Annotated, Reading
from anomaly_gui.annotations.sources import Options, files_below, read_text
from anomaly_gui.annotations.target import Target, check_records
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.scan import SUFFIXES, sub_folders

AUTO = "auto"
_JSON_TRIED = 5
"""Files of a folder that are opened to see what they are."""


@dataclass(frozen=True)
class Format:
    """One format: what it is, what it holds, and its two directions."""

    title: str
    held: Capability
    read: Callable[[Path, Options], Reading]
    write: Callable[[Sequence[Annotated], Target], None]
    copies_images: bool = True
    """Whether a written set holds the images, or only names them."""


FORMATS: dict[str, Format] = {
    "mvtec": Format("MVTec AD layout", mvtec.HELD, mvtec.read, mvtec.write),
    "folders": Format("a folder for each class", class_folders.HELD, class_folders.read, class_folders.write),
    "labelme": Format("labelme JSON", labelme.HELD, labelme.read, labelme.write),
    "coco": Format("COCO JSON", coco.HELD, coco.read, coco.write),
    "voc": Format("Pascal VOC XML", voc.HELD, voc.read, voc.write),
    "yolo": Format("YOLO text files", yolo.HELD, yolo.read, yolo.write),
    "masks": Format("mask images", mask_images.HELD, mask_images.read, mask_images.write, copies_images=False),
    "csv": Format("CSV of paths and labels", csv_table.HELD, csv_table.read, csv_table.write, copies_images=False),
}


def format_of(name: str) -> Format:
    """Raises InputError for a name that is none."""
    if name not in FORMATS:
        raise InputError(f"format {name}", "there is no such format", f"Choose one of: {', '.join(FORMATS)}")
    return FORMATS[name]


def losses(records: Sequence[Annotated], name: str) -> list[str]:
    """What format *name* cannot hold of *records*: sentences without a final full stop. Reads no file."""
    return losses_of(records, format_of(name).held)


def read(place: Path, name: str = AUTO, options: Options = Options()) -> tuple[str, Reading]:  # noqa: B008, frozen
    """The format's name, and the whole set; InputError, with nothing handed over, if any part of it is unsound."""
    place = Path(os.path.abspath(place))
    if not os.path.exists(place):
        raise InputError(printable(place), "there is no such file or folder", "Check its name")
    found = detect(place) if name == AUTO else name
    return found, format_of(found).read(place, options)


def write(records: Sequence[Annotated], name: str, target: Target) -> None:
    """All of *records* below the target's folder. Raises InputError, OSError if they cannot be written."""
    check_records(records)
    format_of(name).write(records, target)


def detect(place: Path) -> str:
    """The format of a file or folder, by names and the first words. Raises InputError if that does not tell."""
    found = _of_file(place) if place.is_file() else _of_folder(place)
    if found is None:
        cause = "its format cannot be told"
        raise InputError(printable(place), cause, f"Say which it is: {', '.join(FORMATS)}")
    return found


def _of_file(path: Path) -> str | None:
    suffix = path.suffix.lower()
    if suffix == ".json":
        text = read_text(path)
        return "labelme" if '"shapes"' in text else "coco" if '"images"' in text else None
    by_suffix = {".csv": "csv", ".xml": "voc", ".yaml": "yolo", ".yml": "yolo", ".names": "yolo", ".txt": "yolo"}
    return by_suffix.get(suffix)


def _of_folder(folder: Path) -> str | None:
    """What was written for it speaks first, the places of images last."""
    texts = files_below(folder, (".json", ".xml", ".csv", ".yaml", ".yml"))
    suffixes = {path.suffix.lower() for path in texts}
    if ".xml" in suffixes:
        return "voc"
    if {".yaml", ".yml"} & suffixes or any((folder / name).is_file() for name in yolo.CLASS_LISTS[1:]):
        return "yolo"
    for path in [path for path in texts if path.suffix.lower() == ".json"][:_JSON_TRIED]:
        if (found := _of_file(path)) is not None:
            return found
    if suffixes == {".csv"}:
        return "csv"
    return _of_pictures(folder)


def _of_pictures(folder: Path) -> str | None:
    pictures = files_below(folder, SUFFIXES)
    if any((folder / name).is_file() for name in mask_images.CLASS_LISTS):
        return "yolo" if len(files_below(folder, (".txt",))) > 1 or not pictures else "masks"
    if pictures and all(path.stem.endswith(mask_images.ENDING) for path in pictures):
        return "masks"
    if (folder / "test").is_dir() and sub_folders(folder / "test"):
        return "mvtec"
    pictures_here = any(path.parent == folder for path in pictures)
    return "folders" if pictures and not pictures_here else None

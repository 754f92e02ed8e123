"""Finding images in folders, and understanding the MVTec AD layout."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})

_DIGITS = re.compile(r"([0-9]+)")
_GOOD_NAMES = frozenset({"good", "ok", "io", "normal"})
_SPLITS: dict[str, Literal["train", "test"]] = {
    "train": "train",
    "validation": "train",
    "val": "train",
    "test": "test",
}
MASK_FOLDERS = ("ground_truth", "masks")


@dataclass(frozen=True)
class DatasetImage:
    """One image of a data set on disk, and what its place says of it."""

    path: Path
    split: Literal["train", "test"]
    defect_type: str | None
    """None for a good part."""
    mask_path: Path | None = None


@dataclass(frozen=True)
class DatasetLayout:
    """A data set in the MVTec AD layout."""

    images: tuple[DatasetImage, ...]
    unused_masks: tuple[Path, ...]
    """Mask files that belong to no image."""


def natural_key(name: str | Path) -> tuple[tuple[str | int, ...], str]:
    """Sorts part_2 before part_10, upper and lower case together."""
    text = str(name)
    pieces = _DIGITS.split(text.casefold())
    return tuple(int(p) if i % 2 else p for i, p in enumerate(pieces)), text


def is_image_name(name: str | Path) -> bool:
    """Whether the suffix is one of a supported format; hidden files are none."""
    base = os.path.basename(name)
    return not base.startswith(".") and os.path.splitext(base)[1].lower() in SUFFIXES


def scan_folder(folder: str | Path, on_refused: Callable[[InputError], None] | None = None) -> list[Path]:
    """Image files in *folder* and below, in natural order; absolute paths, links to folders not followed.

    Raises InputError if the folder is missing, no folder, or not readable. A sub-folder that cannot
    be read goes to *on_refused*, and raises without one.
    """
    root = Path(os.path.abspath(folder))
    _list(root)
    found: list[Path] = []

    def refuse(error: OSError) -> None:
        problem = _unreadable(Path(error.filename or root), error)
        if on_refused is None:
            raise problem
        on_refused(problem)

    for place, folders, names in os.walk(root, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.extend(Path(place, name) for name in names if is_image_name(name))
    return sorted(found, key=natural_key)


def sub_folders(folder: str | Path) -> list[Path]:
    """Visible folders directly in *folder*, in natural order. Raises InputError as scan_folder."""
    root = Path(os.path.abspath(folder))
    names = (name for name in _list(root) if not name.startswith(".") and (root / name).is_dir())
    return sorted((root / name for name in names), key=natural_key)


def scan_dataset(root: str | Path, on_refused: Callable[[InputError], None] | None = None) -> DatasetLayout:
    """Read the MVTec AD layout: train/good, test/<type>, ground_truth/<type>/<stem>_mask.png.

    Raises InputError if *root* is not readable or has neither train/ nor test/ with folders in it.
    """
    folders = {folder.name.casefold(): folder for folder in sub_folders(root)}
    masks = MaskIndex([folders[name] for name in MASK_FOLDERS if name in folders], on_refused)
    images: list[DatasetImage] = []
    for name, split in _SPLITS.items():
        for kind in sub_folders(folders[name]) if name in folders else []:
            good = kind.name.casefold() in _GOOD_NAMES
            for path in scan_folder(kind, on_refused):
                mask = None if good else masks.take(path, kind.name)
                images.append(DatasetImage(path, split, None if good else kind.name, mask))
    if not images:
        raise InputError(
            printable(root),
            "there are no images in train/good or test/<defect type>",
            "Choose the folder that holds train and test, or import the good and defective folders instead",
        )
    return DatasetLayout(tuple(images), tuple(masks.unused()))


class MaskIndex:
    """Finds the mask of an image by its name, <stem>_mask or <stem>.

    A mask lies directly in one of the given folders, or in a sub-folder named as the image's
    defect type or folder: another type's 000_mask is not taken for this type's 000.
    """

    def __init__(self, folders: Sequence[str | Path], on_refused: Callable[[InputError], None] | None = None) -> None:
        self._folders = {Path(os.path.abspath(folder)) for folder in folders}
        self._by_stem: dict[str, list[Path]] = {}
        for folder in folders:
            for path in scan_folder(folder, on_refused):
                self._by_stem.setdefault(path.stem, []).append(path)
        self._taken: set[Path] = set()

    def __contains__(self, path: Path) -> bool:
        return path in self._by_stem.get(path.stem, ())

    def take(self, image: Path, defect_type: str | None) -> Path | None:
        """The mask of *image*, or None if there is none or no telling which."""
        kinds = (defect_type, image.parent.name)
        for stem in (f"{image.stem}_mask", image.stem):
            named = [p for p in self._by_stem.get(stem, []) if p != image]
            same_kind = [p for p in named if p.parent.name in kinds]
            fitting = same_kind or [p for p in named if p.parent in self._folders]
            if len(fitting) == 1:
                self._taken.add(fitting[0])
                return fitting[0]
        return None

    def unused(self) -> list[Path]:
        """Masks that no image took, in natural order."""
        every = {path for paths in self._by_stem.values() for path in paths}
        return sorted(every - self._taken, key=natural_key)


def _list(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except (OSError, ValueError) as error:
        raise _unreadable(folder, error) from error


def _unreadable(folder: Path, error: OSError | ValueError) -> InputError:
    name = printable(folder)
    if isinstance(error, FileNotFoundError):
        return InputError(name, "there is no such folder", "Check its name")
    if isinstance(error, NotADirectoryError):
        return InputError(name, "this is not a folder", "Choose a folder of images")
    if isinstance(error, PermissionError):
        return InputError(name, "you have no permission to open this folder", "Change its permissions")
    return InputError(name, f"the folder cannot be read ({error})", "Check the disk or network drive")

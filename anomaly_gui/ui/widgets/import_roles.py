"""What folders that were dropped or chosen probably hold, and the import they ask for. No Qt."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from anomaly_gui.annotations.class_names import label_of
from anomaly_gui.errors import InputError
from anomaly_gui.imaging.scan import is_image_name, sub_folders
from anomaly_gui.jobs.import_candidates import ImportRequest

ROLES = {
    "good": "Good parts",
    "defect": "Defective parts",
    "unlabelled": "Not labelled yet",
    "dataset": "Data set (train, test)",
    "masks": "Masks of the defects",
    "annotations": "Annotations (labelme, COCO …)",
    "leave": "Leave out",
}
"""Role → title."""

_GOOD = ("good", "ok", "normal", "pass", "golden", "gut", "io")
_DEFECT = ("defect", "bad", "fail", "fault", "ng", "nok", "reject", "anomal", "abnormal", "broken", "scrap", "nio")
_MASKS = ("mask", "ground_truth", "groundtruth", "ground truth")
_SPLITS = ("train", "test")
_ANNOTATIONS = frozenset({".json", ".xml", ".csv", ".yaml", ".yml"})
_LOOKED_AT = 2000


@dataclass(frozen=True)
class Place:
    """One folder, or several files of one folder, and what they are taken for."""

    paths: tuple[str, ...]
    role: str
    """A name of ROLES."""
    is_folder: bool = True


def guess_places(paths: Iterable[str]) -> list[Place]:
    """Folders one by one, those that hold good and defective folders opened; files together by folder."""
    places: list[Place] = []
    files: dict[str, list[str]] = {}
    for path in paths:
        whole = os.path.abspath(path)
        if os.path.isdir(whole):
            places += _opened(Path(whole))
        elif os.path.splitext(whole)[1].lower() in _ANNOTATIONS:
            places.append(Place((whole,), "annotations", is_folder=False))
        else:
            files.setdefault(os.path.dirname(whole), []).append(whole)
    for folder, names in files.items():
        places.append(Place(tuple(names), _role_of_name(os.path.basename(folder)) or "unlabelled", is_folder=False))
    return places


def guess_role(folder: Path) -> str:
    """By what the folder holds, then by its name; "unlabelled" where neither tells."""
    if _is_dataset(folder):
        return "dataset"
    # In a data set's test/ whatever is not good is a kind of defect.
    return _role_of_name(folder.name) or ("defect" if folder.parent.name.casefold() == "test" else "unlabelled")


def masks_beside(folder: Path) -> Path | None:
    """A folder of masks next to a folder of defective parts, or in it."""
    for place in (folder, folder.parent):
        for found in _folders_in(place):
            if _role_of_name(found.name) == "masks":
                return found
    return None


def request_for(places: Iterable[Place]) -> ImportRequest:
    """The import that the places ask for. Raises InputError for two data sets or two folders of masks."""
    by_role: dict[str, list[str]] = {name: [] for name in ROLES}
    for place in places:
        by_role[place.role] += place.paths
    for name, what in (("dataset", "data set"), ("masks", "folder of masks")):
        if len(by_role[name]) > 1:
            raise InputError("import", f"more than one {what} was chosen", "Import one after the other")
    if by_role["masks"] and not by_role["defect"]:
        raise InputError("masks", "they belong to defective parts", "Choose the folder of these as well")
    return ImportRequest(
        good=tuple(by_role["good"]),
        defect=tuple(by_role["defect"]),
        unlabelled=tuple(by_role["unlabelled"]),
        masks=next(iter(by_role["masks"]), None),
        dataset=next(iter(by_role["dataset"]), None),
    )


def is_empty(request: ImportRequest) -> bool:
    return not (request.good or request.defect or request.unlabelled or request.dataset)


def _opened(folder: Path) -> list[Place]:
    role = guess_role(folder)
    if role == "unlabelled" and not _holds_images(folder):
        inside = _folders_in(folder)
        roles = [guess_role(each) for each in inside]
        if "good" in roles or "defect" in roles:
            # Beside a folder of good parts, one of another name is most probably a kind of defect.
            return [
                Place((str(each),), "defect" if guess == "unlabelled" and "good" in roles else guess)
                for each, guess in zip(inside, roles, strict=True)
            ]
    return [Place((str(folder),), role)]


def _is_dataset(folder: Path) -> bool:
    return any(each.name.casefold() in _SPLITS and _folders_in(each) for each in _folders_in(folder))


def _role_of_name(name: str) -> str | None:
    kind, defect_type = label_of(name)
    if defect_type is None and kind != "unlabelled":
        return kind  # OK, NG, IO, NIO … say it by themselves.
    text = name.casefold().strip()
    if any(word in text for word in _MASKS):
        return "masks"
    words = text.replace("-", " ").replace("_", " ").split()
    # "not good" and "no defects" say the opposite of the word that they hold.
    if {"no", "not", "non", "without"} & set(words):
        return None
    if any(word in _GOOD for word in words):
        return "good"
    if any(word.startswith(start) for word in words for start in _DEFECT if len(start) > 3) or set(words) & set(
        _DEFECT
    ):
        return "defect"
    return None


def _folders_in(folder: Path) -> list[Path]:
    try:
        return sub_folders(folder)
    except InputError:
        return []


def _holds_images(folder: Path) -> bool:
    """Whether an image lies directly in it; looks at the first two thousand names, a drop must not wait."""
    try:
        with os.scandir(folder) as entries:
            return any(is_image_name(entry.name) for _, entry in zip(range(_LOOKED_AT), entries, strict=False))
    except OSError:
        return False

"""What an import would find, from names alone: shown before anything is read."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from anomaly_gui.annotations import formats
from anomaly_gui.errors import InputError
from anomaly_gui.imaging.scan import MASK_FOLDERS, scan_folder
from anomaly_gui.jobs.import_candidates import ImportRequest, find_candidates
from anomaly_gui.progress import CancelToken

_DRAWN_IN = ("labelme", "coco", "voc", "yolo", "csv")
"""Formats that say more than the places of images do."""


class PlaceSurvey(msgspec.Struct, frozen=True, kw_only=True):
    """What one folder, or several files, holds."""

    images: int
    samples: tuple[str, ...]
    """Paths of a few images, spread over all."""
    annotations: str = ""
    """Name of the format that there are annotations in."""
    problem: str = ""


class ImportSurvey(msgspec.Struct, frozen=True, kw_only=True):
    """What would come in, by the roles that were chosen."""

    good_train: int
    good_test: int
    defects: dict[str, int]
    """Defect type → images."""
    unlabelled: int
    masks: int
    remarks: tuple[str, ...]
    """What would be refused, and what should be known."""

    @property
    def images(self) -> int:
        return self.good_train + self.good_test + sum(self.defects.values()) + self.unlabelled


class _Remarks:
    """Hears what the search leaves out."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def refuse(self, problem: InputError) -> None:
        self.sentences.append(f"{problem.what}: {problem.cause}")

    def warn(self, sentence: str) -> None:
        self.sentences.append(sentence)


def survey_place(paths: Sequence[str], samples: int, cancel: CancelToken) -> PlaceSurvey:
    """Count images, choose samples and look for annotations. Reads no image; what cannot be read is said.

    The masks of a data set are no images of it.
    """
    try:
        folder = "" if len(paths) > 1 or os.path.isfile(paths[0]) else paths[0]
        found = _pictures_in(folder) if folder else list(paths)
        if cancel.cancelled:
            return PlaceSurvey(images=0, samples=())
        name = _annotations_in(paths[0]) if folder or len(paths) == 1 else ""
    except InputError as error:
        return PlaceSurvey(images=0, samples=(), problem=error.cause)
    step = max(1, len(found) // samples)
    return PlaceSurvey(images=len(found), samples=tuple(found[::step][:samples]), annotations=name)


def _pictures_in(folder: str) -> list[str]:
    """Without a data set's masks, unless there is nothing else."""
    root = Path(os.path.abspath(folder))
    every = scan_folder(root, lambda _: None)
    pictures = [path for path in every if path.relative_to(root).parts[0].casefold() not in MASK_FOLDERS]
    return [str(path) for path in pictures or every]


def _annotations_in(place: str) -> str:
    try:
        name = formats.detect(Path(place))
    except InputError:
        return ""
    return name if name in _DRAWN_IN else ""


def survey_import(request: ImportRequest, cancel: CancelToken) -> ImportSurvey:
    """What find_candidates() makes of *request*, counted: the import will find the same."""
    remarks = _Remarks()
    try:
        candidates = find_candidates(request, remarks)
    except InputError as error:
        return _counted(Counter(), Counter(), 0, (f"{error.what}: {error.cause}",))
    kinds: Counter[str] = Counter()
    types: Counter[str] = Counter()
    for each in candidates:
        if cancel.cancelled:
            break
        if each.label.kind == "defect":
            types[each.label.defect_type or ""] += 1
        else:
            kinds[f"{each.label.kind} {each.split}"] += 1
    masks = sum(each.mask_path is not None for each in candidates)
    return _counted(kinds, types, masks, tuple(remarks.sentences))


def _counted(kinds: Counter[str], types: Counter[str], masks: int, remarks: tuple[str, ...]) -> ImportSurvey:
    return ImportSurvey(
        good_train=kinds["good train"],
        good_test=kinds["good test"],
        defects=dict(types),
        unlabelled=kinds["unlabelled train"] + kinds["unlabelled test"],
        masks=masks,
        remarks=remarks,
    )

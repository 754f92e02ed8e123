"""Which files an import would read, and what the places they lie in say of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from anomaly_gui.annotations.class_names import label_of
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.scan import MaskIndex, natural_key, scan_dataset, scan_folder
from anomaly_gui.imaging.subset import stratified_subset
from anomaly_gui.project.records import Label, Split
from anomaly_gui.project.splits import plain_splits

GOOD = Label("good")
UNLABELLED = Label("unlabelled")
_SUBSET_SEED = 0
"""Always the same: who asks for a subset again gets the same images."""


class ImportRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Where the images are: folders (with all below them) or single files."""

    good: tuple[str, ...] = ()
    defect: tuple[str, ...] = ()
    """Sub-folders name the defect type; a folder without any is named itself. NG and the like name none."""
    unlabelled: tuple[str, ...] = ()
    masks: str | None = None
    """A folder of masks for the defective images, matched by name."""
    dataset: str | None = None
    """The root of a data set in the MVTec AD layout."""
    subset: int | None = None
    """About how many images of *dataset*, each kind in its share; None: all."""


@dataclass(frozen=True)
class Candidate:
    """A file that is about to be read."""

    path: str
    label: Label
    split: Split
    mask_path: str | None = None
    split_given: bool = False
    """The data set itself says train or test."""


class Listener(Protocol):
    """Hears of what is left out."""

    def refuse(self, problem: InputError) -> None:
        """A file or folder cannot be used; the rest goes on."""

    def warn(self, sentence: str) -> None:
        """Something the user should read."""


def find_candidates(request: ImportRequest, listener: Listener) -> list[Candidate]:
    """Every file of *request* once. Raises InputError if nothing was asked for, or there is no image."""
    found = _of_all_places(request, listener)
    places = [*request.good, *request.defect, *request.unlabelled, *filter(None, [request.dataset])]
    if not places:
        raise InputError("import", "no folder was given", "Choose a folder of good or of defective images")
    if not found:
        raise InputError(
            ", ".join(printable(place) for place in places),
            "there are no images (PNG, JPEG, BMP, TIFF or WebP) in it",
            "Choose another folder",
        )
    return _without_contradictions(found, listener)


def _of_all_places(request: ImportRequest, listener: Listener) -> list[Candidate]:
    found: list[Candidate] = []
    if request.dataset is not None:
        found += _of_dataset(request.dataset, request.subset, listener)
    good = _files(request.good, listener)
    found += _labelled(good, GOOD)
    found += _of_defects(request, listener)
    found += _labelled(_files(request.unlabelled, listener), UNLABELLED)
    return found


def _of_dataset(root: str, subset: int | None, listener: Listener) -> list[Candidate]:
    layout = scan_dataset(root, listener.refuse)
    if subset is not None:
        layout = stratified_subset(layout, subset, _SUBSET_SEED)
    found = [
        Candidate(
            path=str(image.path),
            label=GOOD if image.defect_type is None else _defective(image.defect_type),
            split=image.split,
            mask_path=None if image.mask_path is None else str(image.mask_path),
            split_given=True,
        )
        for image in layout.images
    ]
    if layout.unused_masks or any(candidate.mask_path for candidate in found):
        _warn_of_masks(found, layout.unused_masks, listener)
    return found


def _labelled(paths: list[Path], label: Label) -> list[Candidate]:
    splits = plain_splits(len(paths))
    return [Candidate(str(path), label, split) for path, split in zip(paths, splits, strict=True)]


def _of_defects(request: ImportRequest, listener: Listener) -> list[Candidate]:
    if request.masks is None:
        typed = [pair for place in request.defect for pair in _typed(place, listener)]
        return [Candidate(str(path), _defective(kind), "test") for path, kind in typed]
    masks = MaskIndex([request.masks], listener.refuse)
    found = []
    for place in request.defect:
        for path, kind in _typed(place, listener):
            if path not in masks:  # The folder of masks may lie within that of the images.
                mask = masks.take(path, kind)
                found.append(Candidate(str(path), _defective(kind), "test", str(mask) if mask else None))
    _warn_of_masks(found, masks.unused(), listener)
    return found


def _defective(folder: str) -> Label:
    """By the name of the folder: NG, NOK, bad and the like say no more than "defective"."""
    name = printable(folder)
    return Label("defect", None if label_of(name) == ("defect", None) else name)


def _warn_of_masks(candidates: list[Candidate], unused: Sequence[Path], listener: Listener) -> None:
    if unused:
        more = f" and {len(unused) - 1} more" if len(unused) > 1 else ""
        listener.warn(f"{printable(unused[0])}{more}: a mask of no defective image here")
    defective = [candidate for candidate in candidates if candidate.label.kind == "defect"]
    without = sum(candidate.mask_path is None for candidate in defective)
    if without:
        listener.warn(f"{without} of {len(defective)} defective images have no mask")


def _typed(place: str, listener: Listener) -> Iterator[tuple[Path, str]]:
    """Every image of a folder of defective parts (or one file) with its defect type."""
    root = Path(os.path.abspath(place))
    if root.is_file():
        yield root, printable(root.parent.name)
        return
    for path in _images_in(place, listener):
        inside = path.relative_to(root).parts
        yield path, printable(inside[0] if len(inside) > 1 else root.name)


def _files(places: Iterable[str], listener: Listener) -> list[Path]:
    found: list[Path] = []
    for place in places:
        if os.path.isfile(place):
            # A file that was named is tried whatever its suffix: the refusal says what it is.
            found.append(Path(os.path.abspath(place)))
        else:
            found += _images_in(place, listener)
    return sorted(set(found), key=natural_key)


def _images_in(folder: str, listener: Listener) -> list[Path]:
    found = scan_folder(folder, listener.refuse)
    if not found:
        listener.warn(f"{printable(folder)} holds no images")
    return found


def _without_contradictions(candidates: list[Candidate], listener: Listener) -> list[Candidate]:
    """Each file once; a file given as good and as defective is refused, since either may be wrong."""
    by_path: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_path.setdefault(path_key(candidate.path), []).append(candidate)
    kept = []
    for same in by_path.values():
        kinds = sorted({candidate.label.kind for candidate in same} - {"unlabelled"})
        if len(kinds) > 1:
            name = printable(same[0].path)
            listener.refuse(InputError(name, "it was given as good and as defective", "Give it in one place only"))
        else:
            kept.append(next((c for c in same if c.label.kind != "unlabelled"), same[0]))
    return kept


def path_key(path: str) -> str:
    """Equal for two spellings of one file: on Windows upper and lower case are the same."""
    return os.path.normcase(path)

"""Import: folders of images become images of a project, each read and checked once."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable, sha256
from anomaly_gui.imaging.load import load_bytes, pixel_sha256, read_file
from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.imaging.scan import (
    MaskIndex,
    natural_key,
    scan_dataset,
    scan_folder,
    sub_folders,
)
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, FileRefused, Noted, RateMeter
from anomaly_gui.project.labels import conflicts
from anomaly_gui.project.records import Label, NewImage, Split
from anomaly_gui.project.splits import plain_splits
from anomaly_gui.project.store import PROJECT_FOLDERS, Project

_COMMIT_IMAGES = 200
_THREADS = 2
_AHEAD = 8
"""Files handed to the threads before the first of them is waited for."""
_REASONS_SHOWN = 3

GOOD = Label("good")
UNLABELLED = Label("unlabelled")


class ImportRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Where the images are: folders (with all below them) or single files."""

    good: tuple[str, ...] = ()
    defect: tuple[str, ...] = ()
    """Sub-folders name the defect type; a folder without any is named itself."""
    unlabelled: tuple[str, ...] = ()
    masks: str | None = None
    """A folder of masks for the defective images, matched by name."""
    dataset: str | None = None
    """The root of a data set in the MVTec AD layout."""


class Refused(msgspec.Struct, frozen=True):
    """A file that was left out."""

    path: str
    reason: str


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an import; paths and sentences are printable."""

    added: int
    already: int
    """Files that the project had before."""
    refused: tuple[Refused, ...]
    conflicts: tuple[str, ...]
    """Of the whole project: equal pictures in places that exclude each other."""
    warnings: tuple[str, ...]
    good: int
    """Of the added."""
    defect: int
    unlabelled: int
    masks: int


@dataclass(frozen=True)
class _Candidate:
    """A file that is about to be read."""

    path: str
    label: Label
    split: Split
    mask_path: str | None = None
    split_given: bool = False
    """The data set itself says train or test."""


@dataclass(frozen=True)
class _Read:
    """What became of one candidate."""

    candidate: _Candidate
    image: NewImage | None
    problem: InputError | None = None
    warning: str | None = None
    notes: tuple[str, ...] = ()


@dataclass
class _Tally:
    """Counts and lists of a running import."""

    emit: EventSink
    already: int = 0
    added: list[NewImage] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    noted: dict[str, list[str]] = field(default_factory=dict)
    """What the loader did to pixels → the files it was done to."""

    def refuse(self, problem: InputError) -> None:
        refusal = Refused(problem.what, f"{problem.cause}. {problem.next_step}.")
        self.refused.append(refusal)
        self.emit(FileRefused(refusal.path, refusal.reason))

    def warn(self, sentence: str) -> None:
        self.warnings.append(sentence)
        self.emit(Noted(sentence))

    def note(self, read: _Read) -> None:
        for note in read.notes:
            self.noted.setdefault(note, []).append(read.candidate.path)
        if read.warning:
            self.warn(read.warning)

    def warn_of_notes(self) -> None:
        """One sentence a kind, however many files."""
        for note, paths in self.noted.items():
            more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            self.warn(f"{printable(paths[0])}{more}: {note}")

    def report(self, project: Project) -> ImportReport:
        kinds = [image.label.kind for image in self.added]
        return ImportReport(
            added=len(self.added),
            already=self.already,
            refused=tuple(self.refused),
            conflicts=tuple(conflict.sentence for conflict in conflicts(project.images())),
            warnings=tuple(self.warnings),
            good=kinds.count("good"),
            defect=kinds.count("defect"),
            unlabelled=kinds.count("unlabelled"),
            masks=sum(image.mask_path is not None for image in self.added),
        )


def import_images(
    project: Project, request: ImportRequest, emit: EventSink, cancel: CancelToken
) -> ImportReport | Cancelled:
    """Read, check and hash every image of *request* and take it into *project*.

    Files are referenced where they are and never written to. Refused files are reported and the
    rest goes in, committed every 200 images, so that a cancelled import keeps what it has done and
    the next one goes on from there. Raises InputError if nothing was asked for, a folder cannot be
    read or is empty, or no file at all can be used.
    """
    tally = _Tally(emit)
    candidates = _without_contradictions(_candidates(request, tally), tally)
    fresh = _without_known(candidates, project, tally)
    splits = _Splits(project)
    meter = RateMeter("Importing", len(fresh), emit)
    batch: list[NewImage] = []
    for done, read in enumerate(_read_ahead(fresh, cancel), start=1):
        if read.image is None:
            assert read.problem is not None
            tally.refuse(read.problem)
        else:
            batch.append(splits.settle(read.candidate, read.image))
            tally.note(read)
        if len(batch) >= _COMMIT_IMAGES:
            _commit(project, batch, tally)
        meter.update(done, printable(os.path.basename(read.candidate.path)))
    _commit(project, batch, tally)
    tally.warn_of_notes()
    if cancel.cancelled:
        return Cancelled(f"{len(tally.added)} images were imported and are kept")
    if not tally.added and not tally.already:
        raise _nothing_usable(tally)
    return tally.report(project)


# Which files, and what their places say of them


def _candidates(request: ImportRequest, tally: _Tally) -> list[_Candidate]:
    found: list[_Candidate] = []
    if request.dataset is not None:
        found += _of_dataset(request.dataset, tally)
    good = _files(request.good, tally)
    found += _labelled(good, GOOD)
    found += _of_defects(request, tally)
    found += _labelled(_files(request.unlabelled, tally), UNLABELLED)
    if not found and not tally.refused:
        places = [*request.good, *request.defect, *request.unlabelled, *filter(None, [request.dataset])]
        if not places:
            raise InputError(
                "import", "no folder was given", "Choose a folder of good or of defective images"
            )
        raise InputError(
            ", ".join(printable(place) for place in places),
            "there are no images (PNG, JPEG, BMP, TIFF or WebP) in it",
            "Choose another folder",
        )
    return found


def _of_dataset(root: str, tally: _Tally) -> list[_Candidate]:
    layout = scan_dataset(root, tally.refuse)
    found = [
        _Candidate(
            path=str(image.path),
            label=GOOD if image.defect_type is None else Label("defect", printable(image.defect_type)),
            split=image.split,
            mask_path=None if image.mask_path is None else str(image.mask_path),
            split_given=True,
        )
        for image in layout.images
    ]
    if layout.unused_masks or any(candidate.mask_path for candidate in found):
        _warn_of_masks(found, layout.unused_masks, tally)
    return found


def _labelled(paths: list[Path], label: Label) -> list[_Candidate]:
    splits = plain_splits(len(paths))
    return [_Candidate(str(path), label, split) for path, split in zip(paths, splits, strict=True)]


def _of_defects(request: ImportRequest, tally: _Tally) -> list[_Candidate]:
    if request.masks is None:
        typed = [pair for place in request.defect for pair in _typed(place, tally)]
        return [_Candidate(str(path), Label("defect", kind), "test") for path, kind in typed]
    masks = MaskIndex([request.masks], tally.refuse)
    found = []
    for place in request.defect:
        for path, kind in _typed(place, tally):
            if path not in masks:  # The folder of masks may lie within that of the images.
                mask = masks.take(path, kind)
                found.append(
                    _Candidate(str(path), Label("defect", kind), "test", str(mask) if mask else None)
                )
    _warn_of_masks(found, masks.unused(), tally)
    return found


def _warn_of_masks(candidates: list[_Candidate], unused: Sequence[Path], tally: _Tally) -> None:
    for mask in unused:
        tally.warn(f"{printable(mask)} is a mask of no defective image here")
    defective = [candidate for candidate in candidates if candidate.label.kind == "defect"]
    without = sum(candidate.mask_path is None for candidate in defective)
    if without:
        tally.warn(f"{without} of {len(defective)} defective images have no mask")


def _typed(place: str, tally: _Tally) -> Iterator[tuple[Path, str]]:
    """Every image of a folder of defective parts (or one file) with its defect type."""
    root = Path(os.path.abspath(place))
    if root.is_file():
        yield root, printable(root.parent.name)
        return
    kinds = sub_folders(root)
    for path in scan_folder(root, tally.refuse):
        inside = path.relative_to(root).parts
        yield path, printable(inside[0] if kinds and len(inside) > 1 else root.name)


def _files(places: Iterable[str], tally: _Tally) -> list[Path]:
    found: list[Path] = []
    for place in places:
        if os.path.isfile(place):
            # A file that was named is tried whatever its suffix: the refusal says what it is.
            found.append(Path(os.path.abspath(place)))
        else:
            found += scan_folder(place, tally.refuse)
    return sorted(set(found), key=natural_key)


def _without_contradictions(candidates: list[_Candidate], tally: _Tally) -> list[_Candidate]:
    """Each file once; a file given as good and as defective is refused, since either may be wrong."""
    by_path: dict[str, list[_Candidate]] = {}
    for candidate in candidates:
        by_path.setdefault(_key(candidate.path), []).append(candidate)
    kept = []
    for same in by_path.values():
        kinds = sorted({candidate.label.kind for candidate in same} - {"unlabelled"})
        if len(kinds) > 1:
            name = printable(same[0].path)
            tally.refuse(
                InputError(name, "it was given as good and as defective", "Give it in one place only")
            )
        else:
            kept.append(next((c for c in same if c.label.kind != "unlabelled"), same[0]))
    return kept


def _without_known(candidates: list[_Candidate], project: Project, tally: _Tally) -> list[_Candidate]:
    """Those that the project does not have yet; labels of those it has stay as they are.

    A folder of images may hold the project itself: its runs' pictures are no parts.
    """
    own = tuple(_key(str(project.folder / name) + os.sep) for name in PROJECT_FOLDERS)
    candidates = [c for c in candidates if not _key(c.path).startswith(own)]
    known = {_key(image.path): image for image in project.images()}
    fresh, otherwise = [], 0
    for candidate in candidates:
        image = known.get(_key(candidate.path))
        if image is None:
            fresh.append(candidate)
            continue
        tally.already += 1
        otherwise += candidate.label.kind not in ("unlabelled", image.label.kind)
    if otherwise:
        tally.warn(f"{otherwise} images were in the project with another label, which was left as it is")
    return fresh


def _key(path: str) -> str:
    """Equal for two spellings of one file: on Windows upper and lower case are the same."""
    return os.path.normcase(path)


# Reading them


def _read_ahead(candidates: list[_Candidate], cancel: CancelToken) -> Iterator[_Read]:
    """Read candidates in order, two at a time, a few ahead of the caller; stops when cancelled."""
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="import") as pool:
        waiting: deque[Future[_Read]] = deque()
        for candidate in candidates:
            if cancel.should_stop():
                break
            waiting.append(pool.submit(_read, candidate))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _read(candidate: _Candidate) -> _Read:
    try:
        data = read_file(candidate.path)
        loaded = load_bytes(data, printable(candidate.path))
    except InputError as problem:
        return _Read(candidate, None, problem)
    height, width, channels = loaded.pixels.shape
    mask_path, warning = _usable_mask(candidate, height, width)
    image = NewImage(
        path=candidate.path,
        sha256=sha256(data),
        pixel_sha256=pixel_sha256(loaded.pixels),
        file_bytes=len(data),
        format=loaded.format,
        width=width,
        height=height,
        channels=channels,
        bit_depth=loaded.bit_depth,
        peak=loaded.peak,
        label=candidate.label,
        split=candidate.split,
        mask_path=mask_path,
    )
    return _Read(candidate, image, warning=warning, notes=loaded.notes)


def _usable_mask(candidate: _Candidate, height: int, width: int) -> tuple[str | None, str | None]:
    """The candidate's mask if it can be used, and a warning if it cannot."""
    if candidate.mask_path is None:
        return None, None
    try:
        if load_mask(candidate.mask_path, height, width).any():
            return candidate.mask_path, None
    except InputError as problem:
        return None, f"Mask left out: {problem}"
    return None, f"Mask left out: {printable(candidate.mask_path)} marks nothing"


# Taking them in


class _Splits:
    """A good picture that is here already, under another name, is put where its copy is.

    Without it the blocks of plain_splits could put two copies on both sides, and the project would
    contradict itself by our own doing. A data set's own split is left alone; a conflict is reported.
    """

    def __init__(self, project: Project) -> None:
        self._split = {i.pixel_sha256: i.split for i in project.images() if i.label.kind == "good"}

    def settle(self, candidate: _Candidate, image: NewImage) -> NewImage:
        if image.label.kind != "good":
            return image
        split = self._split.setdefault(image.pixel_sha256, image.split)
        return image if candidate.split_given else msgspec.structs.replace(image, split=split)


def _commit(project: Project, batch: list[NewImage], tally: _Tally) -> None:
    if batch:
        project.add_images(batch)
        tally.added += batch
        batch.clear()


def _nothing_usable(tally: _Tally) -> InputError:
    first = "; ".join(f"{r.path}: {r.reason.split('. ')[0]}" for r in tally.refused[:_REASONS_SHOWN])
    more = len(tally.refused) - _REASONS_SHOWN
    return InputError(
        "import",
        f"none of {len(tally.refused)} files can be used ({first}{f'; and {more} more' if more > 0 else ''})",
        "Look at these files, or choose another folder",
    )

"""Import: folders of images become images of a project, each read and checked once."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.first_look import look
from anomaly_gui.imaging.patience import Patience
from anomaly_gui.imaging.unreachable import LeftBehind, unless_it_hangs
from anomaly_gui.jobs.import_candidates import Candidate, ImportRequest, find_candidates, path_key
from anomaly_gui.jobs.read_content import content_of
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, FileRefused, Noted, RateMeter
from anomaly_gui.project.labels import conflicts
from anomaly_gui.project.records import Image, NewImage
from anomaly_gui.project.store import PROJECT_FOLDERS, Project

_COMMIT_IMAGES = 200
_THREADS = min(4, max(2, (os.cpu_count() or 2) - 1))
"""Decoders work outside the interpreter's lock; more than four at once could fill the memory with large images."""
_AHEAD = 8
"""Files handed to the threads before the first of them is waited for."""
_REASONS_SHOWN = 3


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
class _Read:
    """What became of one candidate."""

    candidate: Candidate
    image: NewImage | None
    problem: InputError | None = None
    notes: tuple[str, ...] = ()


@dataclass
class _Tally:
    """Counts and lists of a running import."""

    emit: EventSink
    already: int = 0
    added: list[NewImage] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    vanished: dict[str, int] = field(default_factory=dict)
    """Folder that was there when the files were looked for → how many of its files were not read."""
    noted: dict[str, list[str]] = field(default_factory=dict)
    """What was done to pixels or masks → the images it was done to."""

    def refuse(self, problem: InputError) -> None:
        refusal = Refused(problem.what, f"{problem.cause}. {problem.next_step}.")
        self.refused.append(refusal)
        self.emit(FileRefused(refusal.path, refusal.reason))

    def miss(self, path: str, problem: InputError) -> None:
        """A file that cannot be used; where its whole folder is gone, that is said once."""
        folder = os.path.dirname(path)
        if os.path.isdir(folder):
            self.refuse(problem)
        else:
            self.vanished[folder] = self.vanished.get(folder, 0) + 1

    def refuse_vanished(self) -> None:
        for folder, count in self.vanished.items():
            images = "1 image of it was" if count == 1 else f"{count:,} images of it were"
            cause = f"the folder is gone: {images} not read"
            self.refuse(InputError(printable(folder), cause, "Bring it back and import again, which goes on from here"))

    def warn(self, sentence: str) -> None:
        self.warnings.append(sentence)
        self.emit(Noted(sentence))

    def note(self, read: _Read) -> None:
        for note in read.notes:
            self.noted.setdefault(note, []).append(read.candidate.path)

    def warn_of_notes(self) -> None:
        """One sentence a kind, however many files."""
        for note, paths in self.noted.items():
            more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            self.warn(f"{printable(paths[0])}{more}: {note}")

    def report(self, present: Sequence[Image]) -> ImportReport:
        """*present* are all images of the project."""
        kinds = [image.label.kind for image in self.added]
        return ImportReport(
            added=len(self.added),
            already=self.already,
            refused=tuple(self.refused),
            conflicts=tuple(conflict.sentence for conflict in conflicts(present)),
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
    project.access.require("engineer", "import images")
    tally = _Tally(emit)
    try:
        candidates = unless_it_hangs(lambda: find_candidates(request, tally), cancel)
    except LeftBehind:
        return Cancelled("Nothing was imported")
    return _take_in(project, candidates, tally, cancel)


def import_candidates(
    project: Project, candidates: list[Candidate], emit: EventSink, cancel: CancelToken
) -> ImportReport | Cancelled:
    """As import_images, for files that are known one by one."""
    return _take_in(project, candidates, _Tally(emit), cancel)


def _take_in(
    project: Project, candidates: list[Candidate], tally: _Tally, cancel: CancelToken
) -> ImportReport | Cancelled:
    before = project.images()
    fresh = _without_known(candidates, project, before, tally)
    splits = _Splits(before)
    meter = RateMeter("Importing", len(fresh), tally.emit)
    batch: list[NewImage] = []
    for done, read in enumerate(_read_ahead(fresh, Patience(tally.emit, cancel), cancel), start=1):
        if read.image is None:
            assert read.problem is not None
            tally.miss(read.candidate.path, read.problem)
        else:
            batch.append(splits.settle(read.candidate, read.image))
            tally.note(read)
        if len(batch) >= _COMMIT_IMAGES:
            _commit(project, batch, tally)
        meter.update(done, printable(os.path.basename(read.candidate.path)))
    _commit(project, batch, tally)
    tally.refuse_vanished()
    tally.warn_of_notes()
    present = project.images() if tally.added else before
    _warn_of_one_sided_labels(present, tally)
    if cancel.cancelled:
        return Cancelled(f"{len(tally.added)} images were imported and are kept")
    if not tally.added and not tally.already:
        raise _nothing_usable(tally)
    return tally.report(present)


def _warn_of_one_sided_labels(present: Sequence[Image], tally: _Tally) -> None:
    kinds = {image.label.kind for image in present if not image.excluded}
    if "defect" not in kinds and kinds:
        tally.warn("There are no defective images yet: how many defects would be missed cannot be told")
    if "good" not in kinds and kinds:
        tally.warn("There are no good images yet: training needs them")


def _without_known(
    candidates: list[Candidate], project: Project, present: Sequence[Image], tally: _Tally
) -> list[Candidate]:
    """Those that the project does not have yet; labels of those it has stay as they are.

    A folder of images may hold the project itself: its runs' pictures are no parts.
    """
    own = tuple(path_key(str(project.folder / name) + os.sep) for name in PROJECT_FOLDERS)
    candidates = [c for c in candidates if not path_key(c.path).startswith(own)]
    known = {path_key(image.path): image for image in present}
    fresh, otherwise = [], 0
    for candidate in candidates:
        image = known.get(path_key(candidate.path))
        if image is None:
            fresh.append(candidate)
            continue
        tally.already += 1
        otherwise += candidate.label.kind not in ("unlabelled", image.label.kind)
    if otherwise:
        tally.warn(f"{otherwise} images were in the project with another label, which was left as it is")
    return fresh


# Reading them


def _read_ahead(candidates: list[Candidate], patience: Patience, cancel: CancelToken) -> Iterator[_Read]:
    """Read candidates in order, several at a time, a few ahead of the caller; stops when cancelled."""
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="import") as pool:
        waiting: deque[Future[_Read]] = deque()
        for candidate in candidates:
            if cancel.should_stop():
                break
            waiting.append(pool.submit(_read, candidate, patience))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _read(candidate: Candidate, patience: Patience) -> _Read:
    try:
        seen = patience.read(candidate.path, lambda: look(candidate.path, candidate.mask_path))
    except InputError as problem:
        return _Read(candidate, None, problem)
    image = NewImage(
        **msgspec.structs.asdict(content_of(seen)),
        path=candidate.path,
        label=candidate.label,
        split=candidate.split,
        mask_path=None if seen.mask_refused else candidate.mask_path,
        modified_ns=seen.modified_ns,
    )
    left_out = (f"its mask was left out, {seen.mask_refused}",) if seen.mask_refused else ()
    return _Read(candidate, image, notes=seen.notes + left_out)


# Taking them in


class _Splits:
    """A good picture that is here already, under another name, is put where its copy is.

    Without it the blocks of plain_splits could put two copies on both sides, and the project would
    contradict itself by our own doing. A data set's own split is left alone; a conflict is reported.
    """

    def __init__(self, present: Sequence[Image]) -> None:
        self._split = {i.pixel_sha256: i.split for i in present if i.label.kind == "good"}

    def settle(self, candidate: Candidate, image: NewImage) -> NewImage:
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

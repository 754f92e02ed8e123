"""Files that were moved are found again by what they hold."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable, sha256
from anomaly_gui.imaging.load import read_file
from anomaly_gui.imaging.scan import scan_folder
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, FileRefused, RateMeter
from anomaly_gui.project.records import Changed, Image
from anomaly_gui.project.store import Project

_LONGEST_END = 6
"""Parts of a path, counted from its end, that are compared to tell equal files apart."""


class MovedFiles(msgspec.Struct, frozen=True, kw_only=True):
    """Where images are now; apply_moves() writes it down."""

    paths: dict[int, str]
    """Image id → path of a file that holds the same bytes."""
    masks: dict[int, str]
    """Image id → path of its mask, for masks that moved along."""
    not_found: tuple[int, ...]


def find_moved(
    project: Project, ids: Sequence[int], folder: str | Path, emit: EventSink, cancel: CancelToken
) -> MovedFiles | Cancelled:
    """Look in *folder* and all below it for the files of the images *ids*; nothing is changed.

    Files of the right size are read and compared by SHA-256. Of several with the
    same content the one is taken whose path ends most like the former one. Raises InputError if the folder
    cannot be read.
    """
    wanted = project.images(list(ids))
    taken = {image.path for image in project.images()} - {image.path for image in wanted}
    files = [str(path) for path in scan_folder(str(folder), lambda problem: _refuse(emit, problem))]
    sizes = {image.file_bytes for image in wanted}
    likely = [path for path in files if path not in taken and _size(path) in sizes]
    hashes = {image.sha256 for image in wanted}
    by_hash: dict[str, list[str]] = {}
    meter = RateMeter("Looking for moved files", len(likely), emit)
    for done, path in enumerate(likely, start=1):
        if cancel.should_stop():
            return Cancelled("Nothing was changed")
        digest = _digest(path, emit)
        if digest in hashes:
            by_hash.setdefault(digest, []).append(path)
        meter.update(done, printable(os.path.basename(path)))
    paths = dict(_matched(wanted, by_hash))
    return MovedFiles(
        paths=paths,
        masks=dict(_moved_masks(wanted, paths)),
        not_found=tuple(image.id for image in wanted if image.id not in paths),
    )


def apply_moves(project: Project, moved: MovedFiles) -> Changed:
    """Write down where the files are, in one step that one undo takes back."""
    changed = project.sources.relink(moved.paths, moved.masks)
    project.sources.note_dates({key: os.stat(path).st_mtime_ns for key, path in moved.paths.items()})
    return changed


def _refuse(emit: EventSink, problem: InputError) -> None:
    emit(FileRefused(problem.what, f"{problem.cause}. {problem.next_step}."))


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return -1


def _digest(path: str, emit: EventSink) -> str:
    try:
        return sha256(read_file(path))
    except InputError as problem:
        _refuse(emit, problem)
        return ""


def _matched(wanted: Sequence[Image], by_hash: dict[str, list[str]]) -> Iterator[tuple[int, str]]:
    """Each file for one image; those whose paths agree longest, counted from their ends, first."""
    images, files = list(wanted), [(digest, path) for digest, paths in by_hash.items() for path in paths]
    for length in range(_LONGEST_END, -1, -1):
        free: dict[tuple[str, ...], list[str]] = {}
        for digest, path in reversed(files):
            free.setdefault((digest, *_end(path, length)), []).append(path)
        left = []
        for image in images:
            there = free.get((image.sha256, *_end(image.path, length)))
            if there:
                yield image.id, there.pop()
            else:
                left.append(image)
        images = left
        files = [(key[0], path) for key, paths in free.items() for path in reversed(paths)]


def _end(path: str, length: int) -> list[str]:
    return path.split(os.sep)[-length:] if length else []


def _common_end(first: str, second: str) -> int:
    """How many parts of two paths agree, counted from their ends."""
    pairs = zip(reversed(Path(first).parts), reversed(Path(second).parts), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _moved_masks(wanted: Iterable[Image], paths: dict[int, str]) -> Iterator[tuple[int, str]]:
    """A mask that is gone is looked for where it would be if it had moved as its image did."""
    for image in wanted:
        if image.id not in paths or image.mask_path is None or os.path.exists(image.mask_path):
            continue
        kept = _common_end(image.path, paths[image.id])
        old_root, new_root = Path(image.path), Path(paths[image.id])
        for _ in range(kept):
            old_root, new_root = old_root.parent, new_root.parent
        if Path(image.mask_path).is_relative_to(old_root):
            there = new_root / Path(image.mask_path).relative_to(old_root)
            if there.is_file():
                yield image.id, str(there)

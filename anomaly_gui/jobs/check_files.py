"""Are the files of the images still there, and what they were? Looked at first, read only in doubt."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable, sha256
from anomaly_gui.imaging.load import read_file
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, RateMeter
from anomaly_gui.project.records import Image
from anomaly_gui.project.store import Project

FileState = Literal["sound", "missing", "changed", "unreadable"]

_THREADS = 2
_AHEAD = 8
_AT_ONCE = 32
"""Images that a thread looks at in one go: handing them over one by one takes longer than looking."""
_DATES_NOTED = 5_000
"""Dates of files are written so many at a time: a check that is cancelled need not read those files again."""


class FileCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the files of a project's images."""

    checked: int
    missing: tuple[int, ...]
    """Ids of images whose file is gone."""
    changed: tuple[int, ...]
    """Ids of images whose file holds something else than at its import."""
    unreadable: tuple[tuple[int, str], ...]
    """Id and cause, where there is a file that cannot be read."""


class _Found(msgspec.Struct, frozen=True):
    image: Image
    state: FileState
    modified_ns: int | None = None
    """The date to note: of a file that holds what it held."""
    cause: str = ""


def check_files(
    project: Project,
    emit: EventSink,
    cancel: CancelToken,
    *,
    thorough: bool = False,
    images: Iterable[Image] | None = None,
) -> FileCheck | Cancelled:
    """Look at the file of every image that is not excluded; *images* are all of them, if they are known.

    A file of the size and the date that it had is taken for sound; one of another date, or all of them if
    *thorough*, are read and hashed. Nothing is written but the dates of files that are sound.
    """
    wanted = [image for image in (project.images() if images is None else images) if not image.excluded]
    meter = RateMeter("Checking files", len(wanted), emit)
    missing, changed, unreadable, dates = [], [], [], {}
    done = 0
    for batch in _looked_at(wanted, cancel, thorough):
        for found in batch:
            if found.state == "missing":
                missing.append(found.image.id)
            elif found.state == "changed":
                changed.append(found.image.id)
            elif found.state == "unreadable":
                unreadable.append((found.image.id, found.cause))
            elif found.modified_ns is not None:
                dates[found.image.id] = found.modified_ns
        if len(dates) >= _DATES_NOTED:
            _note(project, dates)
        done += len(batch)
        if batch:
            meter.update(done, printable(os.path.basename(batch[-1].image.path)))
    _note(project, dates)
    if cancel.cancelled:
        return Cancelled("Nothing was changed")
    return FileCheck(checked=len(wanted), missing=tuple(missing), changed=tuple(changed), unreadable=tuple(unreadable))


def _note(project: Project, dates: dict[int, int]) -> None:
    if dates and not project.read_only:
        project.sources.note_dates(dates)
    dates.clear()


def _looked_at(images: Sequence[Image], cancel: CancelToken, thorough: bool) -> Iterator[list[_Found]]:
    """In batches; images of one batch are looked at one after the other."""
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="check") as pool:
        waiting: deque[Future[list[_Found]]] = deque()
        for first in range(0, len(images), _AT_ONCE):
            if cancel.should_stop():
                break
            waiting.append(pool.submit(_look_at_each, images[first : first + _AT_ONCE], cancel, thorough))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting and not cancel.cancelled:
            yield waiting.popleft().result()


def _look_at_each(images: Sequence[Image], cancel: CancelToken, thorough: bool) -> list[_Found]:
    return [_look_at(image, thorough) for image in images if not cancel.cancelled]


def _look_at(image: Image, thorough: bool) -> _Found:
    try:
        status = os.stat(image.path)
    except (FileNotFoundError, NotADirectoryError):
        return _Found(image, "missing")
    except OSError as error:
        return _Found(image, "unreadable", cause=error.strerror or str(error))
    if not stat.S_ISREG(status.st_mode):
        return _Found(image, "missing")
    if status.st_size != image.file_bytes:
        return _Found(image, "changed")
    if status.st_mtime_ns == image.modified_ns and not thorough:
        return _Found(image, "sound")
    try:
        # The limit of today must not turn an image that was imported under another into damage.
        same = sha256(read_file(image.path, limit_px=image.file_bytes)) == image.sha256
    except InputError as error:
        return _Found(image, "unreadable", cause=error.cause)
    return _Found(image, "sound", status.st_mtime_ns) if same else _Found(image, "changed")

"""What a file holds, as a project knows its images; and files whose new content is taken for what they hold."""

from __future__ import annotations

import os
from collections.abc import Sequence

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable, sha256
from anomaly_gui.imaging.load import load_bytes, pixel_sha256, read_file
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, FileRefused, RateMeter
from anomaly_gui.project.records import Changed, Content
from anomaly_gui.project.store import Project


class FoundContent(msgspec.Struct, frozen=True, kw_only=True):
    """One file, read."""

    content: Content
    modified_ns: int | None
    notes: tuple[str, ...]
    """What the loader did to the pixels, in words."""


class NewContents(msgspec.Struct, frozen=True, kw_only=True):
    """What files hold now; accept_contents() writes it down."""

    found: dict[int, FoundContent]
    """By image id."""


def read_content(path: str) -> FoundContent:
    """Read and measure one file. Raises InputError if it is no image that can be used."""
    modified_ns = _date_of(path)  # Before it is read: what is written meanwhile is found later.
    data = read_file(path)
    loaded = load_bytes(data, printable(path))
    height, width, channels = loaded.pixels.shape
    content = Content(
        sha256=sha256(data),
        pixel_sha256=pixel_sha256(loaded.pixels),
        file_bytes=len(data),
        format=loaded.format,
        width=width,
        height=height,
        channels=channels,
        bit_depth=loaded.bit_depth,
        peak=loaded.peak,
    )
    return FoundContent(content=content, modified_ns=modified_ns, notes=loaded.notes)


def read_contents(
    project: Project, ids: Sequence[int], emit: EventSink, cancel: CancelToken
) -> NewContents | Cancelled:
    """Read the files of the images *ids* as they are now; nothing is changed. Files that cannot be used are said."""
    images = project.images(list(ids))
    meter = RateMeter("Reading changed files", len(images), emit)
    found = {}
    for done, image in enumerate(images, start=1):
        if cancel.should_stop():
            return Cancelled("Nothing was changed")
        try:
            found[image.id] = read_content(image.path)
        except InputError as problem:
            emit(FileRefused(problem.what, f"{problem.cause}. {problem.next_step}."))
        meter.update(done, printable(os.path.basename(image.path)))
    return NewContents(found=found)


def accept_contents(project: Project, new: NewContents) -> Changed:
    """From now on the images are what their files hold, in one step that one undo takes back.

    Scores that runs have of them stay those of the former pictures until the runs are scored again.
    """
    changed = project.sources.accept({key: each.content for key, each in new.found.items()})
    dates = {key: each.modified_ns for key, each in new.found.items() if each.modified_ns is not None}
    project.sources.note_dates(dates)
    return changed


def _date_of(path: str) -> int | None:
    try:
        return os.stat(path).st_mtime_ns
    except (OSError, ValueError):  # Reading it says what is wrong.
        return None

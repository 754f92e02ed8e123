"""What a file holds, as a project knows its images; and files whose new content is taken for what they hold."""

from __future__ import annotations

import os
from collections.abc import Sequence

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.first_look import Seen, look
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


def content_of(seen: Seen) -> Content:
    return Content(
        sha256=seen.sha256,
        pixel_sha256=seen.pixel_sha256,
        file_bytes=seen.file_bytes,
        format=seen.format,
        width=seen.width,
        height=seen.height,
        channels=seen.channels,
        bit_depth=seen.bit_depth,
        peak=seen.peak,
    )


def read_content(path: str) -> FoundContent:
    """Read and measure one file. Raises InputError if it is no image that can be used."""
    seen = look(path)
    return FoundContent(content=content_of(seen), modified_ns=seen.modified_ns, notes=seen.notes)


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

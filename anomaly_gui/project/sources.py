"""Where images come from: watched folders, and files that were moved."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.project import operations, tables
from anomaly_gui.project.journal import Change, Operation
from anomaly_gui.project.records import Changed, Content
from anomaly_gui.project.writer import Writer

_WATCHED = "watched_folders"


class Sources:
    """Folders and files outside the project, which are only ever read."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def watched(self) -> tuple[str, ...]:
        """Absolute paths of the folders whose new images come in as unlabelled."""
        with self._writer.reading() as connection:
            return tuple(tables.setting(connection, _WATCHED) or ())

    def watch(self, folder: str | os.PathLike[str]) -> Changed:
        return self._writer.perform(lambda connection: _watching(connection, os.path.abspath(folder), wanted=True))

    def stop_watching(self, folder: str | os.PathLike[str]) -> Changed:
        return self._writer.perform(lambda connection: _watching(connection, os.path.abspath(folder), wanted=False))

    def relink(self, paths: Mapping[int, str], masks: Mapping[int, str] | None = None) -> Changed:
        """Images (and imported masks) that lie elsewhere now, in one step; two images may change places.

        That the files hold what they held is for the caller to see to (jobs.relink does).
        Raises InputError if a path is another image's.
        """
        return self._writer.perform(lambda connection: _relinked(connection, paths, masks or {}))

    def accept(self, contents: Mapping[int, Content]) -> Changed:
        """What the files of images hold now is what they are to hold, in one step.

        A mask of another size than its image has now is taken away in the same step.
        """
        return self._writer.perform(lambda connection: _accepted(connection, contents))

    def note_dates(self, modified_ns: Mapping[int, int]) -> None:
        """Files that hold what they held, and their dates: not journalled, for it says nothing of the project."""
        with self._writer.writing() as connection:
            rows = [(date, image) for image, date in modified_ns.items()]
            connection.executemany("UPDATE image SET modified_ns = ? WHERE id = ?", rows)


def _watching(connection: sqlite3.Connection, folder: str, *, wanted: bool) -> Operation:
    old: Sequence[str] | None = tables.setting(connection, _WATCHED)
    new = [each for each in old or () if each != folder] + [folder] * wanted
    sentence = f"Watching {printable(folder)}" if wanted else f"No longer watching {printable(folder)}"
    there = folder in (old or ())
    return Operation(sentence, [] if there == wanted else [Change(_WATCHED, new or None, old)])


def _relinked(connection: sqlite3.Connection, paths: Mapping[int, str], masks: Mapping[int, str]) -> Operation:
    chosen = operations.present_of(connection, "path", list(paths))
    changes = [c for each in chosen for c in operations.image_changes("path", [each], os.path.abspath(paths[each.id]))]
    _check_free(connection, changes)
    drawn = operations.set_masks(connection, {key: os.path.abspath(path) for key, path in masks.items()}, "")
    return Operation(f"Found {operations.changed_names(chosen, changes)} in another folder", [*changes, *drawn.changes])


def _accepted(connection: sqlite3.Connection, contents: Mapping[int, Content]) -> Operation:
    chosen = operations.present_of(connection, "content", list(contents))
    changes = [c for each in chosen for c in operations.image_changes("content", [each], contents[each.id])]
    resized = [
        change.image
        for change in changes
        if change.image is not None and any(change.old[side] != change.new[side] for side in ("width", "height"))
    ]
    unfit = operations.set_masks(connection, dict.fromkeys(resized), "").changes
    lost = "; masks of another size were taken away" if unfit else ""
    sentence = f"Accepted what {operations.changed_names(chosen, changes)} holds now{lost}"
    return Operation(sentence, [*changes, *unfit])


def _check_free(connection: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """Raises InputError if two images would have one path."""
    moved = {change.image: change.new for change in changes}
    if len(set(moved.values())) < len(moved):
        raise InputError("relinking", "two images were given the same file", "Give each image a file of its own")
    for path in moved.values():
        row = connection.execute("SELECT id FROM image WHERE path = ?", (os.fsencode(path),)).fetchone()
        if row is not None and row[0] not in moved:
            raise InputError(printable(path), "it is another image of the project", "Choose another file")

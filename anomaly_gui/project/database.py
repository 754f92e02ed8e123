"""The SQLite file of a project: opening it safely, and saying in words what is wrong with it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable

DATABASE = "project.db"

_MAGIC = b"SQLite format 3\x00"
_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")
"""The last bytes of a journal that names a super-journal (SQLite's file format, section 3)."""
_WRITTEN_FOLDERS = ("runs", "masks", "backups", "damaged")

# DELETE and EXTRA: one writer, every commit on disk when it returns, no WAL-reset bug (SQLite < 3.51.3).
# No spill: a label of 10,000 images would reach the disk, and wait for it, several times before it is committed.
_WRITER = (
    "journal_mode = DELETE",
    "synchronous = EXTRA",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "cache_spill = OFF",
)
_READER = ("query_only = ON", "trusted_schema = OFF")


def connect(database: Path, *, read_only: bool) -> sqlite3.Connection:
    """A connection for any thread that commits by itself. Raises sqlite3.DatabaseError for a damaged file."""
    if sqlite3.sqlite_version_info < (3, 38):
        raise InputError("SQLite", f"version {sqlite3.sqlite_version} is too old", "Install Python 3.11 or newer")
    connection = sqlite3.connect(os.fspath(database), timeout=5.0, isolation_level=None, check_same_thread=False)
    try:
        for setting in _READER if read_only else _WRITER:
            connection.execute(f"PRAGMA {setting}")
    except BaseException:
        connection.close()
        raise
    return connection


def check_file(place: Path) -> None:
    """Raises InputError unless *place* holds a file that SQLite wrote."""
    database = place / DATABASE
    _refuse_links(place)
    _refuse_foreign_journal(place)
    try:
        with open(database, "rb") as stream:
            start = stream.read(len(_MAGIC))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(
            printable(place),
            "there is no project in this folder",
            "Choose another folder, or make a new project",
        ) from None
    except OSError as error:
        raise InputError(
            printable(database), f"it cannot be opened ({error.strerror})", "Change its permissions"
        ) from error
    if start != _MAGIC:
        raise InputError(
            printable(database),
            "this is not a project file",
            "Choose the folder of a project, or make a new one",
        )


def _refuse_links(place: Path) -> None:
    """What the program writes within a project from somebody else must not land outside."""
    own = [place / name for name in (DATABASE, f"{DATABASE}-journal", f"{DATABASE}-wal", *_WRITTEN_FOLDERS)]
    with contextlib.suppress(OSError):
        own += (place / "runs").iterdir()
    for path in own:
        if path.is_symlink():
            raise InputError(
                printable(path),
                "this is a link to somewhere else, where the program would write",
                "Put the file or folder itself in its place",
            )


def _refuse_foreign_journal(place: Path) -> None:
    """A rollback journal can name a file that SQLite then deletes; ours never do."""
    path = place / f"{DATABASE}-journal"
    try:
        with open(path, "rb") as stream:
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - len(_JOURNAL_MAGIC)))
            end = stream.read()
    except OSError:
        return
    if end == _JOURNAL_MAGIC:
        raise InputError(
            printable(path), "this journal was not written by this program", "Ask whom the project came from"
        )


class DamagedProject(InputError):
    """The project in *folder* cannot be read as it is; repair() may make it whole."""

    def __init__(self, folder: Path, cause: str, next_step: str) -> None:
        super().__init__(printable(folder / DATABASE), cause, next_step)
        self.folder = folder


def damaged(place: Path, error: Exception) -> InputError:
    if isinstance(error, sqlite3.OperationalError):
        return InputError(
            printable(place / DATABASE),
            f"it cannot be read or written ({error})",
            "Check free disk space, permissions, and that no other program has it open",
        )
    return DamagedProject(
        place,
        f"the file is damaged ({error})",
        f"Repair it, which keeps the file: anomaly-gui repair {printable(place)}",
    )

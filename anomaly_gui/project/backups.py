"""Copies of the database, taken while it is open, read back, and thinned as they grow old."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Hashable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from anomaly_gui.errors import InputError
from anomaly_gui.files import make_folder, printable, sync_folder
from anomaly_gui.project import journal
from anomaly_gui.project.database import DATABASE, connect

FOLDER = "backups"
DAILY = "daily"
"""Reason of those that are made by themselves, and that alone are thinned."""

_STAMP = "%Y%m%dT%H%M%S%fZ"
_NAME = re.compile(r"project-(\d{8}T\d{12}Z)-([a-z0-9-]+)\.db")
_EVERY_DAY = timedelta(days=14)
"""So long one a day is kept, and then one a week for _EVERY_WEEK."""
_EVERY_WEEK = timedelta(days=182)
_NEWEST = 3
"""Kept however old they are."""


@dataclass(frozen=True)
class Backup:
    """One copy."""

    path: Path
    time: datetime
    reason: str


def backup(connection: sqlite3.Connection, folder: Path, reason: str) -> Path:
    """Copy the database to backups/ and read the copy back; *reason* is part of its name.

    Raises InputError if the copy cannot be written or is not sound, in its pages or its journal.
    """
    stamp = datetime.now(UTC).strftime(_STAMP)
    path = folder / FOLDER / f"project-{stamp}-{reason}.db"
    partial = path.with_suffix(".part")
    try:
        make_folder(path.parent)
        with closing(sqlite3.connect(partial)) as copy:
            connection.backup(copy)
        with closing(sqlite3.connect(partial)) as copy:
            (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict == "ok":
                verdict = next(journal.broken_links(copy), "ok")
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        with open(partial, "rb+") as stream:
            os.fsync(stream.fileno())
        os.replace(partial, path)
        sync_folder(path.parent)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            partial.unlink()
        raise InputError(
            printable(folder), f"no backup can be made ({error})", "Free some disk space, then open it again"
        ) from error
    return path


def backups(folder: Path) -> list[Backup]:
    """Those of the project in *folder*, newest first."""
    found = []
    with suppress(OSError):
        for path in (folder / FOLDER).iterdir():
            name = _NAME.fullmatch(path.name)
            with suppress(ValueError):
                if name:
                    found.append(Backup(path, datetime.strptime(name[1], _STAMP).replace(tzinfo=UTC), name[2]))
    return sorted(found, key=lambda each: each.time, reverse=True)


def back_up_if_due(folder: Path) -> Path | None:
    """Make today's backup of the project in *folder*, which may be open, unless there is one; then thin the others.

    Takes seconds for a hundred thousand images, in which labels can be set. Raises InputError if it cannot be
    written, or if the project is damaged: older backups then all stay.
    """
    now = datetime.now(UTC)
    newest = next((each for each in backups(folder) if each.reason == DAILY), None)
    if newest is not None and newest.time.date() == now.date():
        return None
    try:
        with closing(connect(folder / DATABASE, read_only=True)) as connection:
            made = backup(connection, folder, DAILY)
    except sqlite3.Error as error:
        raise InputError(printable(folder), f"no backup can be made ({error})", "Verify the project") from error
    thin(folder, now)
    return made


def thin(folder: Path, now: datetime) -> None:
    """Keep the newest daily backup of each day for two weeks, and of each week for half a year."""
    daily = [each for each in backups(folder) if each.reason == DAILY]
    filled: set[Hashable] = set()
    for number, each in enumerate(daily):
        age, day = now - each.time, each.time.date()
        slot: Hashable = day if age <= _EVERY_DAY else day.isocalendar()[:2]
        wanted = age <= _EVERY_WEEK and slot not in filled
        filled |= {slot, day.isocalendar()[:2]}
        if not wanted and number >= _NEWEST:
            with suppress(OSError):
                each.path.unlink()

"""Copies of the database, taken while it is open."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable, sync_folder


def backup(connection: sqlite3.Connection, folder: Path, reason: str) -> Path:
    """Copy the database to backups/ and read the copy back; *reason* is part of its name.

    Raises InputError if the copy cannot be written or is not sound.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    path = folder / "backups" / f"project-{stamp}-{reason}.db"
    partial = path.with_suffix(".part")
    try:
        path.parent.mkdir(exist_ok=True)
        with closing(sqlite3.connect(partial)) as copy:
            connection.backup(copy)
        with closing(sqlite3.connect(partial)) as copy:
            (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
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

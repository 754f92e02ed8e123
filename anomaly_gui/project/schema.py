"""Making the database of a new project, and bringing an old one up to date."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from functools import cache
from importlib import resources
from pathlib import Path

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.project.backups import backup

APPLICATION_ID = 0x414E4F4D  # "ANOM"

_MIGRATION_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


def migrations() -> dict[int, str]:
    """Version → SQL that leads to it from the version before, from migrations/NNNN_name.sql."""
    folder = resources.files("anomaly_gui.project") / "migrations"
    found = ((entry, _MIGRATION_NAME.fullmatch(entry.name)) for entry in folder.iterdir())
    return dict(sorted((int(m[1]), entry.read_text("utf-8")) for entry, m in found if m))


def newest_version() -> int:
    """The schema version that this program writes."""
    return max(migrations(), default=1)


def _first() -> str:
    return (resources.files("anomaly_gui.project") / "schema.sql").read_text("utf-8")


def create(connection: sqlite3.Connection) -> None:
    """Make the tables of a new project, in one transaction."""
    steps = [_first(), *migrations().values()]
    connection.executescript(
        f"BEGIN IMMEDIATE;\n{';'.join(steps)};\nPRAGMA application_id = {APPLICATION_ID};\n"
        f"PRAGMA user_version = {newest_version()};\nCOMMIT;"
    )


@cache
def _objects(script: str) -> frozenset[tuple[str, str, str]]:
    """(type, name, SQL) of everything that *script* makes."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        return frozenset(_found(connection))


def _found(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    return connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_schema").fetchall()


def differences(connection: sqlite3.Connection) -> list[str]:
    """Tables, indexes and triggers that are not what its version of the program makes, in words.

    A trigger that somebody added would run with every label.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    steps = [sql for number, sql in migrations().items() if number <= version]
    expected, found = _objects(";".join([_first(), *steps])), frozenset(_found(connection))
    return sorted(f"the {kind} {name} is not as the program makes it" for kind, name, _ in expected ^ found)


def tables(connection: sqlite3.Connection) -> list[str]:
    """Names of the tables."""
    return [name for kind, name, _ in _found(connection) if kind == "table"]


def check_version(connection: sqlite3.Connection, folder: Path) -> int:
    """The project's schema version. Raises InputError if it is not one of ours, or from the future."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID or version < 1:
        raise InputError(
            printable(folder / "project.db"),
            "this is not a project of this program",
            "Choose the folder of a project, or make a new one",
        )
    if version > newest_version():
        raise InputError(
            printable(folder),
            f"the project was written by a newer version of this program (format {version}, "
            f"this one knows up to {newest_version()})",
            "Update the program",
        )
    return int(version)


def migrate(connection: sqlite3.Connection, folder: Path, steps: dict[int, str] | None = None) -> Path | None:
    """Run the migrations that are missing, each in a transaction of its own, after a backup.

    Returns the backup's path, or None if nothing was to be done. A migration that fails leaves the
    version before it whole and raises sqlite3.Error.
    """
    steps = migrations() if steps is None else steps
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    missing = {number: sql for number, sql in sorted(steps.items()) if number > version}
    if not missing:
        return None
    kept = backup(connection, folder, f"before-format-{max(missing)}")
    # Tables are rebuilt under their references; what dangles is looked for before the commit.
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        for number, sql in missing.items():
            _step(connection, number, sql)
    finally:
        connection.execute("PRAGMA foreign_keys = ON")
    return kept


def _step(connection: sqlite3.Connection, number: int, sql: str) -> None:
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{sql};\nPRAGMA user_version = {number};")
        dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
        if dangling:
            raise sqlite3.IntegrityError(f"migration {number} leaves a reference to nothing in {dangling[0]}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise

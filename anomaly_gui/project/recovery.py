"""Making a damaged project whole again from its journal and its backups; what was damaged is kept."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.files import make_folder, printable, sync_folder
from anomaly_gui.project import audit, journal, schema, table_changes
from anomaly_gui.project.backups import backups
from anomaly_gui.project.database import DATABASE, connect
from anomaly_gui.project.journal import Change, Event, Operation
from anomaly_gui.project.lock import ProjectLock

FOLDER = "damaged"
"""Where databases are kept that a repair has replaced."""

_JOURNAL = DATABASE + "-journal"
_PATIENCE = 2000
"""Events in a row that cannot be read, after which none are looked for."""

_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises for damage; the second where its own message holds the damaged bytes."""

Row = tuple[Any, ...]


class RepairReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a repair found and did."""

    path: str
    kept: str
    """The damaged file; empty if nothing was damaged."""
    events: int
    """Of the journal as it is now."""
    from_backups: int
    """Of those, how many the damaged file did not have any more."""
    lost: int | None
    """Events that are whole somewhere but follow one that is whole nowhere; None: the damaged file says nothing
    at all, and whatever was done since the newest backup is lost."""
    changed: int
    """Events that are not what was written, kept because everything after them would be lost otherwise."""
    problems: tuple[str, ...]
    """That are left, such as images that are not there."""

    @property
    def sentences(self) -> list[str]:
        """What was done, and what it cost."""
        if not self.kept:
            return ["The project is sound; nothing was changed."]
        said = [f"Repaired; its journal has {_events(self.events)}."]
        if self.from_backups:
            said.append(f"{_events(self.from_backups)} came from backups.")
        if self.lost is None:
            said.append("The damaged file could not be read at all: what was done since the newest backup is lost.")
        if self.lost:
            said.append(f"{_events(self.lost)} could not be saved: the newest changes. Look at the last labels.")
        if self.changed:
            said.append(f"{_events(self.changed)} of the journal cannot be trusted; every label is as it was.")
        return said


def _events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"


def repair(folder: Path) -> RepairReport:
    """Replace a damaged project.db by one that every whole event of it and of the backups goes into.

    A project that is sound is left alone. Raises InputError if it is open elsewhere, if no event can be
    saved, or if the disk is full; nothing is changed then.
    """
    place = folder.parent if folder.name == DATABASE else folder
    if not (place / DATABASE).exists() and not backups(place):
        raise InputError(printable(place), "there is no project in this folder", "Choose another folder")
    lock = ProjectLock(place)
    try:
        problems = _problems(place / DATABASE, place)
        if problems is not None and not any(audit.is_damage(problem) for problem in problems):
            return RepairReport(
                path=printable(place), kept="", events=_count(place), from_backups=0, lost=0, changed=0,
                problems=tuple(problems),
            )  # fmt: skip
        return _Repair(place).report()
    except (OSError, *_UNREADABLE) as error:
        raise InputError(
            printable(place), f"it cannot be repaired ({error})", "Check free disk space and permissions"
        ) from error
    finally:
        lock.release()


def _problems(database: Path, place: Path) -> list[str] | None:
    """What is wrong, None if it cannot even be asked."""
    try:
        with closing(connect(database, read_only=True)) as connection:
            schema.check_version(connection, place)
            if schema.differences(connection):
                return None
            return list(audit.problems(connection, place, read_images=False))
    except (*_UNREADABLE, InputError):
        return None


def _count(place: Path) -> int:
    with closing(connect(place / DATABASE, read_only=True)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM event").fetchone()
    return int(count)


class _Repair:
    """One repair; the project's lock is held."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.kept = place / FOLDER / datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        self.new = place / f".{DATABASE}.part"
        self.readable = place / f".{DATABASE}.read.part"
        """A copy of the damaged file with the definitions of its tables put right."""

    def report(self) -> RepairReport:
        self._keep()
        damaged = _rows(self.readable)
        others = [_rows(each.path) for each in backups(self.place)]
        chain = _longest_chain([damaged, *others])
        newest = max([_last(self.readable), *(number for rows in (damaged, *others) for number in rows)])
        lost = newest - len(chain) if damaged else None
        changed = 0
        try:
            if lost and self._as_it_is():
                changed, lost = lost, 0
            elif chain:
                self._rebuild(chain)
            else:
                raise InputError(
                    printable(self.place),
                    "nothing of its journal can be read, and there is no backup",
                    f"The file is kept in {printable(self.kept)}: ask somebody who can look into it",
                )
            problems = self._checked(changed)
            self._put_in_place()
        finally:
            for made in (self.new, self.readable):
                for leftover in (made, made.with_name(made.name + "-journal")):
                    leftover.unlink(missing_ok=True)
        return RepairReport(
            path=printable(self.place),
            kept=printable(self.kept / DATABASE),
            events=_count(self.place),
            from_backups=0 if changed else sum(row[0] not in damaged for row in chain),
            lost=lost,
            changed=changed,
            problems=tuple(problems),
        )

    def _keep(self) -> None:
        """Copy the damaged file, with the rollback journal that belongs to it, to where it stays."""
        make_folder(self.kept)
        for name in (DATABASE, _JOURNAL):
            if (self.place / name).exists():
                shutil.copyfile(self.place / name, self.kept / name)
                shutil.copyfile(self.place / name, self.readable.with_name(self.readable.name + name[len(DATABASE) :]))
        sync_folder(self.kept)
        with suppress(*_UNREADABLE, InputError):
            _mend_schema(self.readable)

    def _rebuild(self, chain: Sequence[Row]) -> None:
        """A database of what the events say."""
        self.new.unlink(missing_ok=True)
        with closing(connect(self.new, read_only=False)) as connection:
            schema.create(connection)
            connection.execute("BEGIN IMMEDIATE")
            _insert(connection, "event", chain)
            for _, group in groupby(journal.events(connection), key=lambda event: event.operation):
                table_changes.write(connection, list(_changes(group)))
            with suppress(*_UNREADABLE):
                self._take_over(connection)
            note = f"{journal.REPAIRED} from its journal: {len(chain)} events"
            journal.append(connection, Operation(note, (), "fact"))
            connection.execute("COMMIT")

    def _take_over(self, connection: sqlite3.Connection) -> None:
        """What is in no journal: where the engineer was, and the dates of files."""
        with closing(_lenient(self.readable)) as old:
            places = old.execute("SELECT key, value FROM place").fetchall()
            dates = old.execute("SELECT modified_ns, id FROM image WHERE typeof(modified_ns) = 'integer'").fetchall()
        connection.executemany("INSERT INTO place VALUES (?, ?)", places)
        connection.executemany("UPDATE image SET modified_ns = ? WHERE id = ?", dates)

    def _as_it_is(self) -> bool:
        """Every table as it can be read, where an event is not what was written but all rows are there."""
        self.new.unlink(missing_ok=True)
        try:
            with (
                closing(_lenient(self.readable)) as old,
                closing(connect(self.new, read_only=False)) as connection,
            ):
                if schema.check_version(old, self.place) != schema.newest_version():
                    return False
                schema.create(connection)
                connection.execute("PRAGMA foreign_keys = OFF")
                connection.execute("BEGIN IMMEDIATE")
                for table in schema.tables(connection):
                    order = " ORDER BY seq" if table == "event" else ""
                    _insert(connection, table, old.execute(f"SELECT * FROM {table}{order}").fetchall())
                note = f"{journal.REPAIRED} as it was: its journal holds an event that was damaged"
                journal.append(connection, Operation(note, (), "fact"))
                connection.execute("COMMIT")
                return not connection.execute("PRAGMA foreign_key_check").fetchall()
        except (*_UNREADABLE, InputError, ValueError, TypeError):
            return False

    def _checked(self, changed: int) -> list[str]:
        """What is wrong with the new database. Raises InputError if it is no better than the old one."""
        with closing(connect(self.new, read_only=True)) as connection:
            problems = list(audit.problems(connection, self.place, read_images=False))
        if not changed and any(audit.is_damage(problem) for problem in problems):
            raise InputError(
                printable(self.place), f"its journal cannot be followed ({problems[0]})", "Put a backup in its place"
            )
        return problems

    def _put_in_place(self) -> None:
        # The rollback journal belongs to the file that goes: beside the new one it would be rolled into it.
        (self.place / _JOURNAL).unlink(missing_ok=True)
        sync_folder(self.place)
        with open(self.new, "rb+") as stream:
            os.fsync(stream.fileno())
        os.replace(self.new, self.place / DATABASE)
        sync_folder(self.place)


def _rows(database: Path) -> dict[int, Row]:
    """The events of *database* that are what was written, by number."""
    found: dict[int, Row] = {}
    with suppress(*_UNREADABLE), closing(_lenient(database)) as connection:
        for row in _readable(connection):
            if journal.is_whole(row):
                found[row[0]] = row
    return found


def _last(database: Path) -> int:
    """The number of the last event, whole or not."""
    with suppress(*_UNREADABLE), closing(_lenient(database)) as connection:
        (number,) = connection.execute("SELECT max(seq) FROM event").fetchone()
        return number if isinstance(number, int) else 0
    return 0


def _lenient(database: Path) -> sqlite3.Connection:
    """For reading; text that is not UTF-8 any more does not keep the rest from being read."""
    connection = connect(database, read_only=True)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    return connection


def _mend_schema(database: Path) -> None:
    """Put back the definitions of tables, without which SQLite reads nothing: they are always the same."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        schema.create(fresh)
        expected = fresh.execute("SELECT type, name, tbl_name, sql, rowid FROM sqlite_schema").fetchall()
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != schema.newest_version():
            return
        connection.executemany(
            "UPDATE sqlite_schema SET type = ?, name = ?, tbl_name = ?, sql = ? WHERE rowid = ?", expected
        )


def _readable(connection: sqlite3.Connection) -> Iterator[Row]:
    """In order, one by one where reading them together ends at a damaged page."""
    number = 0
    try:
        for row in connection.execute(f"SELECT {journal.COLUMNS} FROM event ORDER BY seq"):
            yield row
            number = row[0] if isinstance(row[0], int) else number
        return
    except _UNREADABLE:
        pass
    missed = 0
    while missed < _PATIENCE:
        number += 1
        missed += 1
        with suppress(*_UNREADABLE):
            row = connection.execute(f"SELECT {journal.COLUMNS} FROM event WHERE seq = ?", (number,)).fetchone()
            if row is not None:
                missed = 0
                yield row


def _longest_chain(sources: Sequence[dict[int, Row]]) -> list[Row]:
    """Events from the first one on, each from the first source that has the one that follows."""
    chain: list[Row] = []
    previous = journal.FIRST_HASH
    while True:
        number = len(chain) + 1
        follows = (rows[number] for rows in sources if number in rows and rows[number][-2] == previous)
        row = next(follows, None)
        if row is None:
            return chain
        chain.append(row)
        previous = row[-1]


def _changes(events: Iterator[Event]) -> Iterator[Change]:
    for event in events:
        if event.field != journal.OPENING:
            yield Change(event.field, event.new, event.old, event.image, event.run, event.image_sha256)


def _insert(connection: sqlite3.Connection, table: str, rows: Sequence[Row]) -> None:
    if rows:
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)

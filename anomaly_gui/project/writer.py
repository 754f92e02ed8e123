"""The one writer: every operation in a transaction of its own or together with others, and what can be undone."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.project import history, journal, table_changes
from anomaly_gui.project.database import damaged
from anomaly_gui.project.history import History
from anomaly_gui.project.journal import Operation
from anomaly_gui.project.records import Changed

_UNREADABLE = (json.JSONDecodeError, UnicodeDecodeError, RecursionError, msgspec.ValidationError)
"""What reading a value raises that is not what was written."""

Plan = Callable[[sqlite3.Connection], Operation]
AccessRole = Literal["operator", "reviewer", "engineer"]


def refused(needed: AccessRole, present: AccessRole, doing: str = "do this") -> InputError:
    """What somebody in another role is told."""
    return InputError(f"role {present}", f"only the {needed} may {doing}", f"Change the role to {needed}")


class Writer:
    """Holds the connection and its lock; usable from any thread, which then waits for the others."""

    def __init__(self, connection: sqlite3.Connection, folder: Path, *, read_only: bool) -> None:
        self.connection = connection
        self._folder = folder
        self._read_only = read_only
        self._mutex = threading.RLock()
        self._history: History | None = None
        self._joined: list[tuple[int, Operation]] | None = None
        """Operations of the transaction that together() holds open."""
        self._closed = False
        self.role: AccessRole | None = None
        """In which operations are done; None where the project has no roles."""

    def close(self) -> bool:
        """False if it was closed before."""
        with self._mutex:
            if self._closed:
                return False
            self._closed = True
            self.connection.close()
            return True

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone."""
        with self._mutex:
            if self._closed:
                raise InputError(printable(self._folder), "the project was closed", "Open it again")
            try:
                yield self.connection
            except (sqlite3.DatabaseError, *_UNREADABLE) as error:
                raise damaged(self._folder, error) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection in a transaction; in one that is open already, what fails in here alone is taken back."""
        if self._read_only:
            raise InputError(
                printable(self._folder),
                "the project is open for reading only",
                "Close it elsewhere, then open it again",
            )
        with self.reading() as connection:
            inner = connection.in_transaction
            connection.execute("SAVEPOINT step" if inner else "BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("RELEASE step" if inner else "COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK TO step" if inner else "ROLLBACK")
                raise

    def perform(self, plan: Plan) -> Changed:
        """Plan and write one operation."""
        with self._mutex:
            with self.writing() as connection:
                operation = self._permitted(plan(connection))
                if not operation.changes and operation.target is None:
                    return Changed(operation=0, sentence="Nothing to change")
                table_changes.write(connection, operation.changes)
                number = journal.append(connection, operation, self._number_to_join(operation))
            if self._joined is not None:
                self._joined.append((number, operation))
            else:
                self._record(number, operation)
            return Changed(
                operation=number,
                sentence=operation.sentence,
                images=frozenset(c.image for c in operation.changes if c.image is not None),
                runs=frozenset(c.run for c in operation.changes if c.run is not None),
            )

    def note(self, operation: Operation) -> Changed:
        """Write down what happened outside the tables: an operation without changes."""
        with self._mutex, self.writing() as connection:
            number = journal.append(connection, self._in_role(operation))
        return Changed(operation=number, sentence=operation.sentence)

    @contextmanager
    def together(self) -> Iterator[None]:
        """All operations in here become one: all are written or none, and one undo takes all back.

        It has the first one's number and sentence; those that join it must be undoable as it is. One inside
        another is part of it.
        """
        with self._mutex:
            if self._joined is not None:
                yield
                return
            self.past()  # read now: in the transaction it would tell of what is not committed yet
            joined = self._joined = []
            try:
                with self.writing():
                    yield
            finally:
                self._joined = None
            if joined:
                self._record(*joined[0])

    def _number_to_join(self, operation: Operation) -> int | None:
        """Of the operation that this one is written into; None if it is one of its own."""
        if not self._joined:
            return None
        number, first = self._joined[0]
        if not first.kind == operation.kind == "change":
            raise ValueError(f"a {operation.kind} cannot be undone with a {first.kind}")
        return number

    def _permitted(self, operation: Operation) -> Operation:
        """Raises InputError for what the present role may not do. What joins an operation follows from it."""
        role = self.role
        if role is not None and operation.changes and not self._joined and role not in (operation.needs, "engineer"):
            raise refused(operation.needs, role)
        return self._in_role(operation)

    def _in_role(self, operation: Operation) -> Operation:
        if self.role is None:
            return operation
        return replace(operation, facts={**operation.facts, "role": self.role})

    def _record(self, number: int, operation: Operation) -> None:
        if self._history is not None:
            self._history.record(number, operation.kind, operation.sentence)

    def undo(self) -> Changed | None:
        with self._mutex:
            last = self.past().to_undo
            return None if last is None else self.perform(lambda c: history.undoing(c, *last))

    def redo(self) -> Changed | None:
        with self._mutex:
            last = self.past().to_redo
            return None if last is None else self.perform(lambda c: history.redoing(c, *last))

    def past(self) -> History:
        """What can be undone and redone."""
        with self._mutex:
            if self._history is None:
                with self.reading() as connection:
                    self._history = History(journal.openings(connection))
            return self._history

"""What can be undone and redone, worked out from the journal."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from anomaly_gui.project import journal, tables
from anomaly_gui.project.defect_types import settled
from anomaly_gui.project.journal import Change, Event, Operation


class History:
    """Two stacks of operations. A new change empties the second; facts touch neither."""

    def __init__(self, openings: Iterable[tuple[int, dict[str, Any]]] = ()) -> None:
        self._done: list[tuple[int, str]] = []
        self._undone: list[tuple[int, str]] = []
        for number, opening in openings:
            self.record(number, opening["kind"], opening["sentence"])

    def record(self, number: int, kind: str, sentence: str) -> None:
        """Follow one operation that was committed."""
        if kind == "change":
            self._done.append((number, sentence))
            self._undone.clear()
        elif kind == "undo":
            self._undone.append(self._done.pop())
        elif kind == "redo":
            self._done.append(self._undone.pop())

    @property
    def to_undo(self) -> tuple[int, str] | None:
        """Number and sentence of the change that undo would take back."""
        return self._done[-1] if self._done else None

    @property
    def to_redo(self) -> tuple[int, str] | None:
        """Number and sentence of the change that redo would make again."""
        return self._undone[-1] if self._undone else None


def undoing(connection: sqlite3.Connection, number: int, sentence: str) -> Operation:
    """The operation that takes operation *number* back."""
    # From the last back to the first: one may have changed what another had changed.
    taken_back = [
        Change(e.field, e.old, e.new, e.image, e.run, e.image_sha256) for e in reversed(_events(connection, number))
    ]
    possible = _possible(connection, taken_back)
    return Operation(f"Undid: {sentence}", possible, "undo", target=number, needs=_needed(connection, number))


def redoing(connection: sqlite3.Connection, number: int, sentence: str) -> Operation:
    """The operation that makes operation *number* again."""
    made_again = [Change(e.field, e.new, e.old, e.image, e.run, e.image_sha256) for e in _events(connection, number)]
    possible = _possible(connection, made_again)
    return Operation(f"Redid: {sentence}", possible, "redo", target=number, needs=_needed(connection, number))


def _needed(connection: sqlite3.Connection, number: int) -> Literal["reviewer", "engineer"]:
    """Who may do an operation may take it back."""
    opening = next(journal.events(connection, operation=number))
    return "reviewer" if opening.new.get("needs") == "reviewer" else "engineer"


def _possible(connection: sqlite3.Connection, changes: Sequence[Change]) -> list[Change]:
    """*changes* without those that imports made impossible since, which are never taken back."""
    fitted = settled(connection, changes)
    moves = [change for change in fitted if change.field == "path"]
    if not moves:
        return fitted
    return [*_possible_moves(connection, moves), *(change for change in fitted if change.field != "path")]


def _possible_moves(connection: sqlite3.Connection, moves: Sequence[Change]) -> list[Change]:
    """Those to files that no other image has taken since, from where the images are now."""
    ids = [change.image for change in moves if change.image is not None]
    present = {each.id: each.value for each in tables.present_values(connection, "path", ids)}
    possible = {
        c.image: msgspec.structs.replace(c, old=present[c.image])
        for c in moves
        if c.image and present[c.image] != c.new
    }
    while True:
        free = {key: c for key, c in possible.items() if _owner(connection, c.new) in {None, *possible}}
        if len(free) == len(possible):
            return list(free.values())
        possible = free  # Who stays keeps his place, which another one may have wanted.


def _owner(connection: sqlite3.Connection, path: str) -> int | None:
    """The image that has *path*."""
    row = connection.execute("SELECT id FROM image WHERE path = ?", (os.fsencode(path),)).fetchone()
    return None if row is None else int(row[0])


def _events(connection: sqlite3.Connection, number: int) -> list[Event]:
    """Of one operation, without its opening."""
    return [event for event in journal.events(connection, operation=number) if event.field != journal.OPENING]

"""A project as it was after any of its events, worked out from its journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import groupby
from types import TracebackType
from typing import Self

from anomaly_gui.project import schema, table_changes
from anomaly_gui.project.journal import OPENING, Change, Event
from anomaly_gui.project.store import Project


class Replay:
    """Goes forward only. Its project has the tables as they were then, an empty journal, and today's files of runs."""

    def __init__(self, project: Project, events: Sequence[Event]) -> None:
        """*events* are all of the project's."""
        # In a temporary file of SQLite's own, which memory need not hold.
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        schema.create(self._connection)
        self._events, self._next = events, 0
        self.project = Project(project.folder, self._connection, None, read_only=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.project.close()

    def forward_to(self, seq: int) -> Project:
        """The project as it was after event *seq*, which is not before the last one that was asked for.

        Raises sqlite3.Error, KeyError, TypeError or ValueError for a journal that makes no sense.
        """
        end = self._next
        while end < len(self._events) and self._events[end].seq <= seq:
            end += 1
        self._connection.execute("BEGIN")
        for _, group in groupby(self._events[self._next : end], key=lambda event: event.operation):
            table_changes.write(self._connection, [_change(event) for event in group if event.field != OPENING])
        self._connection.execute("COMMIT")
        self._next = end
        return self.project


def _change(event: Event) -> Change:
    return Change(event.field, event.new, event.old, event.image, event.run, event.image_sha256)

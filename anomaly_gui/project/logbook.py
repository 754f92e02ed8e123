"""The journal as people read it: one entry for each user action."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import msgspec

from anomaly_gui.project.journal import OPENING, OperationKind, from_json


class LogEntry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One user action."""

    operation: int
    time_utc: str
    who: str
    sentence: str
    kind: OperationKind
    reason: str
    program: str = ""
    """Version that wrote it; empty for older ones, which did not say."""
    role: str = ""
    """In which it was done; empty where the project had no roles."""
    changes: int = 0
    """Values that it changed."""
    fields: tuple[str, ...] = ()
    """What kind of values."""
    image: int | None = None
    """If it is about one image alone."""
    run: int | None = None
    """If it is about one run alone."""


def entries(connection: sqlite3.Connection, *, after: int = 0, count: int = -1) -> list[LogEntry]:
    """Up to *count* (-1: all) actions that follow operation *after*, oldest first."""
    openings = "SELECT seq FROM event WHERE field = ?1 AND seq > ?2 ORDER BY seq"
    row = (
        connection.execute(f"{openings} LIMIT 1 OFFSET ?3", (OPENING, after, count)).fetchone() if count >= 0 else None
    )
    until = row[0] if row else 1 << 62
    changed = (
        "SELECT operation AS number, count(*) - 1 AS changes, group_concat(DISTINCT field) AS fields, "
        "min(image) AS first_image, max(image) AS last_image, min(run) AS first_run, max(run) AS last_run "
        "FROM event WHERE seq >= (SELECT min(seq) FROM event WHERE field = ?1 AND seq > ?2) AND seq < ?3 "
        "GROUP BY operation"
    )
    rows = connection.execute(
        f"SELECT seq, time_utc, who, new, reason, changes, fields, first_image, last_image, first_run, last_run "
        f"FROM ({changed}) JOIN event ON seq = number ORDER BY seq",
        (OPENING, after, until),
    )
    return [_entry(*row) for row in rows]


def _entry(
    seq: int,
    time_utc: str,
    who: str,
    opening: str,
    reason: str,
    changes: int,
    fields: str,
    first_image: int | None,
    last_image: int | None,
    first_run: int | None,
    last_run: int | None,
) -> LogEntry:
    said = from_json(opening)
    run = first_run if first_run == last_run else None
    return LogEntry(
        operation=seq,
        time_utc=time_utc,
        who=who,
        sentence=said["sentence"],
        kind=said["kind"],
        reason=reason,
        program=said.get("program", ""),
        role=said.get("role", ""),
        changes=changes,
        fields=tuple(name for name in fields.split(",") if name != OPENING),
        image=first_image if first_image == last_image else None,
        run=run if run is not None else said.get("scored"),
    )


def search_text(entry: LogEntry) -> str:
    """All that an entry is found by, in lower case."""
    when = (entry.time_utc, local_time(entry.time_utc))
    return " ".join((entry.sentence, entry.who, entry.reason, entry.role, *when)).casefold()


def says(text: str, words: str) -> bool:
    """Whether all *words* are in a search_text(), in whatever case."""
    return all(word in text for word in words.casefold().split())


def local_time(time_utc: str) -> str:
    """ "2026-11-27 14:03", in this PC's time zone; what is no time stays as it is."""
    try:
        return datetime.fromisoformat(time_utc).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return time_utc

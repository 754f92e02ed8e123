"""What the History view shows: which actions pass the filter, the newest first, and one of them in words. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anomaly_gui.jobs.event_words import event_words
from anomaly_gui.project.journal import OPENING, Event
from anomaly_gui.project.logbook import LogEntry, local_time, says, search_text
from anomaly_gui.ui.wording import counted

KINDS: dict[str, tuple[str, frozenset[str]]] = {
    "all": ("Everything", frozenset()),
    "thresholds": ("Thresholds and scoring", frozenset({"threshold", "pixel_threshold", "scoring"})),
    "labels": ("Labels and verdicts", frozenset({"label", "verdict", "comment", "judgement", "blind_study"})),
    "images": (
        "Images, masks and splits",
        frozenset({"image", "mask", "excluded", "locked", "split", "path", "region", "defect_type"}),
    ),
    "runs": ("Runs and exports", frozenset({"run", "status", "export", "reveal"})),
    "roles": ("Roles", frozenset({"access"})),
}
"""Name → title, and the fields of the journal that it is about."""
DETAILS = 100
"""Changes of an action that are told one by one."""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One action, with what it is found by."""

    entry: LogEntry
    when: str
    text: str

    @property
    def who(self) -> str:
        return f"{self.entry.who} ({self.entry.role})" if self.entry.role else self.entry.who


def rows_of(entries: Iterable[LogEntry]) -> list[HistoryRow]:
    """Worked out once for each, and away from the window's thread: filtering only compares."""
    return [HistoryRow(entry, local_time(entry.time_utc), search_text(entry)) for entry in entries]


class HistoryState:
    """Rows come in the journal's order and are shown newest first."""

    def __init__(self) -> None:
        self._rows: list[HistoryRow] = []
        self.shown: list[HistoryRow] = []
        self.words, self.kind = "", "all"

    @property
    def last(self) -> int:
        """Number of the newest action, 0 before any."""
        return self._rows[-1].entry.operation if self._rows else 0

    def add(self, rows: Sequence[HistoryRow]) -> None:
        """The next ones."""
        self._rows += rows
        self._filter()

    def choose(self, words: str, kind: str) -> None:
        """Show what has all *words* in it and is of a *kind* of KINDS."""
        self.words, self.kind = words, kind
        self._filter()

    def _filter(self) -> None:
        words, fields = self.words, KINDS[self.kind][1]
        self.shown = [
            row
            for row in reversed(self._rows)
            if (not words or says(row.text, words)) and (not fields or self._is_about(row.entry, fields))
        ]

    def _is_about(self, entry: LogEntry, fields: frozenset[str]) -> bool:
        taken = "access" in fields and entry.sentence.startswith("Changed the role")
        scored = "run" in fields and not entry.fields and entry.run is not None
        return taken or scored or not fields.isdisjoint(entry.fields)

    @property
    def count_text(self) -> str:
        total = counted(len(self._rows), "action")
        return total if len(self.shown) == len(self._rows) else f"{len(self.shown):,} of {total}"


def details(entry: LogEntry, events: Sequence[Event]) -> str:
    """All that is known of one action; *events* are its first ones."""
    program = f"program {entry.program}" if entry.program else "an older program"
    role = f", as {entry.role}" if entry.role else ""
    lines = [
        f"{entry.sentence}.",
        f"{entry.who}{role}, {local_time(entry.time_utc)} ({entry.time_utc}), {program}, action {entry.operation}",
    ]
    if entry.reason:
        lines.append(f"Reason: {entry.reason}")
    told = [event for event in events if event.field != OPENING][:DETAILS]
    lines += [""] if told else []
    lines += [_line(event, alone=entry.image is not None) for event in told]
    if entry.changes > len(told):
        lines.append(f"and {entry.changes - len(told):,} more")
    return "\n".join(lines)


def _line(event: Event, *, alone: bool) -> str:
    about = f"image {event.image}, " if event.image is not None and not alone and event.field != "image" else ""
    return f"{about}{event_words(event)}"

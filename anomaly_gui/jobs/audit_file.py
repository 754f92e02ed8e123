"""The journal as a file for the customer, and whether such a file belongs to a project and is unchanged.

It holds names and hashes of images, never the images. Every row is compared with the project's own events, and the
last one's hash covers all before it; the digest at its end tells of a change even without the project.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from anomaly_gui import __version__
from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, printable, sha256
from anomaly_gui.jobs.provenance import Provenance, provenances, sentence
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, RateMeter
from anomaly_gui.project import journal
from anomaly_gui.project.journal import OPENING, Event
from anomaly_gui.project.store import Project

FORMAT = "anomaly-gui audit 1"
SUFFIXES = (".csv", ".json")
COLUMNS = (
    *("event", "action", "time_utc", "who", "role", "program", "sentence", "field", "image", "image_sha256"),
    *("run", "old", "new", "reason", "previous_hash", "hash"),
)
_END = "end"
"""First cell of a table's last row: how many events there are, the head, and the digest of all bytes before."""
_LIMIT_BYTES = 2 << 30
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""A spreadsheet would take a cell that begins so for a formula."""
_AGAIN = "Give a file that anomaly-gui audit wrote"

Row = dict[str, str]


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was written."""

    path: str
    events: int
    head: str
    """Hash of the last event."""
    sha256: str
    """Of the file."""


class AuditCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is to a project."""

    path: str
    belongs: bool
    """Its first event is the project's first."""
    unchanged: bool
    """It is byte for byte what was written, and every event in it is the project's."""
    events: int
    later: int
    """Events that the project has had since."""
    problems: tuple[str, ...]
    """One sentence each, without a final full stop."""


def export_audit(project: Project, to: Path, emit: EventSink, cancel: CancelToken) -> AuditReport | Cancelled:
    """Write the journal to *to*, a .csv or .json file, whole or not at all.

    Raises InputError for another kind of file, or if it cannot be written.
    """
    if to.suffix.lower() not in SUFFIXES:
        raise InputError(printable(to), "an audit is written as .csv or .json", "Give such a name")
    events = project.events()
    rows = []
    meter = RateMeter("Writing the journal", len(events), emit)
    for number, row in enumerate(_rows(events), start=1):
        if cancel.should_stop():
            return Cancelled("Nothing was written.")
        rows.append(row)
        meter.update(number)
    data = _as_csv(rows) if to.suffix.lower() == ".csv" else _as_json(project, rows)
    try:
        atomic_write(to, data)
    except OSError as error:
        raise InputError(printable(to), f"it cannot be written ({error.strerror})", "Choose another folder") from error
    head = rows[-1]["hash"] if rows else journal.FIRST_HASH
    return AuditReport(path=printable(to), events=len(rows), head=head, sha256=sha256(data))


def check_audit(project: Project, file: Path) -> AuditCheck:
    """Whether *file* belongs to *project* and is unchanged. Raises InputError for what is no audit file."""
    told, problems = _read(file)
    events = project.events()
    own = list(_rows(events[: len(told)]))
    belongs = bool(told and own) and told[0]["hash"] == own[0]["hash"]
    if not belongs:
        problems.append("it is of another project: its first event is not this project's")
    else:
        problems += _differences(told, own)
    broken = [event for event in own if event["hash"] != _worked_out(event)] if belongs else []
    problems += [f"the project's own event {event['event']} was changed after it was written" for event in broken[:5]]
    return AuditCheck(
        path=printable(file),
        belongs=belongs,
        unchanged=belongs and not problems,
        events=len(told),
        later=max(0, len(events) - len(told)),
        problems=tuple(problems),
    )


def _differences(told: Sequence[Row], own: Sequence[Row]) -> Iterator[str]:
    for mine, theirs in zip(own, told, strict=False):
        if mine != theirs:
            names = [name for name in COLUMNS if mine[name] != theirs.get(name)]
            yield f"event {mine['event']} is not what the project says, in {', '.join(names) or 'what it holds'}"
            return
    if len(told) > len(own):
        yield f"it has {len(told) - len(own)} events more than the project: the project is an older copy, or was cut"


def _rows(events: Iterable[Event]) -> Iterator[Row]:
    opening: dict[str, Any] = {}
    for event in events:
        if event.field == OPENING:
            opening = event.new
        yield {
            "event": str(event.seq),
            "action": str(event.operation),
            "time_utc": event.time_utc,
            "who": event.who,
            "role": str(opening.get("role", "")),
            "program": str(opening.get("program", "")),
            "sentence": str(opening.get("sentence", "")),
            "field": event.field,
            "image": "" if event.image is None else str(event.image),
            "image_sha256": event.image_sha256 or "",
            "run": "" if event.run is None else str(event.run),
            "old": journal.to_json(event.old),
            "new": journal.to_json(event.new),
            "reason": event.reason,
            "previous_hash": event.previous_hash,
            "hash": event.hash,
        }


def _worked_out(row: Row) -> str:
    """The hash that belongs to what a row of the project holds."""
    return journal.hash_of(
        (
            int(row["event"]),
            int(row["action"]),
            row["field"],
            int(row["image"]) if row["image"] else None,
            int(row["run"]) if row["run"] else None,
            row["old"],
            row["new"],
            row["reason"],
            row["time_utc"],
            row["who"],
            row["image_sha256"] or None,
            row["previous_hash"],
        )
    )


# As a table


def _as_csv(rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([harmless(row[name]) for name in COLUMNS] for row in rows)
    content = text.getvalue().encode("utf-8", "surrogateescape")
    last = io.StringIO()
    head = rows[-1]["hash"] if rows else journal.FIRST_HASH
    csv.writer(last, lineterminator="\r\n").writerow([_END, len(rows), head, sha256(content)])
    return content + last.getvalue().encode()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _from_csv(data: bytes) -> tuple[list[Row], list[str]]:
    text = data.decode("utf-8", "surrogateescape")
    csv.field_size_limit(1 << 30)
    header, *lines = list(csv.reader(io.StringIO(text, newline="")))
    if tuple(header) != COLUMNS:
        raise ValueError("its columns are others")
    problems = []
    end = lines.pop() if lines and lines[-1][:1] == [_END] else []
    start = data.rfind(f"\r\n{_END},".encode()) + 2
    if end != [_END, str(len(lines)), lines[-1][-1] if lines else journal.FIRST_HASH, sha256(data[:start])]:
        problems.append("the file was changed after it was written: its last row does not fit")
    cells = ([cell[1:] if cell.startswith("'") else cell for cell in line] for line in lines)
    return [dict(zip(COLUMNS, line, strict=True)) for line in cells], problems


# As JSON


def _as_json(project: Project, rows: Sequence[Row]) -> bytes:
    document = {
        "format": FORMAT,
        "program": __version__,
        "written_utc": journal.now_utc(),
        "project": printable(project.folder.name),
        "head": _head(rows),
        "thresholds": [_in_force(each) for each in provenances(project)],
        "events": rows,
    }
    return json.dumps(document | {"sha256": _digest(document)}, indent=1).encode()


def _head(rows: Sequence[Row]) -> dict[str, Any]:
    return {"event": len(rows), "hash": rows[-1]["hash"] if rows else journal.FIRST_HASH}


def _in_force(found: Provenance) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return plain | {"sentence": sentence(found)}


def _digest(document: dict[str, Any]) -> str:
    return sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode())


def _from_json(data: bytes) -> tuple[list[Row], list[str]]:
    document = json.loads(data)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError("it is of another format")
    rows = msgspec.convert(document.get("events"), list[dict[str, str]])
    problems = []
    told = document.pop("sha256", None)
    if told != _digest(document) or document.get("head") != _head(rows):
        problems.append("the file was changed after it was written: its digest or head does not fit")
    for told_of in msgspec.convert(document.get("thresholds", []), list[Provenance]):
        row = rows[told_of.event - 1]
        set_by = (row["who"], row["time_utc"], row["field"])
        value = json.loads(row["new"])
        if set_by != (told_of.who, told_of.time_utc, "threshold") or value["value"] != told_of.threshold.value:
            problems.append(f"its threshold of run {told_of.run} is not what its event {told_of.event} says")
    return rows, problems


def _read(file: Path) -> tuple[list[Row], list[str]]:
    """Events, and what is wrong with the file in itself."""
    try:
        if file.stat().st_size > _LIMIT_BYTES:
            raise ValueError("it is too large")
        data = file.read_bytes()
        with suppress(UnicodeDecodeError):
            if data.lstrip()[:1] == b"{":
                return _from_json(data)
        return _from_csv(data)
    except OSError as error:
        raise InputError(printable(file), f"it cannot be read ({error.strerror})", _AGAIN) from error
    except (ValueError, KeyError, IndexError, csv.Error, RecursionError, msgspec.ValidationError) as error:
        raise InputError(printable(file), f"this is no audit file ({error})", _AGAIN) from error

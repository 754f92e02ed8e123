"""The append-only journal: what happened, chained by SHA-256, and how to fold it to the present state."""

from __future__ import annotations

import getpass
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Any, Literal

import msgspec

from anomaly_gui import __version__
from anomaly_gui.project.records import Changed, Threshold

OperationKind = Literal["change", "fact", "undo", "redo"]
"""change: can be undone; fact: happened outside the project's tables and cannot (import, runs, exports)."""

FIRST_HASH = "0" * 64
OPENING = "operation"
REPAIRED = "Repaired the project"
"""How the sentence of a repair begins."""
SETTINGS = ("region", "watched_folders", "access")
"""Fields that the whole project has one value of."""

# Made once: json.dumps would make an encoder for each of the 30,000 values of 10,000 labels.
_VALUES = json.JSONEncoder(ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":"))
_ROWS = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))

COLUMNS = "seq, operation, field, image, run, old, new, reason, time_utc, who, image_sha256, previous_hash, hash"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the journal."""

    seq: int
    operation: int
    """seq of the first event of the same user action."""
    field: str
    """operation (opens an action), image, label, verdict, comment, excluded, mask, run, status,
    threshold, pixel_threshold, scoring, reveal, export, locked, blind_study, judgement, split, path,
    content, defect_type, or one of SETTINGS."""
    image: int | None
    run: int | None
    old: Any
    """JSON value."""
    new: Any
    """JSON value; for an opening event {"sentence", "kind", "target", "program"} and what else Operation.facts holds;
    for a threshold also "basis": what it was chosen on."""
    reason: str
    time_utc: str
    who: str
    image_sha256: str | None
    """Of the image's file as it was imported."""
    previous_hash: str
    hash: str


class Change(msgspec.Struct, frozen=True):
    """One field of an image, a run or the project about to change; values are plain JSON values."""

    field: str
    new: Any
    old: Any = None
    image: int | None = None
    run: int | None = None
    image_sha256: str | None = None


@dataclass(frozen=True)
class Operation:
    """One user action: everything in it happens, or nothing."""

    sentence: str
    changes: Sequence[Change]
    kind: OperationKind = "change"
    reason: str = ""
    target: int | None = None
    """For an undo or redo: the operation that is undone or redone."""
    needs: Literal["reviewer", "engineer"] = "engineer"
    """Who may do it, where the project has roles."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Plain JSON values that the opening event keeps beside the sentence: the role, for one."""


@dataclass
class State:
    """The present state as plain values: what the journal folds to, and what the tables hold."""

    images: dict[int, dict[str, Any]] = field(default_factory=dict)
    runs: dict[int, dict[str, Any]] = field(default_factory=dict)
    thresholds: dict[int, dict[str, Any]] = field(default_factory=dict)
    pixel_thresholds: dict[int, dict[str, Any]] = field(default_factory=dict)
    scorings: dict[int, dict[str, Any]] = field(default_factory=dict)
    exports: list[dict[str, Any]] = field(default_factory=list)
    reveals: list[dict[str, Any]] = field(default_factory=list)
    blind_studies: dict[int, dict[str, Any]] = field(default_factory=dict)
    judgements: list[dict[str, Any]] = field(default_factory=list)
    defect_types: dict[str, dict[str, Any]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)


def append(connection: sqlite3.Connection, operation: Operation, joined: int | None = None) -> int:
    """Write the events of *operation* and return its number; the caller holds the transaction.

    They become part of the operation *joined*, which must be the last, or open one of their own.
    """
    previous_seq, previous_hash = head(connection)
    number = joined or previous_seq + 1
    said = {"sentence": operation.sentence, "kind": operation.kind, "target": operation.target}
    needs = {} if operation.needs == "engineer" else {"needs": operation.needs}
    opening = Change(OPENING, {**said, "program": __version__, **needs, **operation.facts})
    time_utc, who = now_utc(), _user()
    rows = []
    written = _Written()
    by = ",".join(map(encode_basestring_ascii, (operation.reason, time_utc, who)))
    changes = operation.changes if joined else (opening, *operation.changes)
    for seq, change in enumerate(changes, start=previous_seq + 1):
        (old, old_text), (new, new_text) = written.json_of(change.old), written.json_of(change.new)
        what = (seq, number, change.field, change.image, change.run)
        row = (*what, old, new, operation.reason, time_utc, who, change.image_sha256, previous_hash)
        # The JSON of the row, as is_whole() makes it, in a third of the time.
        text = (
            f'[{seq},{number},"{change.field}",{_number(change.image)},{_number(change.run)},{old_text},{new_text},'
            f"{by},{'null' if change.image_sha256 is None else encode_basestring_ascii(change.image_sha256)},"
            f'"{previous_hash}"]'
        )
        previous_hash = hashlib.sha256(text.encode("ascii")).hexdigest()
        rows.append((*row, previous_hash))
    marks = ", ".join("?" * 13)
    connection.executemany(f"INSERT INTO event ({COLUMNS}) VALUES ({marks})", rows)
    return number


def head(connection: sqlite3.Connection) -> tuple[int, str]:
    """Number and hash of the last event; 0 and FIRST_HASH before the first."""
    last = connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    return last or (0, FIRST_HASH)


def events(
    connection: sqlite3.Connection,
    *,
    operation: int | None = None,
    image: int | None = None,
    run: int | None = None,
    count: int = -1,
) -> Iterator[Event]:
    """Events in order: all, those of one operation, of one image, or of one run itself, not of its images; the first
    *count* of them (-1: all)."""
    where = "TRUE"
    values: tuple[int, ...] = ()
    if operation is not None:
        # An operation's events follow one another up to the next opening, which is indexed.
        behind = "(SELECT min(seq) FROM event WHERE field = 'operation' AND seq > ?1)"
        where, values = f"seq >= ?1 AND seq < coalesce({behind}, 9e18)", (operation,)
    elif image is not None:
        where, values = "image = ?1", (image,)
    elif run is not None:
        where, values = "run = ?1 AND image IS NULL", (run,)
    rows = connection.execute(f"SELECT {COLUMNS} FROM event WHERE {where} ORDER BY seq LIMIT {int(count)}", values)
    read = lru_cache(maxsize=1024)(from_json)
    for row in rows:
        yield Event(
            seq=row[0],
            operation=row[1],
            field=row[2],
            image=row[3],
            run=row[4],
            old=read(row[5]),
            new=read(row[6]),
            reason=row[7],
            time_utc=row[8],
            who=row[9],
            image_sha256=row[10],
            previous_hash=row[11],
            hash=row[12],
        )


def openings(connection: sqlite3.Connection) -> Iterator[tuple[int, dict[str, Any]]]:
    """(operation, {"sentence", "kind", "target"}) of every user action, in order."""
    rows = connection.execute("SELECT seq, new FROM event WHERE field = 'operation' ORDER BY seq")
    return ((seq, from_json(new)) for seq, new in rows)


def changed_since(connection: sqlite3.Connection, event: int) -> Changed:
    """Images and runs that events after *event* speak of; *operation* is the last event's number."""
    rows = connection.execute("SELECT DISTINCT image, run FROM event WHERE seq > ?", (event,)).fetchall()
    (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()
    return Changed(
        operation=last,
        sentence="",
        images=frozenset(image for image, _ in rows if image is not None),
        runs=frozenset(run for _, run in rows if run is not None),
    )


def is_whole(row: Sequence[Any]) -> bool:
    """Whether an event, read as COLUMNS, is what was written."""
    try:
        return bool(hash_of(row[:-1]) == row[-1])
    except (TypeError, ValueError):  # A damaged row may hold bytes.
        return False


def broken_links(connection: sqlite3.Connection) -> Iterator[str]:
    """In words, every event whose number, content or place in the chain is not what was written."""
    expected_seq, expected_hash = 1, FIRST_HASH
    for row in connection.execute(f"SELECT {COLUMNS} FROM event ORDER BY seq"):
        seq, previous_hash, own_hash = row[0], row[-2], row[-1]
        if seq != expected_seq:
            yield f"journal: event {expected_seq} is missing"
        elif previous_hash != expected_hash:
            yield f"journal: event {seq} does not follow from the one before it"
        if not is_whole(row):
            yield f"journal: event {seq} was changed after it was written"
        expected_seq, expected_hash = seq + 1, own_hash


def broken_end(connection: sqlite3.Connection, count: int = 100) -> Iterator[str]:
    """In words, which of the last *count* events is not what was written; those before a repair are known."""
    for row in connection.execute(f"SELECT {COLUMNS} FROM event ORDER BY seq DESC LIMIT ?", (count,)):
        if row[2] == OPENING and REPAIRED in str(row[6]):
            return
        if not is_whole(row):
            yield f"journal: event {row[0]} was changed after it was written"


def fold(happened: Iterable[Event]) -> State:
    """The state that follows from the journal. Raises KeyError or ValueError where it makes no sense."""
    state = State()
    for event in happened:
        if event.image is not None:
            _fold_image(state, event, event.image)
        elif event.run is not None:
            _fold_run(state, event, event.run)
        elif event.field != OPENING:
            _fold_project(state, event)
    return state


def _fold_image(state: State, event: Event, image: int) -> None:
    if event.field == "image":
        state.images[image] = {**event.new, "verdict": None, "comment": "", "excluded": False, "locked": False}
        state.images[image].pop("modified_ns", None)
        return
    if event.field == "judgement":
        if event.old is not None:  # Raises ValueError if it was never said.
            state.judgements.remove(_judgement(event.old))
        if event.new is not None:
            state.judgements.append(_judgement(event.new))
        return
    if event.field == "content":
        if {name: state.images[image][name] for name in event.old} != event.old:
            raise ValueError(f"event {event.seq} changes a content that was not there")
        state.images[image].update(event.new)
        return
    key = "mask_path" if event.field == "mask" else event.field
    if state.images[image][key] != event.old:
        raise ValueError(f"event {event.seq} changes a {event.field} that was not there")
    state.images[image][key] = event.new


def _fold_run(state: State, event: Event, run: int) -> None:
    match event.field:
        case "run":
            state.runs[run] = dict(event.new)
        case "status":
            state.runs[run].update(event.new)
        case "threshold":
            _replace(state.thresholds, event, run, _threshold)
        case "pixel_threshold":
            _replace(state.pixel_thresholds, event, run, dict)
        case "scoring":
            _replace(state.scorings, event, run, dict)
        case "export":
            state.exports.append(event.new | {"threshold": _threshold(event.new["threshold"])})
        case "reveal":
            state.reveals.append(event.new)
        case "blind_study":
            _replace(state.blind_studies, event, event.new["id"], dict)
        case unknown:
            raise ValueError(f"event {event.seq} changes {unknown}, which no run has")


def _fold_project(state: State, event: Event) -> None:
    if event.field == "defect_type":
        if event.old is not None and state.defect_types.pop(event.old["name"], None) != event.old:
            raise ValueError(f"event {event.seq} changes a defect type that was not there")
        if event.new is not None:
            if event.new["name"] in state.defect_types:
                raise ValueError(f"event {event.seq} makes a defect type that was there")
            state.defect_types[event.new["name"]] = event.new
    elif event.field in SETTINGS:
        if state.settings.pop(event.field, None) != event.old:
            raise ValueError(f"event {event.seq} changes a {event.field} that was not there")
        if event.new is not None:
            state.settings[event.field] = event.new
    else:
        raise ValueError(f"event {event.seq} belongs to no image and no run")


def _replace(present: dict[int, dict[str, Any]], event: Event, key: int, read: Callable[[Any], dict[str, Any]]) -> None:
    """Follow a change of what there is at most one of by *key*: the run, mostly."""
    if present.get(key) != (None if event.old is None else read(event.old)):
        raise ValueError(f"event {event.seq} changes a {event.field} that was not there")
    if event.new is None:
        present.pop(key, None)
    else:
        present[key] = read(event.new)


def _judgement(written: dict[str, Any]) -> dict[str, Any]:
    """With what was added since it was written."""
    return {"trial": 1, **written}


def _threshold(written: Any) -> dict[str, Any]:
    """With what was added since it was written."""
    complete: dict[str, Any] = msgspec.to_builtins(msgspec.convert(written, Threshold))
    return complete


class _Written:
    """JSON of values, worked out once for what ten thousand changes of an operation share."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[Any, tuple[str, str]]] = {}

    def json_of(self, value: Any) -> tuple[str, str]:
        """The column, and the column as the JSON of a row holds it."""
        # The value is kept too: as long as it lives no other one has its id.
        known = self._texts.get(id(value))
        if known is None:
            text = to_json(value)
            known = self._texts[id(value)] = (value, (text, encode_basestring_ascii(text)))
        return known[1]


def to_json(value: Any) -> str:
    """Canonical JSON in ASCII: paths that are not UTF-8 survive as escaped surrogates."""
    return _VALUES.encode(value)


def from_json(text: Any) -> Any:
    """What to_json() wrote. Raises ValueError for anything else, such as what a damaged row holds."""
    if not isinstance(text, str):
        raise json.JSONDecodeError("this is no text", "", 0)
    return json.loads(text)


def plain_text(text: str) -> str:
    """Text that SQLite takes: lone surrogates, as a bad paste can hold, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def now_utc() -> str:
    """ISO 8601 with milliseconds, such as 2025-01-31T08:15:30.123Z."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def hash_of(row: Sequence[Any]) -> str:
    """SHA-256 over an event's COLUMNS but the last, the previous event's hash among them."""
    return hashlib.sha256(_ROWS.encode(list(row)).encode("ascii")).hexdigest()


def _number(value: int | None) -> int | str:
    """As JSON writes it."""
    return "null" if value is None else value


def _user() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # No such user, or Windows without the variables.
        return "unknown"

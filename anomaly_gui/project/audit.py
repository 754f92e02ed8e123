"""Looking for damage: in the journal, in the tables, in the files of runs and in the images."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable, sha256
from anomaly_gui.imaging.load import read_file
from anomaly_gui.progress import CancelToken, EventSink, Progress, RateMeter, ignore_events
from anomaly_gui.project import journal, schema, tables
from anomaly_gui.project.drawn_masks import digest_of
from anomaly_gui.project.runs import RunFolder

_SHOWN = 5
_QUICKLY_READ_BYTES = 16 << 20
_OF_THE_DATABASE = ("project.db", "journal: ", "the journal ")
_NOT_AS_TOLD = "what the journal says"


def problems(
    connection: sqlite3.Connection,
    folder: Path,
    emit: EventSink = ignore_events,
    cancel: CancelToken | None = None,
    *,
    read_images: bool,
) -> Iterator[str]:
    """Everything that is not as it should be, one sentence each; ends early if asked to stop."""
    cancel = cancel or CancelToken()
    steps: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: (f"project.db is damaged: {difference}" for difference in schema.differences(connection)),
        lambda: _database(connection),
        lambda: journal.broken_links(connection),
        lambda: _differences(connection),
        lambda: _run_files(connection, folder),
        lambda: _drawn_masks(connection, folder, cancel),
        lambda: _images(connection, emit, cancel, read_images),
    )
    try:
        for number, step in enumerate(steps, start=1):
            if cancel.should_stop():
                return
            emit(Progress("Checking the journal and files", number, len(steps)))
            yield from step()
    except (sqlite3.DatabaseError, ValueError, KeyError, TypeError) as error:
        yield f"project.db is damaged: {error}"


def quick_problems(connection: sqlite3.Connection, database: Path) -> Iterator[str]:
    """What shows at once, for every opening: foreign tables and triggers, broken pages, a journal cut at its end.

    Pages of a large database are left to problems(): reading them all would take longer than opening it.
    """
    yield from schema.differences(connection)
    if database.stat().st_size <= _QUICKLY_READ_BYTES:
        yield from (" ".join(told.split()) for (told,) in connection.execute("PRAGMA quick_check(1)") if told != "ok")
    yield from journal.broken_end(connection)


def is_damage(problem: str) -> bool:
    """Whether one of problems() is about the database itself, which a repair can put right."""
    return problem.startswith(_OF_THE_DATABASE) or problem.endswith(_NOT_AS_TOLD)


def _database(connection: sqlite3.Connection) -> Iterator[str]:
    for (verdict,) in connection.execute("PRAGMA integrity_check"):
        if verdict != "ok":
            yield f"project.db is damaged: {verdict}"
    for table, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield f"project.db is damaged: a row of {table} refers to nothing"


def _differences(connection: sqlite3.Connection) -> Iterator[str]:
    try:
        expected = journal.fold(journal.events(connection))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        yield f"the journal cannot be followed: {error}"
        return
    found = tables.state(connection)
    for kind in ("images", "runs", "thresholds", "pixel_thresholds", "scorings"):
        yield from _differences_of(kind[:-1].replace("_", " "), getattr(expected, kind), getattr(found, kind))
    for kind in ("exports", "reveals", "blind_studies", "judgements", "defect_types", "settings"):
        if getattr(expected, kind) != getattr(found, kind):
            yield f"the {kind.replace('_', ' ')} are not what the journal says"


def _differences_of(kind: str, expected: dict[int, Any], found: dict[int, Any]) -> Iterator[str]:
    wrong = [key for key in sorted(expected.keys() | found.keys()) if expected.get(key) != found.get(key)]
    for key in wrong[:_SHOWN]:
        yield f"{kind} {key} is not what the journal says"
    if len(wrong) > _SHOWN:
        yield f"{len(wrong) - _SHOWN} more {kind}s are not what the journal says"


def _run_files(connection: sqlite3.Connection, folder: Path) -> Iterator[str]:
    for run in tables.runs(connection):
        if run.status != "finished":
            continue
        files = RunFolder(folder, run.name)
        for path in (files.weights, files.settings, files.statistics):
            if not path.is_file():
                yield f"run {run.name}: {path.name} is missing"
        if files.settings.is_file() and files.weights.is_file():
            yield from _weights(files)


def _weights(files: RunFolder) -> Iterator[str]:
    try:
        expected = files.read_settings().get("weights_sha256")
        if expected != sha256(files.weights.read_bytes()):
            yield f"run {files.folder.name}: {files.weights.name} is not what was trained"
    except InputError as error:
        yield f"{error.what}: {error.cause}"
    except OSError as error:
        yield f"{printable(files.weights)}: {error.strerror}"


def _drawn_masks(connection: sqlite3.Connection, folder: Path, cancel: CancelToken) -> Iterator[str]:
    """Every mask that was ever drawn: undo may go back to any."""
    for (new,) in connection.execute("SELECT DISTINCT new FROM event WHERE field = 'mask' AND new != 'null'"):
        if cancel.should_stop():
            return
        reference = json.loads(new)
        digest = digest_of(reference)
        if digest is None:
            continue
        try:
            if sha256((folder / reference).read_bytes()) != digest:
                yield f"{reference} was changed after it was drawn"
        except OSError as error:
            yield f"{reference}: {error.strerror}"


def _images(connection: sqlite3.Connection, emit: EventSink, cancel: CancelToken, read_images: bool) -> Iterator[str]:
    """Images on disk: there, and the same bytes as imported."""
    images = tables.images(connection)
    meter = RateMeter("Checking images", len(images), emit)
    for number, image in enumerate(images, start=1):
        if cancel.should_stop():
            return
        meter.update(number)
        try:
            if read_images:
                # The limit of today must not turn an image that was imported under another into damage.
                same = sha256(read_file(image.path, limit_px=image.file_bytes)) == image.sha256
            else:
                same = Path(image.path).stat().st_size == image.file_bytes
        except InputError as error:
            yield f"image {error.what}: {error.cause}"
        except OSError as error:
            yield f"image {printable(image.path)}: {error.strerror}"
        else:
            if not same:
                yield f"image {printable(image.path)} was changed after its import"

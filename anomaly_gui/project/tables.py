"""Between records and the rows of the state tables."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple

import msgspec

from anomaly_gui.project.journal import State, from_json
from anomaly_gui.project.records import (
    BlindStudy,
    Content,
    DefectType,
    Export,
    Image,
    Judgement,
    Label,
    PixelThreshold,
    Reveal,
    Role,
    Run,
    Threshold,
    Verdict,
)

IMAGE_COLUMNS = (
    "id, path, sha256, pixel_sha256, file_bytes, format, width, height, channels, bit_depth, peak, split, "
    "label, defect_type, mask_path, modified_ns, verdict, verdict_reason, comment, excluded, locked"
)
RUN_COLUMNS = "id, name, detector, preset, seed, settings, status, created_utc, finished_utc, message"
THRESHOLD_COLUMNS = "value, rule, parameter, recheck, defect_type, miss_price, alarm_price, defect_rate"
BLIND_STUDY_COLUMNS = "id, run, seed, trials, images, started_utc, finished_utc"
EXPORT_COLUMNS = f"run, path, sha256, time_utc, {THRESHOLD_COLUMNS}"


class Present(NamedTuple):
    """What a change of one field of an image has to know of it."""

    id: int
    path: str
    sha256: str
    value: Any
    """Of the field, as plain JSON holds it; images that say the same share it."""


def images(connection: sqlite3.Connection, ids: Iterable[int] | None = None, root: str = "") -> list[Image]:
    """All images, or those of *ids* that there are, by id; paths within the project are made absolute by *root*."""
    return [_image(row, root) for row in _image_rows(connection, IMAGE_COLUMNS, ids)]


def present_values(connection: sqlite3.Connection, field: str, ids: Iterable[int]) -> list[Present]:
    """One journalled field of the images of *ids* that there are, by id, without all else."""
    columns, plain = _FIELDS[field]
    return [
        Present(row[0], os.fsdecode(row[1]), row[2], plain(*row[3:]))
        for row in _image_rows(connection, f"id, path, sha256, {columns}", ids)
    ]


def _image_rows(connection: sqlite3.Connection, columns: str, ids: Iterable[int] | None) -> sqlite3.Cursor:
    if ids is None:
        return connection.execute(f"SELECT {columns} FROM image ORDER BY id")
    wanted = json.dumps([int(i) for i in ids])
    where = "id IN (SELECT value FROM json_each(?))"
    return connection.execute(f"SELECT {columns} FROM image WHERE {where} ORDER BY id", (wanted,))


def _image(row: Sequence[Any], root: str) -> Image:
    return Image(
        id=row[0],
        path=os.fsdecode(row[1]),
        sha256=row[2],
        pixel_sha256=row[3],
        file_bytes=row[4],
        # A hundred thousand images share a few words, not only what they mean.
        format=intern(row[5]),
        width=row[6],
        height=row[7],
        channels=row[8],
        bit_depth=row[9],
        peak=row[10],
        split=intern(row[11]),  # type: ignore[arg-type]
        label=_label(row[12], row[13]),
        mask_path=None if row[14] is None else os.path.join(root, os.fsdecode(row[14])),
        modified_ns=row[15],
        verdict=None if row[16] is None else Verdict(row[16], row[17]),
        comment=row[18],
        excluded=bool(row[19]),
        locked=bool(row[20]),
    )


@lru_cache(maxsize=1024)
def _label(kind: Any, defect_type: str | None) -> Label:
    return Label(kind, defect_type)


@lru_cache(maxsize=1024)
def _plain_label(kind: str, defect_type: str | None) -> dict[str, Any]:
    return {"kind": kind, "defect_type": defect_type}


def _plain_verdict(kind: str | None, reason: str | None) -> dict[str, Any] | None:
    return None if kind is None else {"kind": kind, "reason": reason}


def _plain_content(*values: Any) -> dict[str, Any]:
    return dict(zip(Content.__struct_fields__, values, strict=True))


def _plain_path(path: bytes | None) -> str | None:
    return None if path is None else os.fsdecode(path)


_FIELDS: dict[str, tuple[str, Callable[..., Any]]] = {
    "label": ("label, defect_type", _plain_label),
    "verdict": ("verdict, verdict_reason", _plain_verdict),
    "comment": ("comment", str),
    "excluded": ("excluded", bool),
    "locked": ("locked", bool),
    "split": ("split", intern),
    "mask": ("mask_path", _plain_path),
    "path": ("path", _plain_path),
    "content": (", ".join(Content.__struct_fields__), _plain_content),
}
"""Journalled field of an image → its columns, and how they become one plain value."""


def defect_types(connection: sqlite3.Connection) -> list[DefectType]:
    """Every defect type in the user's order. Raises msgspec.ValidationError for a damaged row."""
    rows = connection.execute("SELECT name, colour, key, position FROM defect_type ORDER BY position, name")
    plain = [dict(zip(("name", "colour", "key", "position"), row, strict=True)) for row in rows]
    return msgspec.convert(plain, list[DefectType])


def setting(connection: sqlite3.Connection, key: str) -> Any:
    """A plain JSON value that the whole project has one of; None if it was never set."""
    row = connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    return None if row is None else from_json(row[0])


def runs(connection: sqlite3.Connection) -> list[Run]:
    """All runs, oldest first."""
    return [
        Run(**dict(zip(Run.__struct_fields__, row, strict=True)) | {"settings": from_json(row[5])})
        for row in connection.execute(f"SELECT {RUN_COLUMNS} FROM run ORDER BY id")
    ]


def roles(connection: sqlite3.Connection, run: int) -> dict[int, Role]:
    """Image id → what it was used for in *run*."""
    return dict(connection.execute("SELECT image, role FROM role WHERE run = ? ORDER BY image", (run,)))


def judged_counts(connection: sqlite3.Connection, run: int) -> dict[str, int]:
    """How many images *run* chooses thresholds on, by their labels as they are now."""
    rows = connection.execute(
        "SELECT role.role, image.label, count(*) FROM role JOIN image ON image.id = role.image WHERE role.run = ? "
        "AND role.role != 'train' AND NOT image.excluded AND NOT image.locked GROUP BY 1, 2",
        (run,),
    )
    found = {(role, label): count for role, label, count in rows}
    return {
        "good": found.get(("test", "good"), 0),
        "defective": found.get(("test", "defect"), 0),
        "held_out_good": found.get(("validation", "good"), 0),
    }


def threshold(connection: sqlite3.Connection, run: int) -> Threshold | None:
    """The present threshold of *run*."""
    row = connection.execute(f"SELECT {THRESHOLD_COLUMNS} FROM threshold WHERE run = ?", (run,)).fetchone()
    return Threshold(*row) if row else None


def pixel_threshold(connection: sqlite3.Connection, run: int) -> PixelThreshold | None:
    """The present threshold of the pixels of *run*."""
    row = connection.execute("SELECT value, rule, parameter FROM pixel_threshold WHERE run = ?", (run,)).fetchone()
    return PixelThreshold(*row) if row else None


def scoring(connection: sqlite3.Connection, run: int) -> dict[str, Any] | None:
    """Scoring settings that *run* has instead of those it was trained with."""
    row = connection.execute("SELECT settings FROM scoring WHERE run = ?", (run,)).fetchone()
    return from_json(row[0]) if row else None


def reveals(connection: sqlite3.Connection) -> list[Reveal]:
    """Every look at the locked test images' figures, oldest first."""
    rows = connection.execute("SELECT run, time_utc, figures FROM reveal ORDER BY id")
    return [Reveal(run=run, time_utc=time_utc, figures=from_json(figures)) for run, time_utc, figures in rows]


def judgements(connection: sqlite3.Connection, study: int | None = None) -> list[Judgement]:
    """Everything said in blind re-reviews, or in one of them, oldest first."""
    names = Judgement.__struct_fields__
    rows = connection.execute(
        f"SELECT {', '.join(names)} FROM judgement WHERE ?1 IS NULL OR study = ?1 ORDER BY id", (study,)
    )
    return [Judgement(**dict(zip(names, row, strict=True))) for row in rows]


def blind_studies(connection: sqlite3.Connection) -> list[BlindStudy]:
    """All blind re-reviews, oldest first."""
    names = BlindStudy.__struct_fields__
    rows = connection.execute(f"SELECT {BLIND_STUDY_COLUMNS} FROM blind_study ORDER BY id")
    return [BlindStudy(**dict(zip(names, row, strict=True)) | {"images": tuple(from_json(row[4]))}) for row in rows]


def exports(connection: sqlite3.Connection) -> list[Export]:
    """Every bundle that was written, oldest first."""
    return [
        Export(run=r[0], path=os.fsdecode(r[1]), sha256=r[2], time_utc=r[3], threshold=Threshold(*r[4:]))
        for r in connection.execute(f"SELECT {EXPORT_COLUMNS} FROM export ORDER BY id")
    ]


def next_id(connection: sqlite3.Connection, table: str) -> int:
    """The id that the next row of *table* gets."""
    (number,) = connection.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()
    return int(number)


def state(connection: sqlite3.Connection) -> State:
    """Everything the journal speaks of, in the shape that folding it gives."""
    found = State(
        exports=msgspec.to_builtins(exports(connection)),
        reveals=msgspec.to_builtins(reveals(connection)),
        judgements=msgspec.to_builtins(judgements(connection)),
        defect_types={each.name: msgspec.to_builtins(each) for each in defect_types(connection)},
        settings={key: from_json(value) for key, value in connection.execute("SELECT key, value FROM setting")},
    )
    for study in blind_studies(connection):
        found.blind_studies[study.id] = study_as_json(study)
    for image in images(connection):
        plain = msgspec.to_builtins(image)
        del plain["modified_ns"]  # What the disk says, not what was done.
        found.images[plain.pop("id")] = plain
    for run in runs(connection):
        found.runs[run.id] = run_as_json(run, roles(connection, run.id))
        chosen = threshold(connection, run.id)
        if chosen is not None:
            found.thresholds[run.id] = msgspec.to_builtins(chosen)
        of_pixels = pixel_threshold(connection, run.id)
        if of_pixels is not None:
            found.pixel_thresholds[run.id] = msgspec.to_builtins(of_pixels)
        settings = scoring(connection, run.id)
        if settings is not None:
            found.scorings[run.id] = settings
    return found


def run_as_json(run: Run, run_roles: dict[int, Role]) -> dict[str, Any]:
    """A run as its journal entry holds it: roles as sorted lists of image ids."""
    by_role: dict[str, list[int]] = {"train": [], "validation": [], "test": []}
    for image in sorted(run_roles):
        by_role[run_roles[image]].append(image)
    plain: dict[str, Any] = msgspec.to_builtins(run)
    return plain | {"roles": by_role}


def study_as_json(study: BlindStudy) -> dict[str, Any]:
    """A blind re-review as its journal entry holds it."""
    plain: dict[str, Any] = msgspec.to_builtins(study)
    return plain | {"images": list(study.images)}

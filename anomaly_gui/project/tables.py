"""Between records and the rows of the state tables."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import msgspec

from anomaly_gui.project.journal import Change, State, to_json
from anomaly_gui.project.records import (
    BlindStudy,
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

_IMAGE = (
    "id, path, sha256, pixel_sha256, file_bytes, format, width, height, channels, bit_depth, peak, split, "
    "label, defect_type, mask_path, verdict, verdict_reason, comment, excluded, locked"
)
_RUN = "id, name, detector, preset, seed, settings, status, created_utc, finished_utc, message"
_THRESHOLD = "value, rule, parameter, recheck, defect_type, miss_price, alarm_price, defect_rate"
_BLIND_STUDY = "id, run, seed, trials, images, started_utc, finished_utc"
_EXPORT = f"run, path, sha256, time_utc, {_THRESHOLD}"


def images(connection: sqlite3.Connection, ids: Sequence[int] | None = None) -> list[Image]:
    """All images, or those of *ids* that there are, by id."""
    if ids is None:
        rows = connection.execute(f"SELECT {_IMAGE} FROM image ORDER BY id")
    else:
        wanted = json.dumps([int(i) for i in ids])
        rows = connection.execute(
            f"SELECT {_IMAGE} FROM image WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", (wanted,)
        )
    return [_image(row) for row in rows]


def _image(row: Sequence[Any]) -> Image:
    return Image(
        id=row[0],
        path=os.fsdecode(row[1]),
        sha256=row[2],
        pixel_sha256=row[3],
        file_bytes=row[4],
        format=row[5],
        width=row[6],
        height=row[7],
        channels=row[8],
        bit_depth=row[9],
        peak=row[10],
        split=row[11],
        label=Label(row[12], row[13]),
        mask_path=None if row[14] is None else os.fsdecode(row[14]),
        verdict=None if row[15] is None else Verdict(row[15], row[16]),
        comment=row[17],
        excluded=bool(row[18]),
        locked=bool(row[19]),
    )


def runs(connection: sqlite3.Connection) -> list[Run]:
    """All runs, oldest first."""
    return [
        Run(**dict(zip(Run.__struct_fields__, row, strict=True)) | {"settings": json.loads(row[5])})
        for row in connection.execute(f"SELECT {_RUN} FROM run ORDER BY id")
    ]


def roles(connection: sqlite3.Connection, run: int) -> dict[int, Role]:
    """Image id → what it was used for in *run*."""
    return dict(connection.execute("SELECT image, role FROM role WHERE run = ? ORDER BY image", (run,)))


def threshold(connection: sqlite3.Connection, run: int) -> Threshold | None:
    """The present threshold of *run*."""
    row = connection.execute(f"SELECT {_THRESHOLD} FROM threshold WHERE run = ?", (run,)).fetchone()
    return Threshold(*row) if row else None


def pixel_threshold(connection: sqlite3.Connection, run: int) -> PixelThreshold | None:
    """The present threshold of the pixels of *run*."""
    row = connection.execute("SELECT value, rule, parameter FROM pixel_threshold WHERE run = ?", (run,)).fetchone()
    return PixelThreshold(*row) if row else None


def scoring(connection: sqlite3.Connection, run: int) -> dict[str, Any] | None:
    """Scoring settings that *run* has instead of those it was trained with."""
    row = connection.execute("SELECT settings FROM scoring WHERE run = ?", (run,)).fetchone()
    return json.loads(row[0]) if row else None


def reveals(connection: sqlite3.Connection) -> list[Reveal]:
    """Every look at the locked test images' figures, oldest first."""
    rows = connection.execute("SELECT run, time_utc, figures FROM reveal ORDER BY id")
    return [Reveal(run=run, time_utc=time_utc, figures=json.loads(figures)) for run, time_utc, figures in rows]


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
    rows = connection.execute(f"SELECT {_BLIND_STUDY} FROM blind_study ORDER BY id")
    return [BlindStudy(**dict(zip(names, row, strict=True)) | {"images": tuple(json.loads(row[4]))}) for row in rows]


def exports(connection: sqlite3.Connection) -> list[Export]:
    """Every bundle that was written, oldest first."""
    return [
        Export(run=r[0], path=os.fsdecode(r[1]), sha256=r[2], time_utc=r[3], threshold=Threshold(*r[4:]))
        for r in connection.execute(f"SELECT {_EXPORT} FROM export ORDER BY id")
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
    )
    for study in blind_studies(connection):
        found.blind_studies[study.id] = study_as_json(study)
    for image in images(connection):
        plain = msgspec.to_builtins(image)
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


def write(connection: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """Bring the state tables up to *changes*; the caller holds the transaction."""
    for field, group in groupby(changes, key=lambda change: change.field):
        _WRITERS[field](connection, list(group))


def _write_images(connection: sqlite3.Connection, changes: list[Change]) -> None:
    rows = []
    for change in changes:
        new = change.new
        mask = None if new["mask_path"] is None else os.fsencode(new["mask_path"])
        measured = [new[name] for name in _IMAGE.split(", ")[2:12]]
        label = new["label"]
        rows.append((change.image, os.fsencode(new["path"]), *measured, label["kind"], label["defect_type"], mask))
    names = ", ".join(_IMAGE.split(", ")[:15])
    connection.executemany(f"INSERT INTO image ({names}) VALUES ({', '.join('?' * 15)})", rows)


def _write_labels(connection: sqlite3.Connection, changes: list[Change]) -> None:
    connection.executemany(
        "UPDATE image SET label = ?, defect_type = ? WHERE id = ?",
        [(c.new["kind"], c.new["defect_type"], c.image) for c in changes],
    )


def _write_verdicts(connection: sqlite3.Connection, changes: list[Change]) -> None:
    said = [(c.new or {"kind": None, "reason": None}, c.image) for c in changes]
    connection.executemany(
        "UPDATE image SET verdict = ?, verdict_reason = ? WHERE id = ?",
        [(new["kind"], new["reason"], image) for new, image in said],
    )


def _write_comments(connection: sqlite3.Connection, changes: list[Change]) -> None:
    connection.executemany("UPDATE image SET comment = ? WHERE id = ?", [(c.new, c.image) for c in changes])


def _write_exclusions(connection: sqlite3.Connection, changes: list[Change]) -> None:
    connection.executemany("UPDATE image SET excluded = ? WHERE id = ?", [(int(c.new), c.image) for c in changes])


def _write_masks(connection: sqlite3.Connection, changes: list[Change]) -> None:
    connection.executemany(
        "UPDATE image SET mask_path = ? WHERE id = ?",
        [(None if c.new is None else os.fsencode(c.new), c.image) for c in changes],
    )


def _write_runs(connection: sqlite3.Connection, changes: list[Change]) -> None:
    for change in changes:
        row = dict(change.new, settings=to_json(change.new["settings"]))
        connection.execute(
            f"INSERT INTO run ({_RUN}) VALUES ({', '.join('?' * 10)})",
            [row[name] for name in _RUN.split(", ")],
        )
        connection.executemany(
            "INSERT INTO role (run, image, role) VALUES (?, ?, ?)",
            [(change.run, image, role) for role, chosen in row["roles"].items() for image in chosen],
        )


def _write_statuses(connection: sqlite3.Connection, changes: list[Change]) -> None:
    connection.executemany(
        "UPDATE run SET status = ?, message = ?, finished_utc = ? WHERE id = ?",
        [(c.new["status"], c.new["message"], c.new["finished_utc"], c.run) for c in changes],
    )


def _write_thresholds(connection: sqlite3.Connection, changes: list[Change]) -> None:
    _replace(connection, "threshold", _THRESHOLD, changes)


def _write_pixel_thresholds(connection: sqlite3.Connection, changes: list[Change]) -> None:
    _replace(connection, "pixel_threshold", "value, rule, parameter", changes)


def _write_scorings(connection: sqlite3.Connection, changes: list[Change]) -> None:
    for change in changes:
        connection.execute("DELETE FROM scoring WHERE run = ?", (change.run,))
        if change.new is not None:
            connection.execute("INSERT INTO scoring VALUES (?, ?)", (change.run, to_json(change.new)))


def _replace(connection: sqlite3.Connection, table: str, columns: str, changes: list[Change]) -> None:
    """What a run has at most one of. An event of an older version lacks what was added since."""
    names = columns.split(", ")
    for change in changes:
        connection.execute(f"DELETE FROM {table} WHERE run = ?", (change.run,))
        if change.new is not None:
            connection.execute(
                f"INSERT INTO {table} (run, {columns}) VALUES (?{', ?' * len(names)})",
                (change.run, *(change.new.get(name) for name in names)),
            )


def _write_reveals(connection: sqlite3.Connection, changes: list[Change]) -> None:
    for change in changes:
        row = (change.run, change.new["time_utc"], to_json(change.new["figures"]))
        connection.execute("INSERT INTO reveal (run, time_utc, figures) VALUES (?, ?, ?)", row)


def _write_locks(connection: sqlite3.Connection, changes: list[Change]) -> None:
    connection.executemany("UPDATE image SET locked = ? WHERE id = ?", [(int(c.new), c.image) for c in changes])


def _write_blind_studies(connection: sqlite3.Connection, changes: list[Change]) -> None:
    for change in changes:
        row = dict(change.new, images=to_json(change.new["images"]))
        connection.execute(
            f"INSERT OR REPLACE INTO blind_study ({_BLIND_STUDY}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [row[name] for name in _BLIND_STUDY.split(", ")],
        )


def _write_judgements(connection: sqlite3.Connection, changes: list[Change]) -> None:
    names = Judgement.__struct_fields__
    for change in changes:
        if change.new is not None:
            said = [change.new[name] for name in names]
            marks = ", ".join("?" * len(names))
            connection.execute(f"INSERT INTO judgement ({', '.join(names)}) VALUES ({marks})", said)
        else:
            key = [change.old[name] for name in ("study", "image", "reviewer", "trial")]
            connection.execute(
                "DELETE FROM judgement WHERE id = (SELECT max(id) FROM judgement "
                "WHERE study = ? AND image = ? AND reviewer = ? AND trial = ?)",
                key,
            )


def _write_exports(connection: sqlite3.Connection, changes: list[Change]) -> None:
    for change in changes:
        new, limit = change.new, change.new["threshold"]
        connection.execute(
            f"INSERT INTO export ({_EXPORT}) VALUES ({', '.join('?' * 12)})",
            (
                change.run,
                os.fsencode(new["path"]),
                new["sha256"],
                new["time_utc"],
                *(limit[name] for name in _THRESHOLD.split(", ")),
            ),
        )


_WRITERS = {
    "image": _write_images,
    "label": _write_labels,
    "verdict": _write_verdicts,
    "comment": _write_comments,
    "excluded": _write_exclusions,
    "mask": _write_masks,
    "run": _write_runs,
    "status": _write_statuses,
    "threshold": _write_thresholds,
    "pixel_threshold": _write_pixel_thresholds,
    "scoring": _write_scorings,
    "reveal": _write_reveals,
    "export": _write_exports,
    "locked": _write_locks,
    "blind_study": _write_blind_studies,
    "judgement": _write_judgements,
}

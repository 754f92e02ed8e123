"""Changes as rows of the state tables."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from anomaly_gui.project.journal import SETTINGS, Change, to_json
from anomaly_gui.project.records import Content, DefectType, Judgement
from anomaly_gui.project.tables import (
    BLIND_STUDY_COLUMNS,
    EXPORT_COLUMNS,
    IMAGE_COLUMNS,
    RUN_COLUMNS,
    THRESHOLD_COLUMNS,
)


def write(connection: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """Bring the state tables up to *changes*; the caller holds the transaction."""
    for field, group in groupby(changes, key=lambda change: change.field):
        _WRITERS[field](connection, list(group))


def _write_images(connection: sqlite3.Connection, changes: list[Change]) -> None:
    rows = []
    for change in changes:
        new = change.new
        mask = None if new["mask_path"] is None else os.fsencode(new["mask_path"])
        measured = [new[name] for name in IMAGE_COLUMNS.split(", ")[2:12]]
        label = new["label"]
        said = (label["kind"], label["defect_type"])
        rows.append((change.image, os.fsencode(new["path"]), *measured, *said, mask, new.get("modified_ns")))
    names = ", ".join(IMAGE_COLUMNS.split(", ")[:16])
    connection.executemany(f"INSERT INTO image ({names}) VALUES ({', '.join('?' * 16)})", rows)


def _set_of_images(connection: sqlite3.Connection, columns: Sequence[str], values: dict[int, tuple[Any, ...]]) -> None:
    """*values* of the columns by image: one statement for all that get the same, in a third of the time."""
    alike: dict[tuple[Any, ...], list[int]] = {}
    for image, new in values.items():
        alike.setdefault(new, []).append(image)
    assigned = ", ".join(f"{column} = ?" for column in columns)
    for new, images in alike.items():
        connection.execute(
            f"UPDATE image SET {assigned} WHERE id IN (SELECT value FROM json_each(?))", (*new, json.dumps(images))
        )


def _write_labels(connection: sqlite3.Connection, changes: list[Change]) -> None:
    said = {c.image: (c.new["kind"], c.new["defect_type"]) for c in changes if c.image is not None}
    _set_of_images(connection, ("label", "defect_type"), said)


def _write_verdicts(connection: sqlite3.Connection, changes: list[Change]) -> None:
    said = [(c.new or {"kind": None, "reason": None}, c.image) for c in changes]
    connection.executemany(
        "UPDATE image SET verdict = ?, verdict_reason = ? WHERE id = ?",
        [(new["kind"], new["reason"], image) for new, image in said],
    )


def _write_comments(connection: sqlite3.Connection, changes: list[Change]) -> None:
    connection.executemany("UPDATE image SET comment = ? WHERE id = ?", [(c.new, c.image) for c in changes])


def _write_exclusions(connection: sqlite3.Connection, changes: list[Change]) -> None:
    _set_of_images(connection, ("excluded",), {c.image: (int(c.new),) for c in changes if c.image is not None})


def _write_masks(connection: sqlite3.Connection, changes: list[Change]) -> None:
    connection.executemany(
        "UPDATE image SET mask_path = ? WHERE id = ?",
        [(None if c.new is None else os.fsencode(c.new), c.image) for c in changes],
    )


def _write_splits(connection: sqlite3.Connection, changes: list[Change]) -> None:
    _set_of_images(connection, ("split",), {c.image: (c.new,) for c in changes if c.image is not None})


def _write_paths(connection: sqlite3.Connection, changes: list[Change]) -> None:
    # Two images may change places, and no two may have one path, even for a moment.
    connection.executemany(
        "UPDATE image SET path = CAST('moving ' || id AS BLOB) WHERE id = ?", [(c.image,) for c in changes]
    )
    connection.executemany("UPDATE image SET path = ? WHERE id = ?", [(os.fsencode(c.new), c.image) for c in changes])


def _write_contents(connection: sqlite3.Connection, changes: list[Change]) -> None:
    names = Content.__struct_fields__
    assigned = ", ".join(f"{name} = ?" for name in names)
    connection.executemany(
        f"UPDATE image SET {assigned} WHERE id = ?", [(*(c.new[name] for name in names), c.image) for c in changes]
    )


def _write_defect_types(connection: sqlite3.Connection, changes: list[Change]) -> None:
    for change in changes:
        if change.old is not None:
            connection.execute("DELETE FROM defect_type WHERE name = ?", (change.old["name"],))
        if change.new is not None:
            row = [change.new[name] for name in DefectType.__struct_fields__]
            connection.execute("INSERT INTO defect_type (name, colour, key, position) VALUES (?, ?, ?, ?)", row)


def _write_settings(connection: sqlite3.Connection, changes: list[Change]) -> None:
    for change in changes:
        connection.execute("DELETE FROM setting WHERE key = ?", (change.field,))
        if change.new is not None:
            connection.execute("INSERT INTO setting VALUES (?, ?)", (change.field, to_json(change.new)))


def _write_runs(connection: sqlite3.Connection, changes: list[Change]) -> None:
    for change in changes:
        row = dict(change.new, settings=to_json(change.new["settings"]))
        connection.execute(
            f"INSERT INTO run ({RUN_COLUMNS}) VALUES ({', '.join('?' * 10)})",
            [row[name] for name in RUN_COLUMNS.split(", ")],
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
    _replace(connection, "threshold", THRESHOLD_COLUMNS, changes)


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
    _set_of_images(connection, ("locked",), {c.image: (int(c.new),) for c in changes if c.image is not None})


def _write_blind_studies(connection: sqlite3.Connection, changes: list[Change]) -> None:
    for change in changes:
        row = dict(change.new, images=to_json(change.new["images"]))
        connection.execute(
            f"INSERT OR REPLACE INTO blind_study ({BLIND_STUDY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [row[name] for name in BLIND_STUDY_COLUMNS.split(", ")],
        )


def _write_judgements(connection: sqlite3.Connection, changes: list[Change]) -> None:
    names = Judgement.__struct_fields__
    for change in changes:
        if change.new is not None:
            said = [{"trial": 1, **change.new}[name] for name in names]
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
            f"INSERT INTO export ({EXPORT_COLUMNS}) VALUES ({', '.join('?' * 12)})",
            (
                change.run,
                os.fsencode(new["path"]),
                new["sha256"],
                new["time_utc"],
                *(limit.get(name) for name in THRESHOLD_COLUMNS.split(", ")),
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
    "split": _write_splits,
    "path": _write_paths,
    "content": _write_contents,
    "defect_type": _write_defect_types,
    **dict.fromkeys(SETTINGS, _write_settings),
}

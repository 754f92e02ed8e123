"""User actions worked out against the present state: which events each one writes.

Nothing is written here. Every function raises InputError for an image or run that is not there.
"""

from __future__ import annotations

import math
import os
import re
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.scan import natural_key
from anomaly_gui.project import tables
from anomaly_gui.project.defect_types import new_types
from anomaly_gui.project.journal import Change, Operation, now_utc, plain_text
from anomaly_gui.project.records import (
    Answer,
    BlindStudy,
    Export,
    Judgement,
    Label,
    NewImage,
    PixelThreshold,
    Reveal,
    Role,
    Run,
    RunStatus,
    Split,
    Threshold,
    Verdict,
)
from anomaly_gui.project.tables import Present

ENDED: frozenset[RunStatus] = frozenset({"finished", "cancelled", "failed", "interrupted"})


def add_images(connection: sqlite3.Connection, new: Sequence[NewImage]) -> Operation:
    """Images whose path the project already has are passed over."""
    first = tables.next_id(connection, "image")
    known: set[str] = set()
    fresh: list[NewImage] = []
    for image in new:
        taken = connection.execute("SELECT 1 FROM image WHERE path = ?", (os.fsencode(image.path),)).fetchone()
        if image.path not in known and not taken:
            known.add(image.path)
            fresh.append(msgspec.structs.replace(image, label=_checked_label(image.label)))
    changes = [
        Change("image", msgspec.to_builtins(image), image=number, image_sha256=image.sha256)
        for number, image in enumerate(fresh, start=first)
    ]
    types = sorted({image.label.defect_type for image in fresh if image.label.defect_type}, key=natural_key)
    return Operation(f"Imported {count_text(len(fresh))}", [*new_types(connection, types), *changes], "fact")


def set_label(connection: sqlite3.Connection, ids: Sequence[int], label: Label, reason: str) -> Operation:
    chosen = present_of(connection, "label", ids)
    wanted = _checked_label(label)
    changes = image_changes("label", chosen, wanted)
    sentence = _labelled(changed_names(chosen, changes), wanted)
    return Operation(sentence, [*_new_types(connection, changes, wanted), *changes], reason=plain_text(reason))


def set_verdict(
    connection: sqlite3.Connection, image_id: int, run_id: int, verdict: Verdict | None, reason: str
) -> Operation:
    run_of(connection, run_id)
    chosen = present_of(connection, "verdict", [image_id])
    changes = image_changes("verdict", chosen, verdict, run_id)
    name = names_of(chosen)
    sentence = f"Marked {name} {verdict.kind}" if verdict else f"Took back the verdict on {name}"
    return Operation(sentence, changes, reason=plain_text(reason), needs="reviewer")


def review(
    connection: sqlite3.Connection, image_id: int, run_id: int, verdict: Verdict | None, label: Label | None
) -> Operation:
    """Verdict and label in one step; None leaves that one as it is."""
    run_of(connection, run_id)
    chosen = present_of(connection, "verdict", [image_id])
    changes = [] if verdict is None else image_changes("verdict", chosen, verdict, run_id)
    relabelled = []
    if label is not None:
        relabelled = list(set_label(connection, [image_id], label, "").changes)
    name = names_of(chosen)
    if relabelled and label is not None:
        sentence = _labelled(name, label)
    else:
        sentence = f"Marked {name} {verdict.kind}" if verdict else f"Reviewed {name}"
        sentence += f": {verdict.reason}" if verdict and verdict.reason else ""
    return Operation(sentence, changes + relabelled, needs="reviewer")


def set_comment(connection: sqlite3.Connection, image_id: int, text: str) -> Operation:
    chosen = present_of(connection, "comment", [image_id])
    changes = image_changes("comment", chosen, plain_text(text))
    return Operation(f"Commented on {names_of(chosen)}", changes, needs="reviewer")


def set_excluded(connection: sqlite3.Connection, ids: Sequence[int], excluded: bool, reason: str) -> Operation:
    chosen = present_of(connection, "excluded", ids)
    changes = image_changes("excluded", chosen, bool(excluded))
    names = changed_names(chosen, changes)
    sentence = f"Excluded {names}" if excluded else f"Included {names} again"
    return Operation(sentence, changes, reason=plain_text(reason))


def set_masks(connection: sqlite3.Connection, masks: Mapping[int, str | None], reason: str) -> Operation:
    """Masks as paths: absolute, or within the project's folder; None removes one."""
    chosen = present_of(connection, "mask", list(masks))
    changes = [change for each in chosen for change in image_changes("mask", [each], masks[each.id])]
    names = changed_names(chosen, changes)
    sentence = f"Set the mask of {names}" if any(masks.values()) else f"Removed the mask of {names}"
    return Operation(sentence, changes, reason=plain_text(reason))


def set_splits(connection: sqlite3.Connection, splits: Mapping[int, Split], reason: str) -> Operation:
    chosen = present_of(connection, "split", list(splits))
    changes = [change for each in chosen for change in image_changes("split", [each], splits[each.id])]
    names, sides = changed_names(chosen, changes), {change.new for change in changes}
    to = {"train": " to training", "test": " to testing"}.get(sides.pop(), "") if len(sides) == 1 else ""
    return Operation(f"Moved {names}{to}" if to else f"Split {names} anew", changes, reason=plain_text(reason))


def set_threshold(
    connection: sqlite3.Connection, run_id: int, threshold: Threshold, reason: str, weights_sha256: str = ""
) -> Operation:
    """The first threshold of a run is a fact: "no threshold" is nothing to go back to.

    The journal also keeps on how many images it was chosen, and with which weights; which images and by which
    labels, all that is before it in the journal says.
    """
    run_of(connection, run_id)
    wanted = _plain_threshold(threshold)
    present = tables.threshold(connection, run_id)
    old = None if present is None else msgspec.to_builtins(present)
    changes = []
    if old != wanted:
        basis = {**tables.judged_counts(connection, run_id), "weights_sha256": weights_sha256}
        changes = [Change("threshold", wanted | {"basis": basis}, old, run=run_id)]
    sentence = f"Set the threshold to {threshold.value:.6g}"
    return Operation(sentence, changes, "fact" if old is None else "change", plain_text(reason))


def set_pixel_threshold(
    connection: sqlite3.Connection, run_id: int, threshold: PixelThreshold | None, reason: str
) -> Operation:
    run_of(connection, run_id)
    present = tables.pixel_threshold(connection, run_id)
    if threshold is not None and not math.isfinite(threshold.value):
        raise InputError("pixel threshold", f"{threshold.value} is not a number", "Give a number")
    changes = []
    if threshold != present:
        changes = [Change("pixel_threshold", msgspec.to_builtins(threshold), msgspec.to_builtins(present), run=run_id)]
    sentence = f"Set the pixel threshold to {threshold.value:.6g}" if threshold else "Removed the pixel threshold"
    return Operation(sentence, changes, reason=plain_text(reason))


def set_scoring(
    connection: sqlite3.Connection,
    run_id: int,
    settings: dict[str, Any] | None,
    threshold: Threshold,
    reason: str,
    weights_sha256: str = "",
) -> Operation:
    """Scoring and the threshold that goes with it in one step: a threshold means nothing for other scores.

    *settings* None goes back to those that the run was trained with.
    """
    run_of(connection, run_id)
    present = tables.scoring(connection, run_id)
    changes = [] if settings == present else [Change("scoring", settings, present, run=run_id)]
    changes += set_threshold(connection, run_id, threshold, reason, weights_sha256).changes
    return Operation("Changed how maps become scores", changes, reason=plain_text(reason))


def set_locked(connection: sqlite3.Connection, ids: Sequence[int], locked: bool, reason: str) -> Operation:
    """Keep images from choosing thresholds, or let them take part again."""
    chosen = present_of(connection, "locked", ids)
    changes = image_changes("locked", chosen, bool(locked))
    names = changed_names(chosen, changes)
    sentence = f"Locked {names} for testing" if locked else f"Unlocked {names}"
    return Operation(sentence, changes, reason=plain_text(reason))


def record_reveal(connection: sqlite3.Connection, run_id: int, figures: dict[str, Any]) -> Operation:
    """A fact: what was seen cannot be unseen."""
    run = run_of(connection, run_id)
    reveal = Reveal(run=run_id, time_utc=now_utc(), figures=figures)
    change = Change("reveal", msgspec.to_builtins(reveal), run=run_id)
    return Operation(f"Looked at the locked test images of run {run.name}", [change], "fact")


def start_blind_study(
    connection: sqlite3.Connection, run_id: int, images: Sequence[int], trials: int, seed: int
) -> Operation:
    """A fact, as is all that is said in it: nothing of a gauge study is taken back with labels and thresholds."""
    run_of(connection, run_id)
    chosen = present_of(connection, "label", images)
    if not chosen or trials < 1:
        raise InputError("blind review", "there is nothing to judge", "Choose at least one image and one trial")
    study = BlindStudy(
        id=tables.next_id(connection, "blind_study"),
        run=run_id,
        seed=int(seed),
        trials=int(trials),
        images=tuple(image.id for image in chosen),
        started_utc=now_utc(),
    )
    change = Change("blind_study", tables.study_as_json(study), run=run_id)
    return Operation(f"Started blind review {study.id} of {len(chosen):,} images", [change], "fact", needs="reviewer")


def finish_blind_study(connection: sqlite3.Connection, study_id: int) -> Operation:
    study = open_study(connection, study_id)
    finished = msgspec.structs.replace(study, finished_utc=now_utc())
    change = Change("blind_study", tables.study_as_json(finished), tables.study_as_json(study), run=study.run)
    return Operation(f"Finished blind review {study.id}", [change], "fact", needs="reviewer")


def record_judgement(
    connection: sqlite3.Connection, study_id: int, image_id: int, reviewer: str, answer: Answer, trial: int
) -> Operation:
    """Its sentence names no image: it may be on the screen while others are judged."""
    study = open_study(connection, study_id)
    (image,) = present_of(connection, "label", [image_id])
    name = plain_text(reviewer).strip()
    if not name:
        raise InputError("reviewer", "the name is empty", "Give the name of who judges")
    if image_id not in study.images or not 1 <= trial <= study.trials:
        raise InputError("blind review", "this image is not asked for in it", "Start another one")
    if any(said.image == image_id for said in _said_in(connection, study_id, name, trial)):
        raise InputError("blind review", "this image was judged already", "Take the answer back first")
    said = Judgement(study=study_id, image=image_id, reviewer=name, answer=answer, time_utc=now_utc(), trial=trial)
    change = Change("judgement", msgspec.to_builtins(said), image=image_id, image_sha256=image.sha256)
    return Operation("Judged an image blindly", [change], "fact", needs="reviewer")


def take_back_judgement(connection: sqlite3.Connection, study_id: int, reviewer: str, trial: int) -> Operation:
    """The last answer that a reviewer gave in a trial; the journal keeps that it was given."""
    open_study(connection, study_id)
    said = _said_in(connection, study_id, plain_text(reviewer).strip(), trial)
    changes = []
    if said:
        (image,) = present_of(connection, "label", [said[-1].image])
        old = msgspec.to_builtins(said[-1])
        changes = [Change("judgement", None, old, image=image.id, image_sha256=image.sha256)]
    return Operation("Took back a blind answer", changes, "fact", needs="reviewer")


def open_study(connection: sqlite3.Connection, study_id: int) -> BlindStudy:
    """A blind review that goes on. Raises InputError if it is not there or finished."""
    for study in tables.blind_studies(connection):
        if study.id == study_id and study.finished_utc is None:
            return study
    raise InputError(f"blind review {study_id}", "it is finished, or not in this project", "Start another one")


def _said_in(connection: sqlite3.Connection, study_id: int, reviewer: str, trial: int) -> list[Judgement]:
    said = tables.judgements(connection, study_id)
    return [one for one in said if (one.reviewer, one.trial) == (reviewer, trial)]


def add_run(
    connection: sqlite3.Connection,
    detector: str,
    preset: str,
    seed: int,
    settings: dict[str, Any],
    roles: dict[int, Role],
) -> Operation:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", detector):  # It becomes a folder's name.
        raise InputError(f"detector {detector}", "the name cannot name a folder", "Choose a detector of the list")
    present_of(connection, "label", roles)
    number = tables.next_id(connection, "run")
    run = Run(
        id=number,
        name=f"{number:03d}-{detector}",
        detector=detector,
        preset=preset,
        seed=int(seed),
        settings=settings,
        status="running",
        created_utc=now_utc(),
    )
    change = Change("run", tables.run_as_json(run, roles), run=number)
    return Operation(f"Started run {run.name}", [change], "fact")


def update_run(connection: sqlite3.Connection, run_id: int, status: RunStatus, message: str) -> Operation:
    run = run_of(connection, run_id)
    old = {"status": run.status, "message": run.message, "finished_utc": run.finished_utc}
    new = {
        "status": status,
        "message": plain_text(message),
        "finished_utc": now_utc() if status in ENDED else None,
    }
    unchanged = (old["status"], old["message"]) == (new["status"], new["message"])
    changes = [] if unchanged else [Change("status", new, old, run=run_id)]
    words = {"failed": "failed", "interrupted": "was interrupted", "cancelled": "was cancelled"}
    return Operation(f"Run {run.name} {words.get(status, f'is {status}')}", changes, "fact")


def record_export(
    connection: sqlite3.Connection, run_id: int, path: str | Path, sha256: str, threshold: Threshold
) -> Operation:
    run = run_of(connection, run_id)
    limit = msgspec.convert(_plain_threshold(threshold), Threshold)
    export = Export(run=run_id, path=os.path.abspath(path), sha256=sha256, time_utc=now_utc(), threshold=limit)
    change = Change("export", msgspec.to_builtins(export), run=run_id)
    return Operation(f"Exported run {run.name} to {printable(os.path.basename(path))}", [change], "fact")


def present_of(connection: sqlite3.Connection, field: str, ids: Collection[int]) -> list[Present]:
    """One field of the images of *ids*. Raises InputError if one is not there."""
    found = tables.present_values(connection, field, ids)
    missing = {int(i) for i in ids} - {image.id for image in found}
    if missing:
        raise not_there(min(missing))
    return found


def not_there(image_id: int) -> InputError:
    return InputError(f"image {image_id}", "it is not in this project", "Choose another image")


def run_of(connection: sqlite3.Connection, run_id: int) -> Run:
    """The run *run_id*. Raises InputError if it is not there."""
    for run in tables.runs(connection):
        if run.id == run_id:
            return run
    raise InputError(f"run {run_id}", "there is no such run in this project", "Choose a run of the list")


def image_changes(field: str, images: Sequence[Present], wanted: Any, run_id: int | None = None) -> list[Change]:
    """One change for each image whose value is not yet *wanted*."""
    new = msgspec.to_builtins(wanted)
    return [Change(field, new, image.value, image.id, run_id, image.sha256) for image in images if image.value != new]


def _new_types(connection: sqlite3.Connection, changes: Sequence[Change], label: Label) -> list[Change]:
    """The defect type of *label*, if images get it and there was none of that name."""
    return new_types(connection, [label.defect_type] if changes and label.defect_type else [])


def _checked_label(label: Label) -> Label:
    """Without blanks around the defect type. Raises InputError if a good image has one."""
    kind = plain_text(label.defect_type or "").strip() or None
    if kind is not None and label.kind != "defect":
        raise InputError(f"defect type {kind}", f"the label is {label.kind}", "Give it with the label defect only")
    return Label(label.kind, kind)


def _plain_threshold(threshold: Threshold) -> dict[str, Any]:
    """As JSON holds it. Raises InputError if it is not a number, or the recheck line is not below it."""
    recheck = threshold.recheck
    if not math.isfinite(threshold.value):
        raise InputError("threshold", f"{threshold.value} is not a number", "Give a number")
    if recheck is not None and not recheck < threshold.value:
        raise InputError("recheck line", f"{recheck:g} is not below the threshold", "Put it below, or take it away")
    plain = msgspec.structs.asdict(threshold)
    # Numbers of numpy and whole numbers become what JSON gives back.
    return {name: float(value) if isinstance(value, Real) else value for name, value in plain.items()}


def _labelled(names: str, label: Label) -> str:
    if label.kind == "unlabelled":
        return f"Removed the label of {names}"
    if label.kind != "defect":
        return f"Labelled {names} {label.kind}"
    return f"Labelled {names} defective" + (f" ({label.defect_type})" if label.defect_type else "")


def changed_names(images: Sequence[Present], changes: Sequence[Change]) -> str:
    changed = {change.image for change in changes}
    return names_of([image for image in images if image.id in changed])


def names_of(images: Sequence[Present]) -> str:
    """The file's name of one image, or how many there are."""
    return printable(os.path.basename(images[0].path)) if len(images) == 1 else count_text(len(images))


def count_text(number: int) -> str:
    return "1 image" if number == 1 else f"{number:,} images"

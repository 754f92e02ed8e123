"""The verbs that tell of a project's past: history, audit and roles."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from anomaly_gui.cli.passwords import REVIEWER_VARIABLE, act_as, password_of
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.jobs.audit_file import AuditCheck, AuditReport, harmless
from anomaly_gui.jobs.event_words import event_words
from anomaly_gui.jobs.provenance import Provenance, provenances, sentence, threshold_provenance
from anomaly_gui.project.access import PROTECTS, SENTENCES
from anomaly_gui.project.logbook import LogEntry, local_time, says, search_text
from anomaly_gui.project.store import Project

_COLUMNS = ("action", "time_utc", "who", "role", "program", "sentence", "reason", "changes")


def history_of(project: Project, args: argparse.Namespace, run_id: int | None) -> tuple[Any, str]:
    """What the verb prints as JSON, and as text. Raises InputError for an image that is not there."""
    chosen = project.log_entries()
    details: dict[int, list[str]] = {}
    if run_id is not None:
        about = {event.operation for event in project.events() if event.run == run_id}
        chosen = [entry for entry in chosen if entry.operation in about or entry.run == run_id]
    if args.image is not None:
        for event in project.events(_image_id(project, args.image)):
            details.setdefault(event.operation, []).append(event_words(event))
        chosen = [entry for entry in chosen if entry.operation in details]
    if args.text:
        chosen = [entry for entry in chosen if says(search_text(entry), args.text)]
    in_force = [threshold_provenance(project, run_id)] if run_id is not None else provenances(project)
    found = [each for each in in_force if each is not None] if args.image is None else []
    facts = {
        "thresholds": [{**msgspec.to_builtins(each), "sentence": sentence(each)} for each in found],
        "actions": [{**msgspec.to_builtins(each), "of_the_image": details.get(each.operation, [])} for each in chosen],
    }
    return facts, _table(chosen) if args.csv else _text(chosen, found, details)


def _image_id(project: Project, given: str) -> int:
    path = Path(given)
    for image in project.images():
        if given == str(image.id) or image.path == str(path.absolute()) or Path(image.path).name == given:
            return image.id
    raise InputError(printable(given), "the project has no such image", "Give a path, a file's name or a number")


def _table(chosen: Sequence[LogEntry]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for entry in chosen:
        cells = (entry.operation, entry.time_utc, entry.who, entry.role, entry.program, entry.sentence, entry.reason)
        writer.writerow([harmless(str(cell)) for cell in (*cells, entry.changes)])
    return text.getvalue().rstrip("\n")


def _text(chosen: Sequence[LogEntry], found: Sequence[Provenance], details: dict[int, list[str]]) -> str:
    lines = []
    for entry in chosen:
        who = f"{entry.who} ({entry.role})" if entry.role else entry.who
        why = f" ({entry.reason.rstrip('.')})" if entry.reason else ""
        lines.append(f"{local_time(entry.time_utc)}  {who}  {entry.sentence}{why}")
        lines += [f"    {words}" for words in details.get(entry.operation, [])]
    lines += [""] if found and lines else []
    lines += [f"Threshold of run {each.run_name}: {sentence(each)}" for each in found]
    return "\n".join(lines) or "Nothing was found."


def audited(report: AuditReport) -> str:
    return (
        f"Wrote {report.path}: {report.events} events, without any image.\n"
        f"Chain's head: {report.head}\nFile's SHA-256: {report.sha256}"
    )


def audit_checked(check: AuditCheck) -> str:
    lines = [f"  {problem}." for problem in check.problems]
    if not check.belongs:
        verdict = "NOT OF THIS PROJECT"
    elif not check.unchanged:
        verdict = "CHANGED"
    else:
        since = f"; the project has had {check.later} events since" if check.later else ""
        verdict = f"UNCHANGED, and of this project: {check.events} events{since}"
    return "\n".join([*lines, f"{check.path}: {verdict}."])


def change_roles(project: Project, args: argparse.Namespace) -> tuple[Any, str]:
    """Turn roles on or off, or only tell how it is."""
    access, said = project.access, ""
    if args.on:
        if access.is_on:
            act_as(project, "engineer")
        engineer = password_of("engineer")
        reviewer = password_of("reviewer (empty: none)", variable=REVIEWER_VARIABLE, needed=False)
        said = access.turn_on(engineer, reviewer).sentence
    elif args.off:
        act_as(project, "engineer")
        said = access.turn_off().sentence
    elif args.forgotten:
        said = access.turn_off_without_password().sentence
    state = "The project has roles." if access.is_on else "The project has no roles: everybody may do everything."
    lines = [f"{said}."] if said else []
    lines += [state, *(f"  {name}: {does}" for name, does in SENTENCES.items()), PROTECTS]
    return {"roles": access.is_on, "done": said}, "\n".join(lines)

"""Where a threshold comes from: who set it, when, by which rule, on which images, for which model, instead of what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.thresholds import RULES
from anomaly_gui.jobs.evaluate import BY_HAND
from anomaly_gui.project.journal import Event
from anomaly_gui.project.logbook import local_time
from anomaly_gui.project.records import Run, Threshold
from anomaly_gui.project.store import Project


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Of the threshold in force of one run."""

    run: int
    run_name: str
    detector: str
    threshold: Threshold
    who: str
    time_utc: str
    event: int
    """Its number in the journal: what comes before it there are the images and labels that it was chosen on."""
    program: str = ""
    """Version; empty where an older version set it, which did not say."""
    reason: str = ""
    good: int | None = None
    """Images that it was chosen on, by their labels of then; None where an older version set it."""
    defective: int | None = None
    held_out_good: int | None = None
    weights_sha256: str = ""
    replaced: float | None = None
    """None: it was the run's first."""
    restored_by: str = ""
    """Who brought it back by undo or redo; empty where that was not so."""
    restored_utc: str = ""


def threshold_provenance(project: Project, run_id: int) -> Provenance | None:
    """None for a run without a threshold. Raises InputError for a run that there is not, or a damaged journal."""
    run = project.run(run_id)
    events = [event for event in project.events(run_id=run_id) if event.field == "threshold"]
    try:
        return _provenance(project, run, events) if events else None
    except (KeyError, TypeError, AttributeError, msgspec.ValidationError) as error:
        raise InputError("journal", f"it cannot be followed ({error})", "Verify the project") from error


def _provenance(project: Project, run: Run, events: Sequence[Event]) -> Provenance:
    last = events[-1]
    (opening,) = project.events_of(last.operation, 1)
    origin, restored = last, opening.new["kind"] in ("undo", "redo")
    if restored:
        origin = _origin(project, events)
        (opening,) = project.events_of(origin.operation, 1)
    basis = origin.new.get("basis") or {}
    return Provenance(
        run=run.id,
        run_name=run.name,
        detector=run.detector,
        threshold=msgspec.convert(last.new, Threshold),
        who=origin.who,
        time_utc=origin.time_utc,
        event=origin.seq,
        program=opening.new.get("program", ""),
        reason=origin.reason,
        good=basis.get("good"),
        defective=basis.get("defective"),
        held_out_good=basis.get("held_out_good"),
        weights_sha256=basis.get("weights_sha256", ""),
        replaced=last.old["value"] if last.old else None,
        restored_by=last.who if restored else "",
        restored_utc=last.time_utc if restored else "",
    )


def provenances(project: Project) -> list[Provenance]:
    """Of every run that has a threshold, oldest first."""
    found = (threshold_provenance(project, run.id) for run in project.runs())
    return [each for each in found if each is not None]


def _origin(project: Project, events: Sequence[Event]) -> Event:
    """The last event that set the threshold in force by itself, not by undo or redo."""
    wanted = msgspec.convert(events[-1].new, Threshold)
    for event in reversed(events[:-1]):
        (opening,) = project.events_of(event.operation, 1)
        if opening.new["kind"] in ("change", "fact") and msgspec.convert(event.new, Threshold) == wanted:
            return event
    return events[-1]


def sentence(found: Provenance) -> str:
    """ "0.42, set by anna on 2026-11-27 14:03 by the rule “Best F1” on 388 tune images (run 3, combined, program 0.4),
    replaced 0.39." """
    parts = [
        f"{found.threshold.value:.6g}, set by {found.who} on {local_time(found.time_utc)} {_how(found)}",
        f" on {_images(found)}" if found.good is not None and found.defective is not None else "",
        f" ({', '.join(_model(found))})",
        ", the first of this run" if found.replaced is None else f", replaced {found.replaced:.6g}",
    ]
    if found.restored_by:
        parts.append(f"; brought back by {found.restored_by} on {local_time(found.restored_utc)}")
    return "".join(parts) + "."


def _how(found: Provenance) -> str:
    rule = found.threshold.rule
    if rule == BY_HAND:
        return "by hand"
    return f"by the rule “{RULES[rule].title if rule in RULES else rule}”"


def _images(found: Provenance) -> str:
    tuned = (found.good or 0) + (found.defective or 0)
    held_out = f" and {found.held_out_good:,} held-out good ones" if found.held_out_good else ""
    return f"{tuned:,} tune image{'' if tuned == 1 else 's'}{held_out}"


def _model(found: Provenance) -> Iterable[str]:
    yield f"run {found.run}"
    yield found.detector
    if found.weights_sha256:
        yield f"weights {found.weights_sha256[:8]}"
    yield f"program {found.program}" if found.program else "an older program"

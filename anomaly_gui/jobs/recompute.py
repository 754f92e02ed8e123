"""Can the figures that were given away be worked out again from the project: from its scores and the labels of then?"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle
from anomaly_gui.files import printable, sha256
from anomaly_gui.jobs.evaluate import Evaluation, evaluate_at
from anomaly_gui.jobs.locked_test import locked_figures
from anomaly_gui.jobs.scored_run import scores_digest
from anomaly_gui.progress import CancelToken, EventSink, RateMeter
from anomaly_gui.project.journal import OPENING, Event
from anomaly_gui.project.records import Export, Reveal, Threshold
from anomaly_gui.project.replay import Replay
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.store import Project

_ALIKE = 1e-6
"""Relative: another numpy may add up in another order."""


@dataclass
class Recomputed:
    """What came of it, one sentence each, without a final full stop."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What could not be looked at, and what explains a difference."""
    bundles: int = 0
    figures: int = 0
    """That were worked out again and are the same."""


def recompute(project: Project, emit: EventSink, cancel: CancelToken) -> Recomputed:
    """Look at every bundle that was exported, every reveal of locked images, and the scores of every run."""
    return _Recomputing(project, emit, cancel).result()


def recompute_report(project: Project, report: Path) -> Recomputed:
    """Of a file that `evaluate --json` wrote, at the labels and the threshold of now.

    Raises InputError if it is no such file, or of a run that the project does not have.
    """
    name, next_step = printable(report), "Give a file that evaluate --json wrote"
    try:
        told = msgspec.json.decode(report.read_bytes(), type=dict[str, Any])
        kept = msgspec.convert(told, Evaluation)
    except (OSError, msgspec.MsgspecError, RecursionError) as error:
        raise InputError(name, f"it cannot be read as a report ({error})", next_step) from error
    run = project.run(kept.run)
    threshold = project.threshold(run.id)
    if threshold is None:
        raise InputError(name, f"run {run.name} has no threshold in this project", next_step)
    found = msgspec.to_builtins(evaluate_at(project, run, threshold))
    made = Recomputed()
    _compare(told, found, f"{name}", made)
    return made


class _Recomputing:
    def __init__(self, project: Project, emit: EventSink, cancel: CancelToken) -> None:
        self._project = project
        self._cancel = cancel
        self._events = project.events()
        self._told = [event for event in self._events if event.field in ("export", "reveal")]
        self._meter = RateMeter("Working figures out again", len(self._told), emit)
        self._last_of_path = {event.new["path"]: event.seq for event in self._told if event.field == "export"}
        self._last_scored = {
            int(event.new["scored"]): event
            for event in self._events
            if event.field == OPENING and "scored" in event.new
        }
        self.made = Recomputed()

    def result(self) -> Recomputed:
        self._look_at_scores()
        self._look_at_weights()
        try:
            with Replay(self._project, self._events) as replay:
                for number, event in enumerate(self._told, start=1):
                    if self._cancel.should_stop():
                        break
                    self._look_at(replay, event)
                    self._meter.update(number)
        except (sqlite3.Error, KeyError, TypeError, ValueError) as error:
            self.made.problems.append(f"the journal cannot be followed: {error}")
        return self.made

    def _look_at_scores(self) -> None:
        """Are the scores still those that the journal says were made?"""
        for run_id, event in self._last_scored.items():
            folder = RunFolder(self._project.folder, self._project.run(run_id).name)
            if (
                any(folder.folder.glob("statistics*.safetensors"))
                and scores_digest(folder) != event.new["scores_sha256"]
            ):
                self.made.problems.append(
                    f"run {folder.folder.name}: its scores are not those that were made on {event.time_utc}"
                )

    def _look_at_weights(self) -> None:
        for run in self._project.runs():
            chosen = [event.new for event in self._events if event.field == "threshold" and event.run == run.id]
            basis = (chosen[-1].get("basis") or {}) if chosen else {}
            told = basis.get("weights_sha256")
            folder = RunFolder(self._project.folder, run.name)
            if told and folder.weights.is_file() and sha256(folder.weights.read_bytes()) != told:
                self.made.problems.append(f"run {run.name}: its weights are not those that its threshold was set for")

    def _look_at(self, replay: Replay, event: Event) -> None:
        if event.field == "reveal":
            self._look_at_reveal(replay, event)
        else:
            self._look_at_export(replay, event)

    def _look_at_reveal(self, replay: Replay, event: Event) -> None:
        told = msgspec.convert(event.new, Reveal)
        then = replay.forward_to(event.seq - 1)
        where = f"look at the locked images of run {self._project.run(told.run).name} on {told.time_utc}"
        self._check(where, event, told.run, told.figures, lambda: msgspec.to_builtins(locked_figures(then, told.run)))

    def _look_at_export(self, replay: Replay, event: Event) -> None:
        told = msgspec.convert(event.new, Export)
        path, name = Path(told.path), printable(told.path)
        if self._last_of_path[told.path] != event.seq:
            return  # Another export was written over it.
        try:
            data_sha256 = sha256(path.read_bytes())
        except OSError as error:
            self.made.notes.append(f"bundle {name}: it is not where it was written ({error.strerror})")
            return
        if data_sha256 != told.sha256:
            self.made.problems.append(f"bundle {name}: it is not the file that was exported on {told.time_utc}")
            return
        try:
            manifest = read_bundle(path).manifest
        except InputError as error:
            self.made.problems.append(f"bundle {name}: {error.cause}")
            return
        self.made.bundles += 1
        # A label may have been set while the bundle was being checked, before the export was written down.
        begun = max((each.seq for each in self._events if each.time_utc[:19] < manifest.created_utc[:19]), default=0)
        before = self._evaluated(replay, min(begun, event.seq - 1), told.run, told.threshold)
        if before is not None and not _differing(manifest.figures, before):
            self.made.figures += len(manifest.figures)
            return
        self._check(
            f"bundle {name}",
            event,
            told.run,
            manifest.figures,
            lambda: self._evaluation(replay.forward_to(event.seq - 1), told.run, told.threshold),
        )

    def _evaluated(self, replay: Replay, seq: int, run: int, threshold: Threshold) -> Mapping[str, Any] | None:
        try:
            return self._evaluation(replay.forward_to(seq), run, threshold)
        except InputError:
            return None

    def _evaluation(self, then: Project, run: int, threshold: Threshold) -> Mapping[str, Any]:
        found: dict[str, Any] = msgspec.to_builtins(evaluate_at(then, then.run(run), threshold))
        return found

    def _check(
        self, where: str, event: Event, run: int, told: Mapping[str, Any], work: Callable[[], Mapping[str, Any]]
    ) -> None:
        try:
            found = work()
        except InputError as error:
            self.made.notes.append(f"{where}: its figures cannot be worked out again ({error.cause})")
            return
        later = self._last_scored.get(run)
        if later is not None and later.seq > event.seq and _differing(told, found):
            self.made.notes.append(f"{where}: its figures are of scores that were made anew on {later.time_utc}")
            return
        _compare(told, found, where, self.made)


def _compare(told: Mapping[str, Any], found: Mapping[str, Any], where: str, made: Recomputed) -> None:
    different = list(_differing(told, found))
    made.problems += [f"{where}: {sentence}" for sentence in different]
    made.figures += len(told) - len(different)


def _differing(told: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Which figures are not what the project gives, in words."""
    return [
        f"{name} is {_text(value)}, and the project gives {_text(found.get(name))}"
        for name, value in told.items()
        if name in found and not _alike(value, found[name])
    ] + [f"{name} is no figure that this version knows" for name in told if name not in found]


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, float) and isinstance(other, float | int):
        return math.isclose(one, other, rel_tol=_ALIKE, abs_tol=1e-12) or (math.isnan(one) and math.isnan(other))
    return bool(one == other)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    text = "n/a" if value is None else str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"

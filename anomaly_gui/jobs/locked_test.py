"""Figures of images that nothing was chosen on: locked, revealed by an explicit act, and stale once things change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.confusion import Confusion
from anomaly_gui.evaluation.curves import ScoreTable, auroc
from anomaly_gui.evaluation.intervals import wilson
from anomaly_gui.evaluation.thresholds import apply_rule
from anomaly_gui.jobs.evaluate import (
    ScoredImages,
    labelled_scores,
    rule_of,
    rule_sentence,
    scored_images,
    scores_by_image,
)
from anomaly_gui.jobs.run_facts import scoring_in_force
from anomaly_gui.jobs.score import load_statistics
from anomaly_gui.project.records import Changed, Reveal, Threshold
from anomaly_gui.project.store import Project

Change = Literal["threshold", "labels", "scores"]


class LockedFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What a reveal shows, and what it rests on; a rate over nothing is None."""

    threshold: float
    recheck: float | None
    rule_sentence: str
    found: int
    missed: int
    false_alarms: int
    passed: int
    recall: float | None
    recall_interval: tuple[float, float] | None
    """Wilson, 95 %; so is the next."""
    false_alarm_rate: float | None
    false_alarm_interval: tuple[float, float] | None
    precision: float | None
    f1: float | None
    auroc: float | None
    labels_sha256: str
    """Of the locked images and their labels,"""
    scores_sha256: str
    """and of their scores."""

    @property
    def counts(self) -> Confusion:
        return Confusion(tp=self.found, fp=self.false_alarms, fn=self.missed, tn=self.passed)


@dataclass(frozen=True)
class Revealed:
    """One look at the locked figures of a run."""

    time_utc: str
    figures: LockedFigures
    changed_since: tuple[Change, ...]
    """What no longer is as it was; empty while the figures hold."""


@dataclass(frozen=True)
class LockedTest:
    """Of one run: how many images are locked, and the looks at them, oldest first."""

    good: int
    defective: int
    reveals: tuple[Revealed, ...]
    chosen_with_them: bool = False
    """The threshold was set before images were locked, and without them would be another, for all that is known."""


def locked_test(project: Project, run_id: int) -> LockedTest:
    """What may be known without a look: no figure is worked out. Raises InputError if the run was not scored."""
    locked = _locked_images(project, run_id)
    threshold = project.threshold(run_id)
    reveals = []
    for reveal in project.reveals():
        figures = _figures_of(reveal) if reveal.run == run_id else None
        if figures is not None:
            reveals.append(Revealed(reveal.time_utc, figures, _changed_since(figures, locked, threshold)))
    defective = int(locked.defective.sum())
    with_them = threshold is not None and len(locked.ids) > 0 and _chosen_with(project, run_id, threshold, locked)
    return LockedTest(len(locked.ids) - defective, defective, tuple(reveals), with_them)


def how_locked(project: Project) -> str:
    """What the locked images were chosen by, as the journal says; empty if none is locked, or it does not say."""
    locked = next((image.id for image in project.images() if image.locked), None)
    if locked is None:
        return ""
    events = [event for event in project.events(locked) if event.field == "locked" and event.new]
    return events[-1].reason if events else ""


def _chosen_with(project: Project, run_id: int, threshold: Threshold, locked: ScoredImages) -> bool:
    """By the journal; a rule that gives the same without the locked images was not moved by them."""
    locks = [event.seq for event in project.events(int(locked.ids[0])) if event.field == "locked" and event.new]
    chosen = [event.seq for event in project.events(run_id=run_id) if event.field == "threshold"]
    if not locks or not chosen or chosen[-1] > locks[-1]:
        return False
    rule = rule_of(threshold)
    try:
        return rule is None or apply_rule(rule, scored_images(project, run_id).evidence) != threshold.value
    except InputError:  # Without the locked images the rule gives none.
        return True


def reveal(project: Project, run_id: int) -> Changed:
    """Work the locked figures out at the saved threshold, and journal that they were looked at.

    Raises InputError without a threshold, or without a locked image that the run judged.
    """
    return project.record_reveal(run_id, msgspec.to_builtins(locked_figures(project, run_id)))


def locked_figures(project: Project, run_id: int) -> LockedFigures:
    """What reveal() would show; nothing is written. Raises InputError as it does."""
    threshold = project.threshold(run_id)
    if threshold is None:
        raise InputError("locked test", "the run has no threshold", "Set the threshold first")
    locked = _locked_images(project, run_id)
    if not len(locked.ids):
        raise InputError("locked test", "no locked image was scored by this run", "Lock some labelled images first")
    return _figures(locked, threshold)


def _locked_images(project: Project, run_id: int) -> ScoredImages:
    scoring = scoring_in_force(project, project.run(run_id))
    scores = scores_by_image(scoring, load_statistics(project, run_id))
    return labelled_scores(scores, project.roles(run_id), project.images(), locked=True)


def _figures(locked: ScoredImages, threshold: Threshold) -> LockedFigures:
    counts = ScoreTable(locked.scores, locked.defective).at(threshold.value)
    return LockedFigures(
        threshold=threshold.value,
        recheck=threshold.recheck,
        rule_sentence=rule_sentence(threshold),
        found=counts.tp,
        missed=counts.fn,
        false_alarms=counts.fp,
        passed=counts.tn,
        recall=counts.recall,
        recall_interval=wilson(counts.tp, counts.tp + counts.fn),
        false_alarm_rate=counts.false_alarm_rate,
        false_alarm_interval=wilson(counts.fp, counts.fp + counts.tn),
        precision=counts.precision,
        f1=counts.f1,
        auroc=auroc(locked.scores, locked.defective),
        labels_sha256=_labels_sha256(locked),
        scores_sha256=_scores_sha256(locked),
    )


def _figures_of(kept: Reveal) -> LockedFigures | None:
    """None for one that another version wrote, in other words."""
    try:
        return msgspec.convert(kept.figures, LockedFigures)
    except msgspec.ValidationError:
        return None


def _changed_since(figures: LockedFigures, locked: ScoredImages, threshold: Threshold | None) -> tuple[Change, ...]:
    changes: list[Change] = []
    if threshold is None or (threshold.value, threshold.recheck) != (figures.threshold, figures.recheck):
        changes.append("threshold")
    if figures.labels_sha256 != _labels_sha256(locked):
        changes.append("labels")
    elif figures.scores_sha256 != _scores_sha256(locked):
        changes.append("scores")
    return tuple(changes)


def _labels_sha256(locked: ScoredImages) -> str:
    rows = zip(locked.ids.tolist(), locked.defective.tolist(), strict=True)
    return hashlib.sha256(msgspec.json.encode(sorted(rows))).hexdigest()


def _scores_sha256(locked: ScoredImages) -> str:
    order = np.argsort(locked.ids, kind="stable")
    return hashlib.sha256(locked.scores[order].astype("<f4").tobytes()).hexdigest()

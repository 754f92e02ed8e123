"""Another way from maps to scores: what it would do, and doing it, from what scoring has kept."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.confusion import Scores
from anomaly_gui.evaluation.curves import ScoreTable, auroc, candidate_thresholds
from anomaly_gui.evaluation.pixel_rules import PixelRule, pixel_rule_sentence
from anomaly_gui.jobs.evaluate import (
    ScoredImages,
    judged_pixels,
    labelled_scores,
    rule_of,
    scores_by_image,
    threshold_by_rule,
)
from anomaly_gui.jobs.pixels import bin_of, judge_pixels, level_of, pixel_rule_of, threshold_by_pixel_rule
from anomaly_gui.jobs.run_facts import scoring_in_force, typed_settings
from anomaly_gui.jobs.score import load_statistics, smoothings
from anomaly_gui.project.records import Changed, PixelThreshold, Threshold
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.scoring.statistics import RunStatistics


@dataclass(frozen=True)
class ScoringFigures:
    """Of one way from maps to scores, on the same labelled test images; None where undefined."""

    auroc: float | None
    f1: float | None
    """At the threshold that would hold."""
    threshold: Threshold


@dataclass(frozen=True)
class ScoringEffect:
    """What changing the scoring would do."""

    settings: ScoringSettings
    before: ScoringFigures
    after: ScoringFigures
    settings_are_in_force: bool = False


def offered_smoothings(project: Project, run_id: int) -> tuple[float, ...]:
    """Widths that the run's statistics are kept at, rising."""
    detector, scoring = typed_settings(project.run(run_id))
    return smoothings(scoring.smooth_sigma_px, tiled=detector.tile_px > 0)


def scoring_effect(project: Project, run_id: int, settings: ScoringSettings) -> ScoringEffect:
    """Figures now and with *settings*; nothing is written. Raises InputError without scores or statistics for it."""
    in_force, present = scoring_in_force(project, project.run(run_id)), _present(project, run_id)
    before = _scored_by(project, run_id, in_force)
    if settings == in_force:
        figures = _figures(before, present)
        return ScoringEffect(settings, figures, figures, settings_are_in_force=True)
    after = _scored_by(project, run_id, settings)
    return ScoringEffect(settings, _figures(before, present), _figures(after, _threshold_after(present, before, after)))


def change_scoring(project: Project, run_id: int, settings: ScoringSettings | None) -> Changed:
    """Score by *settings* from now on, or as the run was trained (None), as one step that one undo takes back.

    A threshold by a rule follows; one by hand is put where it calls as many images defective as before, and so is
    the recheck line. A pixel threshold by a rule follows too. Raises InputError as scoring_effect does.
    """
    run = project.run(run_id)
    trained = typed_settings(run)[1]
    wanted = trained if settings is None else settings
    _check(project, run_id, wanted)
    before = _scored_by(project, run_id, scoring_in_force(project, run))
    threshold = _threshold_after(_present(project, run_id), before, _scored_by(project, run_id, wanted))
    plain = None if wanted == trained else msgspec.to_builtins(wanted)
    statistics = load_statistics(project, run_id, wanted.smooth_sigma_px)
    of_pixels = _pixels_after(project, run_id, statistics)
    with project.together():
        changed = project.set_scoring(run_id, plain, threshold, scoring_sentence(wanted))
        if of_pixels is not None:
            project.set_pixel_threshold(run_id, of_pixels, "Follows its rule")
    return changed


def choose_pixel_threshold(project: Project, run_id: int, chosen: PixelRule | float) -> Changed:
    """Set the pixel threshold by a rule, or to the level nearest to a value, as one step.

    Where scores are areas above that level they follow. Raises InputError where a rule gives none.
    """
    judged = judged_pixels(project, run_id)
    if isinstance(chosen, PixelRule):
        wanted, reason = threshold_by_pixel_rule(chosen, judged), pixel_rule_sentence(chosen, len(judged.largest))
    else:
        if not np.isfinite(chosen):
            raise InputError("pixel threshold", f"{chosen} is not a number", "Give a number")
        wanted, reason = PixelThreshold(level_of(bin_of(chosen))), "Set by hand"
    return save_pixel_threshold(project, run_id, wanted, reason)


def save_pixel_threshold(project: Project, run_id: int, wanted: PixelThreshold, reason: str) -> Changed:
    """As one step with the scoring, where scores are areas above that level."""
    settings = scoring_in_force(project, project.run(run_id))
    with project.together():
        changed = project.set_pixel_threshold(run_id, wanted, reason)
        if settings.reduction == "area" and settings.area_level != wanted.value and wanted.value >= 0:
            change_scoring(project, run_id, msgspec.structs.replace(settings, area_level=wanted.value))
    return changed


def scoring_sentence(settings: ScoringSettings) -> str:
    """How maps become scores, for people."""
    how = {
        "max": "the highest value",
        "top": f"the mean of the highest {settings.top_per_10000 / 100:g} % of the pixels",
        "area": f"the share of pixels from {settings.area_level:.3g} on",
        "region": f"the highest level of a square of {settings.region_side_px} px",
        "mean": "the mean",
    }[settings.reduction]
    return f"The score is {how} of the error map, smoothed by {settings.smooth_sigma_px:g} px"


def _present(project: Project, run_id: int) -> Threshold:
    present = project.threshold(run_id)
    if present is None:
        raise InputError(f"run {project.run(run_id).name}", "it has no threshold yet", "Set one by a rule or a value")
    return present


def _check(project: Project, run_id: int, settings: ScoringSettings) -> None:
    if settings.normalise != typed_settings(project.run(run_id))[1].normalise:
        raise InputError("normalisation", "a run keeps what it was scored with", "Train again")
    if settings.smooth_sigma_px not in offered_smoothings(project, run_id):
        known = ", ".join(f"{sigma:g}" for sigma in offered_smoothings(project, run_id))
        cause = f"no statistics are kept at {settings.smooth_sigma_px:g} px"
        raise InputError("smoothing", cause, f"Choose one of: {known}")


def _scored_by(project: Project, run_id: int, settings: ScoringSettings) -> ScoredImages:
    scores = scores_by_image(settings, load_statistics(project, run_id, settings.smooth_sigma_px))
    return labelled_scores(scores, project.roles(run_id), project.images())


def _figures(scored: ScoredImages, threshold: Threshold) -> ScoringFigures:
    counts = ScoreTable(scored.scores, scored.defective).at(threshold.value)
    return ScoringFigures(auroc(scored.scores, scored.defective), counts.f1, threshold)


def _threshold_after(present: Threshold, before: ScoredImages, after: ScoredImages) -> Threshold:
    recheck = present.recheck
    line = None if recheck is None else _carried(recheck, before.scores, after.scores)
    rule = rule_of(present)
    if rule is not None:
        try:
            found = threshold_by_rule(rule, after.evidence, None)
            return msgspec.structs.replace(found, recheck=line if line is not None and line < found.value else None)
        except InputError:
            pass  # The labels that it went by are gone: it stays where it calls as many.
    value = _carried(present.value, before.scores, after.scores)
    return Threshold(value, recheck=line if line is not None and line < value else None)


def _carried(line: float, before: Scores, after: Scores) -> float:
    """The threshold of the scores *after* (N,) that calls as many images defective as *line* does *before* (N,)."""
    wanted = np.count_nonzero(~(before < line))
    candidates = candidate_thresholds(after)
    rising = np.sort(np.where(np.isfinite(after), after.astype(np.float64), np.inf))
    called = len(rising) - np.searchsorted(rising, candidates, side="left")
    return float(candidates[np.argmin(np.abs(called - wanted))])


def _pixels_after(project: Project, run_id: int, statistics: RunStatistics) -> PixelThreshold | None:
    """The pixel threshold that its rule gives for other maps; None if it was set by hand or not at all."""
    present = project.pixel_threshold(run_id)
    rule = None if present is None else pixel_rule_of(present)
    if rule is None:
        return None
    scores = scores_by_image(typed_settings(project.run(run_id))[1], statistics)
    images = {image.id: image for image in project.images()}
    scored = labelled_scores(scores, project.roles(run_id), images.values())
    defective = dict(zip(scored.ids.tolist(), scored.defective.tolist(), strict=True))
    try:
        return threshold_by_pixel_rule(rule, judge_pixels(statistics, defective, scored.good_ids, images))
    except InputError:
        return None

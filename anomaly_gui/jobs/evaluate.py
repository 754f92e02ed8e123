"""Figures of a run at a threshold, and setting that threshold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.confusion import DECISIONS, DEFECTIVE, ThreeWay, decided
from anomaly_gui.evaluation.curves import ScoreTable, auroc, average_precision
from anomaly_gui.evaluation.intervals import wilson
from anomaly_gui.evaluation.thresholds import (
    RULES,
    Costs,
    Evidence,
    Rule,
    apply_rule,
    cost_per_part,
    expected_precision,
    parameter_of,
    sentence_of,
)
from anomaly_gui.jobs.pixels import (
    JudgedPixels,
    bin_of,
    judge_pixels,
    pixel_threshold_sentence,
)
from anomaly_gui.jobs.run_facts import scoring_in_force
from anomaly_gui.jobs.score import load_statistics
from anomaly_gui.project.records import Changed, Image, PixelThreshold, Role, Run, Threshold
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.scoring.statistics import RunStatistics

Recheck = float | Literal["keep", "none"]
"""A line, the one that there is if it stays below the threshold, or no line."""
BY_HAND = "manual"
"""Rule of a threshold that nothing follows."""
UNTYPED = "(no type)"
"""What defects without a type are listed under."""


@dataclass(frozen=True)
class ScoredImages:
    """The labelled test images of a run: held out from training, scored, neither left out nor locked. (N,) each."""

    ids: NDArray[np.int64]
    scores: NDArray[np.float32]
    """Not finite where the detector failed; such an image counts as defective."""
    defective: NDArray[np.bool_]
    """By the present labels."""
    good_scores: NDArray[np.float32]
    """(M,): held-out good images, for the rules that look at good images alone."""
    defect_types: tuple[str, ...] = ()
    """(N,): "" for good images and for defects without a type."""
    good_ids: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """(M,): whose scores *good_scores* are."""

    @property
    def evidence(self) -> Evidence:
        """What a rule chooses by."""
        return Evidence(self.scores, self.defective, self.good_scores, self.defect_types)


class EvaluatedImage(msgspec.Struct, frozen=True, kw_only=True):
    """One test image at the threshold."""

    path: str
    label: str
    """good or defect."""
    defect_type: str | None
    score: float | None
    """None where it is not finite."""
    decision: str
    """good, recheck or defective."""


class TypeRecall(msgspec.Struct, frozen=True, kw_only=True):
    """How many defects of one type are found."""

    n: int
    found: int
    recall: float


class PixelRates(msgspec.Struct, frozen=True, kw_only=True):
    """Of pixels at the pixel threshold."""

    precision: float | None
    recall: float | None
    f1: float | None
    largest_good_region_px: float | None
    """On held-out good images, in pixels of the original image."""


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """Figures on images that training never saw; a figure that is undefined is None."""

    run: int
    detector: str
    n_good: int
    n_defect: int
    auroc: float | None
    average_precision: float | None
    threshold: float
    rule: str
    rule_parameter: float | None
    rule_sentence: str
    """What the rule does with what it was given."""
    defect_type: str | None
    """Of a rule for one type."""
    costs: Costs | None
    """Of a rule that counts them; the next two are with them."""
    expected_precision: float | None
    """At the line's own share of defective parts."""
    cost_per_part: float | None
    recheck: float | None
    """From this score on, and below the threshold, images are to be rechecked."""
    three_way: ThreeWay
    """The three answers counted; all other figures are at the threshold."""
    precision: float | None
    recall: float | None
    recall_interval: tuple[float, float] | None
    """Wilson, 95 %; so is the next."""
    f1: float | None
    specificity: float | None
    false_alarm_rate: float | None
    false_alarm_interval: tuple[float, float] | None
    false_negatives: list[str]
    """Paths of the defects below the threshold, lowest score first; a recheck line may yet hold them up."""
    per_defect_type: dict[str, TypeRecall]
    pixel_auroc: float | None
    pixel_f1: float | None
    """At the best level; chosen on these same images."""
    aupro: float | None
    """To a false alarm rate of 30 % of the pixels."""
    images: list[EvaluatedImage]
    aupro_05: float | None = None
    """To a false alarm rate of 5 % of the pixels."""
    pixel_threshold: float | None = None
    """From this value of the map on, a pixel belongs to a found region; None: none is set, nor the next four told."""
    pixel_rule: str | None = None
    pixel_rule_parameter: float | None = None
    pixel_rule_sentence: str | None = None
    at_pixel_threshold: PixelRates | None = None
    n_locked: int = 0
    """Labelled test images that are locked, and so in none of these figures."""


def scored_images(project: Project, run_id: int) -> ScoredImages:
    """Scores and present labels of a run's test images. Raises InputError if it was not scored."""
    return _scored(project, project.run(run_id), load_statistics(project, run_id))


def judged_pixels(project: Project, run_id: int, images: Sequence[Image] | None = None) -> JudgedPixels:
    """What the run's pixels say by the labels of *images*, which are all images of the project; None reads them.

    Raises InputError if the run was not scored.
    """
    run, statistics = project.run(run_id), load_statistics(project, run_id)
    every = project.images() if images is None else images
    scores = scores_by_image(scoring_in_force(project, run), statistics)
    return _judged_pixels(statistics, labelled_scores(scores, project.roles(run_id), every), every)


def evaluate(
    project: Project,
    run_id: int | None,
    rule: Rule | None = None,
    threshold: float | None = None,
    recheck: Recheck = "keep",
) -> Evaluation:
    """Figures of a run (None: the latest finished) at its threshold.

    With *rule*, *threshold* or *recheck* that one is set first and recorded in the journal. Raises InputError
    if a rule and a threshold are given, if the run was not scored, if the rule cannot be applied, or if the
    recheck line is not below the threshold.
    """
    run = project.run(run_id)
    if rule is not None and threshold is not None:
        raise InputError("threshold", "both a rule and a value were given", "Give one of the two")
    if rule is not None:
        wanted, reason = _by_rule(project, run.id, rule), sentence_of(rule)
    elif threshold is not None:
        wanted, reason = by_hand(threshold, project.threshold(run.id)), "Set by hand"
    else:
        wanted, reason = _present(project, run), "Set by hand"
    if recheck != "keep":
        wanted = msgspec.structs.replace(wanted, recheck=None if recheck == "none" else recheck)
    if (rule, threshold, recheck) != (None, None, "keep"):
        project.set_threshold(run.id, wanted, reason)
    return evaluate_at(project, run, _present(project, run))


def _present(project: Project, run: Run) -> Threshold:
    chosen = project.threshold(run.id)
    if chosen is None:
        raise InputError(f"run {run.name}", "it has no threshold yet", "Set one by a rule or a value")
    return chosen


def set_threshold_by_rule(project: Project, run_id: int, rule: Rule) -> Changed:
    """Apply *rule* to the run's scores and save the threshold. Raises InputError where it gives none."""
    return project.set_threshold(run_id, _by_rule(project, run_id, rule), sentence_of(rule))


def _by_rule(project: Project, run_id: int, rule: Rule) -> Threshold:
    return threshold_by_rule(rule, scored_images(project, run_id).evidence, project.threshold(run_id))


def threshold_by_rule(rule: Rule, evidence: Evidence, present: Threshold | None) -> Threshold:
    """What *rule* gives, with all that it was given; the recheck line of *present* stays if it is still below.

    Raises InputError where the rule gives none.
    """
    value, costs = apply_rule(rule, evidence), rule.costs
    return Threshold(
        value,
        rule.name,
        parameter_of(rule),
        recheck=_kept_recheck(value, present),
        defect_type=rule.defect_type,
        miss_price=costs.miss if costs else None,
        alarm_price=costs.alarm if costs else None,
        defect_rate=costs.defect_rate if costs else None,
    )


def by_hand(value: float, present: Threshold | None) -> Threshold:
    """A threshold of the user's own; the recheck line of *present* stays if it is still below."""
    return Threshold(value, recheck=_kept_recheck(value, present))


def _kept_recheck(value: float, present: Threshold | None) -> float | None:
    recheck = present.recheck if present is not None else None
    return recheck if recheck is not None and recheck < value else None


def rule_of(threshold: Threshold) -> Rule | None:
    """The rule that set *threshold*; None if it was set by hand, or by a rule that there is no more."""
    if threshold.rule not in RULES:
        return None
    return Rule(threshold.rule, threshold.parameter, threshold.defect_type, costs_of(threshold))


def rule_sentence(threshold: Threshold) -> str:
    """How *threshold* was chosen."""
    rule = rule_of(threshold)
    if rule is not None:
        return sentence_of(rule)
    return "Set by hand." if threshold.rule == BY_HAND else f"Set by the rule {threshold.rule} of another version."


def costs_of(threshold: Threshold) -> Costs | None:
    """The prices that *threshold* was chosen by; None if it was not."""
    miss, alarm, defect_rate = threshold.miss_price, threshold.alarm_price, threshold.defect_rate
    if miss is None or alarm is None or defect_rate is None:
        return None
    return Costs(miss, alarm, defect_rate)


def evaluate_at(project: Project, run: Run, threshold: Threshold) -> Evaluation:
    """Figures of *run* at *threshold*, which is not saved."""
    statistics = load_statistics(project, run.id)
    scored = _scored(project, run, statistics)
    by_id = {image.id: image for image in project.images()}
    roles = project.roles(run.id)
    images = [by_id[key] for key in scored.ids.tolist()]
    table = ScoreTable(scored.scores, scored.defective)
    counts, costs = table.at(threshold.value), costs_of(threshold)
    answers = decided(scored.scores, threshold.value, threshold.recheck)
    called = answers == DEFECTIVE
    judged = _judged_pixels(statistics, scored, by_id.values())
    missed = np.flatnonzero(scored.defective & ~called)
    return Evaluation(
        run=run.id,
        detector=run.detector,
        n_good=counts.fp + counts.tn,
        n_defect=counts.tp + counts.fn,
        auroc=auroc(scored.scores, scored.defective),
        average_precision=average_precision(scored.scores, scored.defective),
        threshold=threshold.value,
        rule=threshold.rule,
        rule_parameter=threshold.parameter,
        rule_sentence=rule_sentence(threshold),
        defect_type=threshold.defect_type,
        costs=costs,
        expected_precision=expected_precision(counts.recall, counts.false_alarm_rate, costs.defect_rate)
        if costs
        else None,
        cost_per_part=cost_per_part(costs, counts.recall, counts.false_alarm_rate) if costs else None,
        recheck=threshold.recheck,
        three_way=table.at_band(threshold.recheck, threshold.value),
        precision=counts.precision,
        recall=counts.recall,
        recall_interval=wilson(counts.tp, counts.tp + counts.fn),
        f1=counts.f1,
        specificity=counts.specificity,
        false_alarm_rate=counts.false_alarm_rate,
        false_alarm_interval=wilson(counts.fp, counts.fp + counts.tn),
        false_negatives=[images[i].path for i in missed[np.argsort(scored.scores[missed], kind="stable")]],
        per_defect_type=_per_type(images, called),
        pixel_auroc=judged.auroc,
        pixel_f1=judged.best[0] if judged.best else None,
        aupro=judged.aupros[0],
        aupro_05=judged.aupros[1],
        **_at_pixel_threshold(project.pixel_threshold(run.id), judged),
        n_locked=sum(_is_locked_test(image, roles) for image in by_id.values()),
        images=[
            EvaluatedImage(
                path=image.path,
                label=image.label.kind,
                defect_type=image.label.defect_type,
                score=float(score) if math.isfinite(score) else None,
                decision=DECISIONS[answer],
            )
            for image, score, answer in zip(images, scored.scores.tolist(), answers.tolist(), strict=True)
        ],
    )


def _scored(project: Project, run: Run, statistics: RunStatistics) -> ScoredImages:
    scores = scores_by_image(scoring_in_force(project, run), statistics)
    return labelled_scores(scores, project.roles(run.id), project.images())


def scores_by_image(scoring: ScoringSettings, statistics: RunStatistics) -> dict[int, float]:
    """Image id → anomaly score."""
    return dict(zip(statistics.image_ids.tolist(), statistics.scores(scoring).tolist(), strict=True))


def labelled_scores(
    scores: Mapping[int, float], roles: Mapping[int, Role], images: Iterable[Image], *, locked: bool = False
) -> ScoredImages:
    """What the figures of a run rest on, by the labels of *images*; *scores* and *roles* go by image id.

    Nothing is chosen by locked images: they are left out, or with *locked* they alone are the test images.
    """
    known = [image for image in images if image.id in scores and not image.excluded]
    test = [i for i in known if roles.get(i.id) == "test" and i.label.is_decided and i.locked == locked]
    held_out = [i for i in known if roles.get(i.id) == "validation" and i.label.kind == "good" and not i.locked]
    return ScoredImages(
        ids=np.array([i.id for i in test], np.int64),
        scores=np.array([scores[i.id] for i in test], np.float32),
        defective=np.array([i.label.kind == "defect" for i in test], np.bool_),
        good_scores=np.array([scores[i.id] for i in held_out], np.float32),
        defect_types=tuple(i.label.defect_type or "" for i in test),
        good_ids=np.array([i.id for i in held_out], np.int64),
    )


def _is_locked_test(image: Image, roles: Mapping[int, Role]) -> bool:
    tested = roles.get(image.id) == "test" and image.label.is_decided
    return image.locked and tested and not image.excluded


def _per_type(images: list[Image], called: NDArray[np.bool_]) -> dict[str, TypeRecall]:
    found: dict[str, list[bool]] = {}
    for image, defective in zip(images, called.tolist(), strict=True):
        if image.label.kind == "defect":
            found.setdefault(image.label.defect_type or UNTYPED, []).append(defective)
    return {
        name: TypeRecall(n=len(hits), found=sum(hits), recall=sum(hits) / len(hits))
        for name, hits in sorted(found.items())
    }


def _judged_pixels(statistics: RunStatistics, scored: ScoredImages, images: Iterable[Image]) -> JudgedPixels:
    defective = dict(zip(scored.ids.tolist(), scored.defective.tolist(), strict=True))
    return judge_pixels(statistics, defective, scored.good_ids, {image.id: image for image in images})


def _at_pixel_threshold(threshold: PixelThreshold | None, judged: JudgedPixels) -> dict[str, Any]:
    if threshold is None:
        return {}
    first = bin_of(threshold.value)
    counts = judged.table.at(first)
    return {
        "pixel_threshold": threshold.value,
        "pixel_rule": threshold.rule,
        "pixel_rule_parameter": threshold.parameter,
        "pixel_rule_sentence": pixel_threshold_sentence(threshold, judged),
        "at_pixel_threshold": PixelRates(
            precision=counts.precision,
            recall=counts.recall,
            f1=counts.f1,
            largest_good_region_px=judged.largest_at(first),
        ),
    }

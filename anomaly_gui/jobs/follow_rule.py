"""Thresholds that a rule set follow the labels: relabelling works them out anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.pixel_rules import PIXEL_RULES
from anomaly_gui.evaluation.thresholds import RULES
from anomaly_gui.jobs.evaluate import judged_pixels, labelled_scores, rule_of, scores_by_image, threshold_by_rule
from anomaly_gui.jobs.pixels import pixel_rule_of, threshold_by_pixel_rule
from anomaly_gui.jobs.rescoring import save_pixel_threshold
from anomaly_gui.jobs.run_facts import scoring_in_force
from anomaly_gui.jobs.score import load_statistics, statistics_path
from anomaly_gui.project.records import Changed, Image, Role, Run
from anomaly_gui.project.store import Project


def follow_rule(project: Project, run_id: int) -> Changed | None:
    """Apply the rule that set the run's threshold to the present labels, and save what it gives.

    None if that changes nothing, if the threshold was set by hand, or if the rule can no longer be applied:
    then the threshold stays as it is.
    """
    return RuleFollower().follow(project, run_id, project.images())


@dataclass(frozen=True)
class _Known:
    """What does not change when labels do."""

    key: object
    scores: dict[int, float]
    roles: dict[int, Role]


def follow_pixel_rule(project: Project, run_id: int, images: Mapping[int, Image]) -> Changed | None:
    """As follow_rule, for the threshold of pixels; *images* are all images of the project by id."""
    present = project.pixel_threshold(run_id)
    rule = pixel_rule_of(present) if present is not None else None
    if rule is None:
        return None
    try:
        wanted = threshold_by_pixel_rule(rule, judged_pixels(project, run_id, list(images.values())))
    except InputError:  # No scores, or no image left that the rule looks at.
        return None
    if wanted == present:
        return None
    return save_pixel_threshold(project, run_id, wanted, f"Follows {PIXEL_RULES[rule.name].title} after relabelling")


class RuleFollower:
    """Follows one run's rule again and again without reading its scores each time."""

    def __init__(self) -> None:
        self._known: _Known | None = None

    def follow(self, project: Project, run_id: int, images: Iterable[Image]) -> Changed | None:
        """As follow_rule, by the labels of *images*, which are all images of the project."""
        present = project.threshold(run_id)
        rule = rule_of(present) if present is not None else None
        if rule is None:
            return None
        try:
            known = self._of(project, project.run(run_id))
            scored = labelled_scores(known.scores, known.roles, images)
            wanted = threshold_by_rule(rule, scored.evidence, present)
        except InputError:  # No scores, or no image left that the rule looks at.
            return None
        if wanted == present:
            return None
        return project.set_threshold(run_id, wanted, f"Follows {RULES[rule.name].title} after relabelling")

    def _of(self, project: Project, run: Run) -> _Known:
        scoring = scoring_in_force(project, run)
        path = statistics_path(project, run, scoring.smooth_sigma_px)
        written = path.stat() if path.exists() else None
        key = (path, written and (written.st_mtime_ns, written.st_size), scoring)
        if self._known is None or self._known.key != key:
            statistics = load_statistics(project, run.id)
            self._known = _Known(key, scores_by_image(scoring, statistics), project.roles(run.id))
        return self._known

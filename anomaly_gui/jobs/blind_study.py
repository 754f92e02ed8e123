"""Blind re-review: which images are judged, and what people and the inspection said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.agreement import Answer, Appraisal, appraise, cross_table, kappa
from anomaly_gui.evaluation.confusion import decided
from anomaly_gui.jobs.evaluate import scored_images, scores_by_image
from anomaly_gui.jobs.run_facts import scoring_in_force
from anomaly_gui.jobs.score import load_statistics
from anomaly_gui.project.blind_sample import Candidate, choose_sample
from anomaly_gui.project.records import BlindStudy, Image, Threshold
from anomaly_gui.project.store import Project

INSPECTION = "Inspection"
_SAID: tuple[Answer, ...] = ("good", "unsure", "defect")
"""By evaluation.confusion's numbers: an image to be rechecked is one that the inspection is unsure of."""


@dataclass(frozen=True)
class Appraiser:
    """One reviewer in one trial, or the inspection."""

    name: str
    trial: int | None
    """None: the inspection, which says the same every time."""
    answers: Mapping[int, Answer]
    """By image id, in the order in which they were given."""

    @property
    def title(self) -> str:
        return self.name if self.trial is None else f"{self.name}, trial {self.trial}"


@dataclass(frozen=True)
class Agreement:
    """Two lists of answers on the same images."""

    first: str
    second: str
    n: int
    kappa: float | None
    table: Mapping[tuple[Answer, Answer], int]


@dataclass(frozen=True)
class Repeat:
    """A reviewer who judged the sample more than once."""

    name: str
    n: int
    """Images judged in every trial."""
    same: int
    """Of these, judged the same in every trial."""
    kappa: float | None


@dataclass(frozen=True)
class Disagreement:
    """An image of which someone says something else than its label, or than the others."""

    image: int
    against: int
    """Answers of people that contradict the label."""
    said: tuple[tuple[str, Answer], ...]
    """Who said what; the inspection last."""


@dataclass(frozen=True)
class BlindResult:
    """Everything said in a study, against the labels as they are now."""

    study: BlindStudy
    run_name: str
    threshold: Threshold
    defective: Mapping[int, bool]
    """By image id; images that are unlabelled or left out by now are not in it."""
    people: tuple[Appraiser, ...]
    """By name and trial."""
    inspection: Appraiser

    @property
    def appraisers(self) -> tuple[Appraiser, ...]:
        return (*self.people, self.inspection)

    @property
    def names(self) -> list[str]:
        """Of the reviewers, in the order in which they began."""
        return list(dict.fromkeys(one.name for one in self.people))

    def appraisal(self, appraiser: Appraiser) -> Appraisal:
        """Against the labels."""
        judged = [image for image in appraiser.answers if image in self.defective]
        return appraise([appraiser.answers[i] for i in judged], [self.defective[i] for i in judged])

    def agreements(self) -> list[Agreement]:
        """Between each pair of reviewers, trial by trial, and of each with the inspection."""
        found = [
            self._agreement(one, other, [(mine, theirs) for mine in self._of(one) for theirs in self._of(other)])
            for one, other in combinations(self.names, 2)
        ]
        with_inspection = [(name, [(mine, self.inspection) for mine in self._of(name)]) for name in self.names]
        return found + [self._agreement(name, INSPECTION, both) for name, both in with_inspection]

    def _of(self, name: str) -> list[Appraiser]:
        return [one for one in self.people if one.name == name]

    def _agreement(self, one: str, other: str, both: Sequence[tuple[Appraiser, Appraiser]]) -> Agreement:
        pairs = [
            (said, theirs.answers[image])
            for mine, theirs in both
            if theirs.trial in (mine.trial, None)
            for image, said in mine.answers.items()
            if image in theirs.answers
        ]
        first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        return Agreement(one, other, len(pairs), kappa(first, second), cross_table(first, second))

    def repeats(self) -> list[Repeat]:
        """Of every reviewer who judged images in more than one trial."""
        found = []
        for name in self.names:
            trials = [one.answers for one in self._of(name)]
            if len(trials) < 2:
                continue
            every = [image for image in trials[0] if all(image in answers for answers in trials)]
            pairs = [(a[i], b[i]) for a, b in combinations(trials, 2) for i in every]
            same = sum(len({answers[i] for answers in trials}) == 1 for i in every)
            found.append(Repeat(name, len(every), same, kappa([a for a, _ in pairs], [b for _, b in pairs])))
        return found

    def disagreements(self) -> list[Disagreement]:
        """Those that most answers contradict come first."""
        found = []
        for image in self.study.images:
            said = [(one.title, one.answers[image]) for one in self.appraisers if image in one.answers]
            by_people = [one.answers[image] for one in self.people if image in one.answers]
            against = 0
            if image in self.defective:
                wrong: Answer = "good" if self.defective[image] else "defect"
                against = by_people.count(wrong)
            if against or len(set(by_people)) > 1:
                found.append(Disagreement(image, against, tuple(said)))
        return sorted(found, key=lambda each: (-each.against, each.image))


def candidates(project: Project, run_id: int) -> list[Candidate]:
    """Labelled test images of a run that are neither left out nor locked.

    Raises InputError if the run was not scored or has no threshold.
    """
    threshold = _threshold(project, run_id).value
    scored = scored_images(project, run_id)
    away = np.where(np.isfinite(scored.scores), np.abs(scored.scores.astype(np.float64) - threshold), np.inf)
    triples = zip(scored.ids.tolist(), scored.defective.tolist(), away.tolist(), strict=True)
    return [Candidate(*each) for each in triples]


def start_study(
    project: Project, run_id: int, *, size: int, hard_share: float, trials: int, seed: int | None = None
) -> BlindStudy:
    """Draw a sample and keep it. *seed* None: each study of a project has its own.

    Raises InputError as candidates() and choose_sample() do.
    """
    drawn = len(project.blind_studies()) if seed is None else seed
    sample = choose_sample(candidates(project, run_id), size, hard_share, drawn)
    return project.start_blind_study(run_id, sample, trials, drawn)


def blind_result(project: Project, study_id: int) -> BlindResult:
    """What was said so far. Raises InputError if the study or its run's scores are not there."""
    study = next((one for one in project.blind_studies() if one.id == study_id), None)
    if study is None:
        raise InputError(f"blind review {study_id}", "it is not in this project", "Choose another one")
    said: dict[tuple[str, int], dict[int, Answer]] = {}
    for one in project.judgements(study_id):
        said.setdefault((one.reviewer, one.trial), {})[one.image] = one.answer
    names = list(dict.fromkeys(name for name, _ in said))
    people = sorted(said, key=lambda key: (names.index(key[0]), key[1]))
    threshold = _threshold(project, study.run)
    images = {image.id: image for image in project.images()}
    return BlindResult(
        study=study,
        run_name=project.run(study.run).name,
        threshold=threshold,
        defective={i: images[i].label.kind == "defect" for i in study.images if _counts(images.get(i))},
        people=tuple(Appraiser(name, trial, said[name, trial]) for name, trial in people),
        inspection=_inspection(project, study, threshold),
    )


def _counts(image: Image | None) -> bool:
    return image is not None and not image.excluded and image.label.kind != "unlabelled"


def _inspection(project: Project, study: BlindStudy, threshold: Threshold) -> Appraiser:
    scoring = scoring_in_force(project, project.run(study.run))
    scores = scores_by_image(scoring, load_statistics(project, study.run))
    judged = [image for image in study.images if image in scores]
    decisions = decided(np.array([scores[i] for i in judged], np.float64), threshold.value, threshold.recheck)
    answers = {image: _SAID[decision] for image, decision in zip(judged, decisions.tolist(), strict=True)}
    return Appraiser(INSPECTION, None, answers)


def _threshold(project: Project, run_id: int) -> Threshold:
    threshold = project.threshold(run_id)
    if threshold is None:
        raise InputError("blind review", "the run has no threshold yet", "Wait until it is scored, or train again")
    return threshold

"""Blind re-review from a scored project: sample, answers, agreement."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.agreement import Answer, Rate
from anomaly_gui.jobs.blind_study import INSPECTION, blind_result, candidates, start_study
from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.project.store import Project
from tests.ui.pages.scored_project import add_scored_run, scored_project

# Ids 1…5 are good (1.0, 1.5, 2.0, 2.5, 3.5), 6…9 defects (1.2, 2.2, 3.0, 5.0); the threshold is 3.2.
GOOD, DEFECTS = (1, 2, 3, 4, 5), (6, 7, 8, 9)
FOUND, FALSE_ALARM = 9, 5


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with scored_project(tmp_path) as made:
        yield made


def say(project: Project, reviewer: str, trial: int, answers: dict[int, Answer]) -> None:
    for image, answer in answers.items():
        project.record_judgement(1, image, reviewer, answer, trial)


def truth(**other: Answer) -> dict[int, Answer]:
    right: dict[int, Answer] = {image: "defect" if image in DEFECTS else "good" for image in (*GOOD, *DEFECTS)}
    return right | {int(name[1:]): answer for name, answer in other.items()}


def test_the_sample_comes_from_labelled_test_images_and_is_kept(project: Project) -> None:
    project.set_locked([1], True)
    project.set_excluded([6], True)
    assert {each.image for each in candidates(project, 1)} == {2, 3, 4, 5, 7, 8, 9}
    study = start_study(project, 1, size=4, hard_share=1.0, trials=2)
    assert study.images == (4, 5, 7, 8)  # The two of each nearest to 3.2.
    assert project.blind_studies() == [study]
    assert start_study(project, 1, size=4, hard_share=0.0, trials=1).seed == 1


def test_a_run_without_a_threshold_has_nothing_to_judge(project: Project) -> None:
    run = add_scored_run(project, [1.0] * 13, None)
    with pytest.raises(InputError, match="no threshold"):
        candidates(project, run)


def test_people_and_the_inspection_are_counted_against_the_labels(project: Project) -> None:
    start_study(project, 1, size=9, hard_share=0.5, trials=2)
    say(project, "Anna", 1, truth(i6="good", i1="unsure"))
    result = blind_result(project, 1)
    (anna,) = result.people
    judged = result.appraisal(anna)
    assert (judged.miss_rate, judged.false_alarm_rate, judged.effectiveness) == (Rate(1, 4), Rate(0, 5), Rate(7, 9))
    machine = result.appraisal(result.inspection)
    assert (machine.miss_rate, machine.false_alarm_rate) == (Rate(3, 4), Rate(1, 5))
    assert result.inspection.title == INSPECTION


def test_the_recheck_band_makes_the_inspection_unsure(project: Project) -> None:
    project.set_threshold(1, Threshold(3.2, recheck=2.1))
    start_study(project, 1, size=9, hard_share=0.5, trials=1)
    answers = blind_result(project, 1).inspection.answers
    assert [image for image, answer in answers.items() if answer == "unsure"] == [4, 7, 8]


def test_reviewers_are_compared_with_each_other_and_with_themselves(project: Project) -> None:
    start_study(project, 1, size=9, hard_share=0.5, trials=2)
    say(project, "Anna", 1, truth())
    say(project, "Ben", 1, truth(i6="good"))
    say(project, "Anna", 2, truth(i6="good"))
    result = blind_result(project, 1)
    assert [one.title for one in result.people] == ["Anna, trial 1", "Anna, trial 2", "Ben, trial 1"]
    both, anna, _ = result.agreements()
    assert (both.first, both.second, both.n) == ("Anna", "Ben", 9)
    assert both.table["defect", "good"] == 1
    assert (anna.second, anna.n) == (INSPECTION, 18)
    (repeat,) = result.repeats()
    assert (repeat.name, repeat.n, repeat.same) == ("Anna", 9, 8)
    assert repeat.kappa == both.kappa


def test_a_reviewer_may_be_called_as_the_inspection_is(project: Project) -> None:
    start_study(project, 1, size=9, hard_share=0.5, trials=1)
    say(project, INSPECTION, 1, truth())
    say(project, "Ben", 1, truth())
    assert [pair.n for pair in blind_result(project, 1).agreements()] == [9, 9, 9]


def test_images_that_people_see_otherwise_are_listed_worst_first(project: Project) -> None:
    start_study(project, 1, size=9, hard_share=0.5, trials=1)
    say(project, "Anna", 1, truth(i2="defect", i7="good", i3="unsure"))
    say(project, "Ben", 1, truth(i7="good"))
    listed = blind_result(project, 1).disagreements()
    assert [(each.image, each.against) for each in listed] == [(7, 2), (2, 1), (3, 0)]
    assert listed[0].said == (("Anna, trial 1", "good"), ("Ben, trial 1", "good"), (INSPECTION, "good"))


def test_figures_follow_the_labels_and_unlabelled_images_leave_them(project: Project) -> None:
    start_study(project, 1, size=9, hard_share=0.5, trials=1)
    say(project, "Anna", 1, truth(i2="defect"))
    project.set_label([2], Label("defect", "dent"))
    project.set_label([3], Label("unlabelled"))
    result = blind_result(project, 1)
    judged = result.appraisal(result.people[0])
    assert (judged.defects, judged.good, judged.effectiveness) == (5, 3, Rate(8, 8))
    assert result.disagreements() == []


def test_a_study_that_is_not_there_is_refused(project: Project) -> None:
    with pytest.raises(InputError, match="not in this project"):
        blind_result(project, 3)

"""Runs beside one another, on the images that all of them judged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.compare_runs import compare_runs
from anomaly_gui.progress import CancelToken
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from tests.ui.pages.scored_project import add_scored_run, scored_project

# Good 1-5, defects 6-9 (crack, dent, crack, dent), held out 10-13. The first run at 3.2 finds image 9 alone,
# with a false alarm at image 5; this one at 10 finds 6, 7 and 8, with one at image 1.
SECOND = (11.0, 2.0, 3.0, 4.0, 5.0, 12.0, 13.0, 14.0, 6.0, 1.0, 1.0, 1.0, 1.0)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with scored_project(tmp_path, threshold=3.2) as made:
        yield made


def test_each_disagreement_is_under_what_became_of_it(project: Project) -> None:
    second = add_scored_run(project, SECOND, 10.0)
    found = compare_runs(project, [1, second])
    decisions = found.against[second].decisions
    assert found.ids[decisions.fixed].tolist() == [6, 7, 8]
    assert found.ids[decisions.newly_missed].tolist() == [9]
    assert found.ids[decisions.still_missed].tolist() == []
    assert found.ids[decisions.new_alarms].tolist() == [1]
    assert found.ids[decisions.alarms_gone].tolist() == [5]
    assert [run.counts.tp for run in found.runs] == [1, 3]
    assert [run.name for run in found.runs] == ["001-conv-ae", "002-conv-ae"]
    assert found.left_out == 0


def test_runs_are_compared_on_the_images_that_both_judged_and_the_others_are_counted(project: Project) -> None:
    second = add_scored_run(project, SECOND, 10.0, leave_out=[2, 9])
    found = compare_runs(project, [1, second])
    assert found.ids.tolist() == [1, 3, 4, 5, 6, 7, 8]
    assert found.left_out == 2
    assert found.runs[0].counts.tp == 0, "the only defect found is not among the common images"


def test_locked_and_relabelled_images_count_as_they_are_now(project: Project) -> None:
    second = add_scored_run(project, SECOND, 10.0)
    project.set_locked([6], True)
    project.set_label([1], Label("defect", "dent"))
    found = compare_runs(project, [1, second])
    assert 6 not in found.ids
    assert found.ids[found.against[second].decisions.fixed].tolist() == [1, 7, 8]


def test_one_class_gives_counts_but_no_area(tmp_path: Path) -> None:
    with scored_project(tmp_path, defects=(), threshold=3.2) as project:
        second = add_scored_run(project, [1.0, 2.0, 3.0, 4.0, 5.0, *[1.0] * 4], 3.5)
        found = compare_runs(project, [1, second])
        assert found.against[second].auroc is None
        assert (found.runs[1].auroc, found.runs[1].best_f1, found.runs[1].roc, found.runs[1].f1) == (None,) * 4
        assert len(found.against[second].decisions.new_alarms) == 1


def test_scores_that_are_not_numbers_are_compared_as_defective(project: Project) -> None:
    second = add_scored_run(project, [float("nan"), *SECOND[1:]], 10.0)
    found = compare_runs(project, [1, second])
    assert found.ids[found.against[second].decisions.new_alarms].tolist() == [1]
    assert found.against[second].auroc is not None


def test_what_cannot_be_compared_is_said(project: Project) -> None:
    without = add_scored_run(project, SECOND, None)
    with pytest.raises(InputError, match="no threshold"):
        compare_runs(project, [1, without])
    nothing = add_scored_run(project, SECOND, 10.0, leave_out=range(1, 10))
    with pytest.raises(InputError, match="no labelled image in common"):
        compare_runs(project, [1, nothing])
    project.run_folder(without).statistics.unlink()
    with pytest.raises(InputError):
        compare_runs(project, [1, without])


def test_once_cancelled_the_rest_is_left_out(project: Project) -> None:
    second = add_scored_run(project, SECOND, 10.0)
    cancel = CancelToken()
    cancel.cancel()
    assert compare_runs(project, [1, second], cancel).against == {}

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.thresholds import Rule
from anomaly_gui.jobs.evaluate import UNTYPED, evaluate, scored_images, set_threshold_by_rule
from anomaly_gui.jobs.score import load_statistics
from anomaly_gui.jobs.train import train
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from tests.jobs.tiny_project import make_project, quick


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """With one trained run, number 1."""
    with make_project(tmp_path) as made:
        train(made, quick(), ignore_events, CancelToken())
        yield made


def test_that_figures_rest_on_the_labelled_test_images_alone(project: Project) -> None:
    scored = scored_images(project, 1)
    roles = project.roles(1)
    assert {roles[key] for key in scored.ids.tolist()} == {"test"}
    assert len(scored.good_scores) == sum(role == "validation" for role in roles.values())
    found = evaluate(project, 1)
    assert (found.n_good, found.n_defect) == (4, 4)
    assert len(found.images) == 8


def test_that_figures_agree_with_the_list_of_images(project: Project) -> None:
    found = evaluate(project, 1)
    caught = [one for one in found.images if one.label == "defect" and one.decision == "defective"]
    missed = [one.path for one in found.images if one.label == "defect" and one.decision == "good"]
    assert found.recall == len(caught) / 4
    assert sorted(found.false_negatives) == sorted(missed)
    assert found.per_defect_type["hole"].found == len(caught)
    for one in found.images:
        assert one.score is not None
        assert (one.decision == "defective") == (one.score >= found.threshold)


def test_that_relabelling_and_leaving_out_move_the_figures(project: Project) -> None:
    scored = scored_images(project, 1)
    defect = int(scored.ids[scored.defective][0])
    good = int(scored.ids[~scored.defective][0])
    project.set_label([defect], Label("good"))
    project.set_excluded([good], True)
    found = evaluate(project, 1)
    assert (found.n_good, found.n_defect) == (4, 3)
    project.set_label([int(scored.ids[scored.defective][1])], Label("defect"))
    assert evaluate(project, 1).per_defect_type[UNTYPED].n == 1


def test_that_a_rule_sets_the_threshold_in_the_journal_and_undo_takes_it_back(project: Project) -> None:
    before = project.threshold(1)
    set_threshold_by_rule(project, 1, Rule("good-percentile", 50))
    saved = project.threshold(1)
    assert saved is not None
    assert (saved.rule, saved.parameter) == ("good-percentile", 50)
    assert (scored_images(project, 1).good_scores >= saved.value).any()
    project.undo()
    assert project.threshold(1) == before


def test_that_a_threshold_by_hand_is_kept_and_nothing_is_written_without_one(project: Project) -> None:
    assert evaluate(project, 1, threshold=1.25).rule == "manual"
    assert evaluate(project, 1).threshold == 1.25


def test_that_a_rule_and_a_value_or_a_value_that_is_none_are_refused(project: Project) -> None:
    with pytest.raises(InputError, match="both"):
        evaluate(project, 1, rule=Rule("best-f1"), threshold=1.0)
    with pytest.raises(InputError, match="not a number"):
        evaluate(project, 1, threshold=math.nan)


def test_that_pixel_figures_come_from_the_masks(project: Project) -> None:
    found = evaluate(project, 1)
    statistics = load_statistics(project, 1)
    assert statistics.has_mask.sum() == 4
    assert found.pixel_auroc is not None
    assert 0 < found.pixel_auroc <= 1
    assert found.aupro is not None
    project.set_label([int(key) for key in statistics.image_ids[statistics.has_mask]], Label("good"))
    without = evaluate(project, 1)
    assert (without.pixel_auroc, without.aupro, without.recall, without.auroc) == (None, None, None, None)


def test_that_an_image_without_a_finite_score_counts_as_defective(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    statistics = load_statistics(project, 1)
    broken = np.flatnonzero(np.isin(statistics.image_ids, scored_images(project, 1).ids))[:1]
    statistics.maximum[broken] = np.nan
    statistics.save(project.run_folder(1).statistics)
    found = evaluate(project, 1, threshold=1e9)
    assert [one.decision for one in found.images if one.score is None] == ["defective"]


def test_that_a_run_without_scores_says_so(project: Project) -> None:
    project.run_folder(1).statistics.unlink()
    with pytest.raises(InputError, match="Score the run again"):
        evaluate(project, 1)

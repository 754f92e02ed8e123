from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given

from anomaly_gui.evaluation.curves import auroc, recall_at_false_alarms
from anomaly_gui.evaluation.thresholds import Rule
from anomaly_gui.jobs.evaluate import Evaluation, ScoredImages, evaluate, scored_images
from anomaly_gui.jobs.study.figures import judge, roc_points
from anomaly_gui.jobs.study.summary import recall_at
from anomaly_gui.project.store import Project
from tests.evaluation.labelled_scores import Labelled, labelled

Judged = tuple[Evaluation, ScoredImages]


@pytest.fixture
def judged(demo_project: Path) -> Iterator[Judged]:
    with Project.open(demo_project) as project:
        yield evaluate(project, 1, rule=Rule("best-f1")), scored_images(project, 1)


def test_figures_are_those_of_the_evaluation(judged: Judged) -> None:
    found, scored = judged
    figures = judge(found, scored, 8, "001", 3.5)
    assert (figures.n_training, figures.n_good, figures.n_defect, figures.training_s) == (8, 4, 4, 3.5)
    assert figures.auroc == found.auroc
    assert figures.best_f1 == found.f1
    assert (figures.pixel_auroc, figures.aupro, figures.pixel_f1) == (found.pixel_auroc, found.aupro, found.pixel_f1)
    assert figures.recall_at_false_alarms == recall_at_false_alarms(scored.scores, scored.defective, 0.05)


def test_each_type_stands_against_all_good_images(judged: Judged) -> None:
    found, scored = judged
    figures = judge(found, scored, 8, "001", 3.5)
    dot = next(i for i, image in enumerate(found.images) if image.defect_type == "dot")
    good = scored.scores[~scored.defective]
    expected = auroc(np.append(good, scored.scores[dot]), np.arange(len(good) + 1) == len(good))
    assert figures.per_type["dot"].auroc == pytest.approx(expected)
    assert figures.per_type["dot"].recall == found.per_defect_type["dot"].recall
    assert figures.per_type["dot"].n == 1


def test_a_threshold_that_is_not_the_best_gives_no_best_figures(judged: Judged) -> None:
    found, scored = judged
    figures = judge(msgspec.structs.replace(found, rule="good-max-plus"), scored, 8, "001", 3.5)
    assert figures.best_f1 is None
    assert figures.per_type["dot"].recall is None
    assert figures.per_type["dot"].auroc is not None


@given(labelled(min_size=2))
def test_the_stored_curve_keeps_every_operating_point(data: Labelled) -> None:
    scores, defective = data
    points = roc_points(scores, defective)
    if defective.all() or not defective.any():
        assert points is None
        return
    assert points is not None
    for rate in (0.0, 0.05, 0.2, 0.5, 1.0):
        # Rates are kept with six decimals.
        assert recall_at(points, rate + 1e-6) == pytest.approx(
            recall_at_false_alarms(scores, defective, rate + 2e-6), abs=1e-5
        )
    assert points.recall == sorted(points.recall)
    assert points.recall[-1] == 1

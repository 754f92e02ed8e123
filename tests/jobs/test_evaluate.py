from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.thresholds import Costs, Rule, cost_per_part, expected_precision, sentence_of
from anomaly_gui.jobs.evaluate import (
    UNTYPED,
    evaluate,
    rule_of,
    rule_sentence,
    scored_images,
    set_threshold_by_rule,
)
from anomaly_gui.jobs.score import load_statistics
from anomaly_gui.jobs.train import train
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.records import Label, Threshold
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
    project.set_label([defect], Label("unsure"))
    found = evaluate(project, 1)
    assert (found.n_good, found.n_defect) == (3, 3)


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


def test_that_a_threshold_remembers_the_rule_with_all_it_was_given(project: Project) -> None:
    for rule in (
        Rule("least-cost", costs=Costs(50, 1, 0.01)),
        Rule("type-recall-at-least", 0.75, "hole"),
        Rule("best-f-beta", 3.0),
        Rule("best-f1"),
    ):
        found = evaluate(project, 1, rule=rule)
        saved = project.threshold(1)
        assert saved is not None
        assert rule_of(saved) == rule
        assert found.rule_sentence == sentence_of(rule)
        assert found.costs == rule.costs
        assert project.events()[-1].reason == sentence_of(rule)
    assert rule_of(Threshold(1.0)) is None
    assert rule_of(Threshold(1.0, "luck")) is None
    assert rule_sentence(Threshold(1.0)) == "Set by hand."
    assert "luck" in rule_sentence(Threshold(1.0, "luck"))


def test_that_figures_on_the_line_come_with_costs_alone(project: Project) -> None:
    costs = Costs(50, 1, 0.01)
    found = evaluate(project, 1, rule=Rule("least-cost", costs=costs))
    assert found.cost_per_part == cost_per_part(costs, found.recall, found.false_alarm_rate)
    assert found.expected_precision == expected_precision(found.recall, found.false_alarm_rate, 0.01)
    without = evaluate(project, 1, rule=Rule("best-f1"))
    assert (without.costs, without.cost_per_part, without.expected_precision) == (None, None, None)


def test_that_a_recheck_line_makes_three_answers_and_leaves_the_other_figures(project: Project) -> None:
    scores = np.sort(scored_images(project, 1).scores.astype(float)).tolist()
    plain = evaluate(project, 1, threshold=scores[6] - 1e-3)
    banded = evaluate(project, 1, recheck=scores[3] - 1e-3)
    assert banded.threshold == plain.threshold
    assert (banded.recall, banded.false_alarm_rate) == (plain.recall, plain.false_alarm_rate)
    answers = [one.decision for one in banded.images]
    assert [answers.count(answer) for answer in ("good", "recheck", "defective")] == [3, 3, 2]
    counts = banded.three_way
    assert counts.found + counts.alarms == 2
    assert counts.rechecked_defects + counts.rechecked_good == 3
    assert plain.three_way.rechecked_defects == 0


def test_that_the_recheck_line_stays_while_it_is_below_and_can_be_taken_away(project: Project) -> None:
    evaluate(project, 1, threshold=5.0, recheck=3.0)
    assert evaluate(project, 1, threshold=4.0).recheck == 3.0
    assert evaluate(project, 1, recheck="none").recheck is None
    evaluate(project, 1, recheck=3.0)
    assert evaluate(project, 1, threshold=2.0).recheck is None
    for recheck in (2.0, 9.0, math.nan):
        with pytest.raises(InputError, match="recheck line"):
            evaluate(project, 1, recheck=recheck)


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

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from anomaly_gui.evaluation.pixel_rules import PixelRule
from anomaly_gui.evaluation.thresholds import Costs, Rule
from anomaly_gui.jobs import follow_rule as module
from anomaly_gui.jobs.evaluate import set_threshold_by_rule
from anomaly_gui.jobs.follow_rule import RuleFollower, follow_pixel_rule, follow_rule
from anomaly_gui.jobs.rescoring import choose_pixel_threshold
from anomaly_gui.jobs.score import load_statistics
from anomaly_gui.project.records import Image, Label, Threshold
from anomaly_gui.project.store import Project
from tests.ui.pages.scored_project import scored_project

GOOD = Label("good")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Good images 1 to 5, defects 6 to 9 with scores 1.2, 2.2, 3.0 and 5.0, held-out good ones 10 to 13."""
    with scored_project(tmp_path) as made:
        yield made


RULES = [
    Rule("best-f1"),
    Rule("recall-at-least", 1.0),
    Rule("type-recall-at-least", 1.0, "crack"),
    Rule("least-cost", costs=Costs(50, 1, 0.1)),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_that_the_threshold_becomes_what_the_rule_gives_by_the_new_labels(project: Project, rule: Rule) -> None:
    set_threshold_by_rule(project, 1, rule)
    before = project.threshold(1)
    project.set_label([6], GOOD)
    changed = follow_rule(project, 1)
    assert changed is not None
    followed = project.threshold(1)
    assert followed != before
    assert set_threshold_by_rule(project, 1, rule).operation == 0, "the rule gives the very same"
    assert project.events()[-1].reason.startswith("Follows ")
    assert project.events()[-1].reason.endswith(" after relabelling")


def test_that_held_out_good_images_count_too(project: Project) -> None:
    set_threshold_by_rule(project, 1, Rule("good-max-plus"))
    assert follow_rule(project, 1) is None
    project.set_excluded([13], True)
    assert follow_rule(project, 1) is not None


def test_that_a_threshold_by_hand_or_by_a_rule_of_another_version_stays(project: Project) -> None:
    for threshold in (Threshold(3.0), Threshold(3.0, "luck")):
        project.set_threshold(1, threshold)
        project.set_label([6], GOOD)
        assert follow_rule(project, 1) is None
        assert project.threshold(1) == threshold
        project.set_label([6], Label("defect", "crack"))


def test_that_it_stays_where_the_rule_can_no_longer_be_applied_or_nothing_changes(project: Project) -> None:
    set_threshold_by_rule(project, 1, Rule("best-f1"))
    before = project.threshold(1)
    assert follow_rule(project, 1) is None
    project.set_label([6, 7, 8, 9], GOOD)
    assert follow_rule(project, 1) is None
    project.run_folder(1).statistics.unlink()
    assert follow_rule(project, 1) is None
    assert project.threshold(1) == before


def test_that_the_recheck_line_stays_while_it_is_below(project: Project) -> None:
    project.set_threshold(1, Threshold(3.0, recheck=2.05))
    set_threshold_by_rule(project, 1, Rule("recall-at-least", 0.75))
    assert project.threshold(1) == Threshold(pytest.approx(2.1), "recall-at-least", 0.75, recheck=2.05)
    project.set_label([1], Label("defect"))
    follow_rule(project, 1)
    after = project.threshold(1)
    assert after is not None
    assert after.value < 2.05
    assert after.recheck is None


def test_that_scores_are_read_once_and_again_when_the_run_is_scored_anew(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_threshold_by_rule(project, 1, Rule("best-f1"))
    reads = []
    monkeypatch.setattr(module, "load_statistics", lambda *given: reads.append(1) or load_statistics(*given))
    follower = RuleFollower()
    for label in (GOOD, Label("defect", "crack")):
        project.set_label([6], label)
        assert follower.follow(project, 1, project.images()) is not None
    assert len(reads) == 1
    statistics = load_statistics(project, 1)
    statistics.maximum[:] *= 2
    statistics.save(project.run_folder(1).statistics)
    before = project.threshold(1)
    assert before is not None
    follower.follow(project, 1, project.images())
    after = project.threshold(1)
    assert after is not None
    assert after.value == pytest.approx(2 * before.value)
    assert len(reads) == 2


@pytest.fixture
def masked(tmp_path: Path) -> Iterator[Project]:
    """As project, with the pixels of the defects' masks."""
    with scored_project(tmp_path, masked=True) as made:
        yield made


PIXEL_RULES = [PixelRule("best-pixel-f1"), PixelRule("largest-region", 5.0)]


@pytest.mark.parametrize("rule", PIXEL_RULES, ids=lambda rule: rule.name)
def test_that_the_pixel_threshold_becomes_what_its_rule_gives_by_the_new_labels(
    masked: Project, rule: PixelRule
) -> None:
    choose_pixel_threshold(masked, 1, rule)
    before = masked.pixel_threshold(1)
    assert follow_pixel_rule(masked, 1, by_id(masked)) is None, "nothing changed"
    masked.set_excluded([6, 12, 13], True)
    assert follow_pixel_rule(masked, 1, by_id(masked)) is not None
    followed = masked.pixel_threshold(1)
    assert followed != before
    assert choose_pixel_threshold(masked, 1, rule).operation == 0, "the rule gives the very same"


def test_that_a_pixel_threshold_by_hand_stays(masked: Project) -> None:
    choose_pixel_threshold(masked, 1, 2.0)
    before = masked.pixel_threshold(1)
    masked.set_label([6, 7, 8, 9], GOOD)
    assert follow_pixel_rule(masked, 1, by_id(masked)) is None
    assert masked.pixel_threshold(1) == before


def by_id(project: Project) -> dict[int, Image]:
    return {image.id: image for image in project.images()}

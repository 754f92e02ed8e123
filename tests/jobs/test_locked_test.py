"""Locked images choose nothing, and their figures are shown by a journalled act alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.thresholds import Rule
from anomaly_gui.jobs.evaluate import evaluate, scored_images, set_threshold_by_rule
from anomaly_gui.jobs.follow_rule import follow_rule
from anomaly_gui.jobs.locked_test import how_locked, locked_test, reveal
from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.project.store import Project
from tests.ui.pages.scored_project import scored_project

LOCKED = (2, 5, 7, 9)
"""Good 1.5 and 3.5, a dent of 2.2 and one of 5.0."""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with scored_project(tmp_path, threshold=3.2) as made:
        made.set_locked(LOCKED, True)
        yield made


def test_no_figure_and_no_rule_sees_a_locked_image(project: Project) -> None:
    assert not {*scored_images(project, 1).ids.tolist()} & {*LOCKED}
    found = evaluate(project, 1)
    assert (found.n_good, found.n_defect, found.n_locked) == (3, 2, 4)
    assert len(found.images) == 5
    before = set_threshold_by_rule(project, 1, Rule("recall-at-least", 1.0))
    assert before.runs
    project.set_label([9], Label("defect", "crack"))
    assert follow_rule(project, 1) is None, "the label of a locked image moved the threshold"


def test_a_held_out_good_image_that_is_locked_no_longer_sets_thresholds(project: Project) -> None:
    project.set_locked([10], True)
    assert len(scored_images(project, 1).good_scores) == 3


def test_nothing_is_told_before_the_figures_are_revealed(project: Project) -> None:
    test = locked_test(project, 1)
    assert (test.good, test.defective, test.reveals) == (2, 2, ())


def test_a_reveal_counts_at_the_saved_threshold_and_is_in_the_journal(project: Project) -> None:
    events = len(project.events())
    reveal(project, 1)
    assert [event.field for event in project.events()[events:]] == ["operation", "reveal"]
    (shown,) = locked_test(project, 1).reveals
    figures = shown.figures
    assert (figures.found, figures.missed, figures.false_alarms, figures.passed) == (1, 1, 1, 1)
    assert (figures.recall, figures.false_alarm_rate, figures.threshold) == (0.5, 0.5, 3.2)
    assert figures.recall_interval is not None
    assert figures.recall_interval[0] < 0.5 < figures.recall_interval[1]
    assert shown.changed_since == ()


def test_figures_are_stale_when_the_threshold_or_a_locked_label_changes_and_fresh_again_when_it_is_undone(
    project: Project,
) -> None:
    def changes() -> tuple[str, ...]:
        return locked_test(project, 1).reveals[0].changed_since

    reveal(project, 1)
    project.set_threshold(1, Threshold(2.1))
    assert changes() == ("threshold",)
    project.undo()
    assert changes() == ()
    project.set_label([1], Label("defect", "dent"))
    assert changes() == (), "a tune image is not in these figures"
    project.set_label([2], Label("defect", "dent"))
    assert changes() == ("labels",)
    project.undo()
    project.set_excluded([7], True)
    assert changes() == ("labels",)


def test_each_look_is_kept(project: Project) -> None:
    reveal(project, 1)
    project.set_threshold(1, Threshold(2.0))
    reveal(project, 1)
    assert [one.changed_since for one in locked_test(project, 1).reveals] == [("threshold",), ()]


def test_nothing_is_revealed_where_nothing_is_locked_or_no_threshold_is_set(tmp_path: Path) -> None:
    with scored_project(tmp_path, threshold=None) as made:
        with pytest.raises(InputError, match="no threshold"):
            reveal(made, 1)
        made.set_threshold(1, Threshold(2.0))
        with pytest.raises(InputError, match="no locked image"):
            reveal(made, 1)
        made.set_locked([1], True)
        reveal(made, 1)
        (shown,) = locked_test(made, 1).reveals
        assert (shown.figures.recall, shown.figures.recall_interval, shown.figures.auroc) == (None, None, None)
        assert shown.figures.passed == 1


def test_the_journal_tells_how_images_were_chosen(tmp_path: Path) -> None:
    with scored_project(tmp_path) as made:
        assert how_locked(made) == ""
        made.set_locked([3], True, "The latest of each class are locked.")
        assert how_locked(made) == "The latest of each class are locked."


def test_a_threshold_older_than_the_lock_was_chosen_with_the_locked_images_until_it_is_set_again(
    project: Project,
) -> None:
    assert locked_test(project, 1).chosen_with_them
    project.set_threshold(1, Threshold(3.0))
    assert not locked_test(project, 1).chosen_with_them


def test_a_rule_that_gives_the_same_without_the_locked_images_was_not_moved_by_them(tmp_path: Path) -> None:
    with scored_project(tmp_path) as made:
        set_threshold_by_rule(made, 1, Rule("good-max-plus"))
        made.set_locked([1], True)
        assert not locked_test(made, 1).chosen_with_them
        set_threshold_by_rule(made, 1, Rule("recall-at-least", 1.0))
        made.set_locked([1], False)
        made.set_locked([6], True)
        assert locked_test(made, 1).chosen_with_them, "the lowest crack set it"

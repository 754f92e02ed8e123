"""The comparison of runs in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from anomaly_gui.evaluation.compare import AurocDifference
from anomaly_gui.jobs.compare_runs import Comparison, compare_runs
from anomaly_gui.ui.pages import tune_compare_state as state
from anomaly_gui.ui.pages.tune_compare_state import Choice
from tests.jobs.test_compare_runs import SECOND
from tests.ui.pages.scored_project import add_scored_run, scored_project


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    with scored_project(tmp_path, threshold=3.2) as project:
        second = add_scored_run(project, SECOND, 10.0, leave_out=[2])
        return compare_runs(project, [1, second])


def test_the_run_looked_at_is_compared_with_the_one_before_it() -> None:
    assert state.first_choice([1, 2, 4], 4) == Choice(2, (4,))
    assert state.first_choice([1, 2, 4], 1) == Choice(1, (2,))
    assert state.first_choice([3], 3) is None
    assert state.first_choice([1, 2], 3) is None, "a run without scores"


def test_runs_join_and_leave_but_two_stay() -> None:
    choice = Choice(1, (2,))
    assert state.with_run(choice, 3, True, 3) == Choice(1, (2, 3))
    assert state.with_run(Choice(1, (2, 3)), 4, True, 3) == Choice(1, (2, 3))
    assert state.with_run(Choice(1, (2, 3)), 2, False, 3) == Choice(1, (3,))
    assert state.with_run(choice, 2, False, 3) == choice
    assert state.with_run(choice, 1, False, 3) == choice
    assert state.with_base(Choice(1, (2, 3)), 3) == Choice(3, (2, 1))


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (AurocDifference(0.9, 0.931, (0.01, 0.054), 0.99), "better: +0.031 (+0.010 to +0.054)"),
        (AurocDifference(0.931, 0.9, (-0.054, -0.01), 0.0), "worse: −0.031 (−0.054 to −0.010)"),
        (
            AurocDifference(0.9, 0.903, (-0.01, 0.02), 0.6),
            "no difference that these 63 images can show (+0.003; −0.010 to +0.020)",
        ),
        (
            AurocDifference(0.9, 0.9, (0.0, 0.0), 0.0),
            "no difference that these 63 images can show (0.000; 0.000 to 0.000)",
        ),
        (AurocDifference(0.9, 0.95, None, None), "+0.050; fewer than 5 good or defective images show nothing"),
        (None, "n/a: it takes good and defective images"),
    ],
)
def test_a_difference_is_told_with_what_chance_could_do(found: AurocDifference | None, text: str) -> None:
    assert state.difference_text(found, 63) == text


def test_the_images_that_the_figures_rest_on_are_said(comparison: Comparison) -> None:
    assert state.basis_sentence(comparison) == (
        "On the 8 images that both runs judged: 4 good, 4 defective. 1 image that only some judged left out."
    )
    assert state.figure_cells(comparison.runs[0])[2:] == ("3 of 4", "1 of 4")


def test_the_headline_claims_nothing_that_few_images_cannot_show(comparison: Comparison) -> None:
    text = state.headline(comparison, 2)
    assert text.startswith("Fewer than 5 good or defective images cannot tell which of 001-conv-ae and 002-conv-ae")
    assert text.endswith("At their own thresholds: 3 fixed, 1 newly missed, 1 new false alarm, 1 gone.")


def test_images_of_a_category_come_with_both_decisions(comparison: Comparison) -> None:
    counts = state.category_counts(comparison, 2)
    assert counts["fixed"] == 3
    assert state.first_category(counts) == "fixed"
    shown = state.shown_images(comparison, 2, "fixed")
    assert [flip.image_id for flip in shown.first] == [8, 7, 6]
    assert shown.total == 3
    assert shown.first[0].sentence == (
        "Labelled defect. 001-conv-ae: 3.000 against 3.200, called good; "
        "002-conv-ae: 14.00 against 10.00, called defective"
    )
    assert state.shown_images(comparison, 2, "still-missed").first == []


def test_points_lie_at_the_own_thresholds_and_nowhere_with_one_class(comparison: Comparison, tmp_path: Path) -> None:
    on_roc, on_f1 = state.operating_points(comparison.runs[1])
    assert on_roc == (0.25, 0.75)
    assert on_f1 == (0.5, pytest.approx(0.75))
    with scored_project(tmp_path / "good", defects=(), threshold=3.2) as project:
        second = add_scored_run(project, [1.0] * 9, 3.5)
        one_class = compare_runs(project, [1, second])
    assert state.operating_points(one_class.runs[0]) == (None, None)
    assert "Without both good and defective images" in state.headline(one_class, second)
    assert state.figure_cells(one_class.runs[0]) == ("n/a", "n/a", "n/a", "1 of 5")

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.jobs.evaluate import evaluate_at
from anomaly_gui.jobs.export import ExportReport
from anomaly_gui.project.records import Export, Threshold
from anomaly_gui.ui.pages.export_state import (
    command,
    default_target,
    export_rows,
    report_sentence,
    rule_sentence,
    run_facts,
    with_suffix,
)
from tests.ui.pages.scored_project import scored_project


def test_the_default_file_is_new_and_named_after_project_and_run(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        run = project.run(1)
        first = default_target(project.folder, run)
        assert first == project.folder / "exports" / f"project-{run.name}.anomaly"
        first.write_bytes(b"x")
        assert default_target(project.folder, run).name == f"project-{run.name}-2.anomaly"
        # A project's name may hold what a file name should not.
        assert default_target(tmp_path / "line 4: «left»", run).name.startswith("line_4_")


def test_a_name_without_an_ending_gets_one() -> None:
    assert with_suffix("/a/part") == Path("/a/part.anomaly")
    assert with_suffix("/a/part.anomaly") == Path("/a/part.anomaly")
    assert with_suffix("/a/v1.2.bundle") == Path("/a/v1.2.bundle")


@pytest.mark.parametrize(
    ("threshold", "words"),
    [
        (Threshold(3.0), "set by hand"),
        (Threshold(3.0, "best-f1"), "Best F1"),
        (Threshold(3.0, "good-percentile", 95.0), "Percentile of good: 95"),
        (Threshold(3.0, "recall-at-least", 0.95), "Recall at least: 95 %"),
    ],
)
def test_rules_in_words(threshold: Threshold, words: str) -> None:
    assert rule_sentence(threshold) == words


def test_facts_tell_counts_with_their_intervals(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        run, threshold = project.run(1), Threshold(2.1, "best-f1")
        facts = dict(run_facts(run, threshold, evaluate_at(project, run, threshold)))
    assert facts["Threshold"] == "2.1 (Best F1)"
    assert facts["Defects found"].startswith("3 of 4 (75.0 %; 95 % interval 30.1 to 95.4 %)")
    assert facts["False alarms"].startswith("2 of 5 (40.0 %")
    assert facts["AUROC"] == "0.650"


def test_a_figure_that_there_is_not_is_not_made_up(tmp_path: Path) -> None:
    with scored_project(tmp_path, defects=()) as project:
        run, threshold = project.run(1), Threshold(2.1)
        facts = dict(run_facts(run, threshold, evaluate_at(project, run, threshold)))
    assert facts["Defects found"] == facts["AUROC"] == "n/a"


def test_the_command_can_be_pasted() -> None:
    assert command("/a/part.anomaly") == "anomaly-gui inspect /a/part.anomaly FOLDER --json"
    assert command("/a b/part.anomaly") == 'anomaly-gui inspect "/a b/part.anomaly" FOLDER --json'


def test_the_report_tells_what_was_checked() -> None:
    report = ExportReport(
        path="/a.anomaly", sha256="ab" * 32, bytes=1_500_000, checked_images=50, largest_difference=2e-6
    )
    words = report_sentence(report)
    for part in ("50 images", "2.0e-06", "1e-04", "/a.anomaly", "1.5 MB", "ab" * 32):
        assert part in words


def test_the_latest_export_comes_first() -> None:
    made = Export(run=1, path="/x/a.anomaly", sha256="", time_utc="2026-11-23T10:00:00+00:00", threshold=Threshold(2.5))
    rows = export_rows([made, msgspec.structs.replace(made, path="/x/b.anomaly", run=2)], {1: "001-conv-ae"})
    assert [row[0] for row in rows] == ["b.anomaly", "a.anomaly"]
    assert [row[1] for row in rows] == ["run 2", "001-conv-ae"]
    assert rows[1][2] == "2.5 (set by hand)"


def test_the_part_of_an_image_that_counts_is_told(tmp_path: Path) -> None:
    left = Region(inside=(Shape("rectangle", ((0.0, 0.0), (0.25, 1.0))),))
    with scored_project(tmp_path) as project:
        run, threshold = project.run(1), Threshold(2.1)
        figures = evaluate_at(project, run, threshold)
    assert dict(run_facts(run, threshold, figures))["Region"] == "the whole image"
    assert dict(run_facts(run, threshold, figures, left))["Region"] == "25 % of each image"

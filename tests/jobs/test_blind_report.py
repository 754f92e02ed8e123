"""The blind re-review in plain words, HTML and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.agreement import appraise
from anomaly_gui.jobs.blind_report import (
    advice,
    blind_report,
    csv_answers,
    csv_figures,
    html,
    kappa_text,
    verdict_words,
    write_report,
)
from anomaly_gui.jobs.blind_study import BlindResult, blind_result, start_study
from anomaly_gui.project.store import Project
from tests.ui.pages.scored_project import scored_project


@pytest.fixture
def result(tmp_path: Path) -> Iterator[BlindResult]:
    with scored_project(tmp_path) as project:
        start_study(project, 1, size=9, hard_share=0.5, trials=1)
        judge(project)
        yield blind_result(project, 1)


def judge(project: Project) -> None:
    for image in range(1, 10):
        project.record_judgement(1, image, "=A <b>", "defect" if image > 6 else "good")


def test_the_verdict_is_said_in_plain_words_with_its_limit() -> None:
    judged = appraise(["good"] * 3 + ["defect"] * 22 + ["good"] * 24 + ["unsure"], [True] * 25 + [False] * 25)
    missed, alarms, correct, agreed = verdict_words(judged, who="you ")
    assert missed == "You missed 3 of 25 defects: 12 % (4 – 30 %), limit at most 2 %: unacceptable."
    assert alarms == "You called none of 25 good images defective: 0 % (0 – 13 %), limit at most 5 %: acceptable."
    assert correct.startswith("You judged 46 of 50 images correctly: 92 %")
    assert correct.endswith("acceptable. Unsure of 1.")
    assert agreed.startswith("Kappa against the labels: 0.8")


def test_what_is_undefined_is_said_to_be() -> None:
    missed, _, _, agreed = verdict_words(appraise(["good", "good"], [False, False]))
    assert "n/a" in missed
    assert agreed == "Kappa against the labels: n/a."
    assert kappa_text(-0.25) == "−0.25, unacceptable"


def test_the_advice_knows_what_the_study_wants_and_what_a_smaller_one_tells() -> None:
    assert "enough, with 3 reviewers" in advice(25, 25, 2)
    small = advice(5, 5, 1)
    assert "a first look" in small
    assert "none of 5 defects may still miss up to 43 %" in small
    assert "One trial does not tell" in small
    assert "cannot be told from chance" in advice(10, 0, 2)


def test_the_report_grades_everyone_by_the_worst_rate(result: BlindResult) -> None:
    report = blind_report(result)
    assert [(verdict.title, verdict.grade) for verdict in report.verdicts] == [
        ("=A <b>, trial 1", "unacceptable"),
        ("Inspection", "unacceptable"),
    ]
    assert [table.caption for table in report.tables] == [
        "Against the labels",
        "Each with the others",
        "=A <b> and Inspection: how often they said what",
    ]
    assert report.tables[0].rows[0][3] == "25 % (1 of 4; 5 – 70 %)"


def test_the_page_shows_names_as_text(result: BlindResult) -> None:
    page = html(blind_report(result))
    assert "=A &lt;b&gt;" in page
    assert "=A <b>" not in page
    assert "“Unsure” is never correct" in page


def test_tables_for_machines_have_every_reviewer_and_every_answer(result: BlindResult) -> None:
    figures = list(csv.DictReader(io.StringIO(csv_figures(result))))
    assert [(row["reviewer"], row["trial"]) for row in figures] == [("'=A <b>", "1"), ("Inspection", "")]
    assert float(figures[0]["miss_rate"]) == 0.25
    assert figures[0]["miss_rate_grade"] == "unacceptable"
    answers = list(csv.DictReader(io.StringIO(csv_answers(result, {9: "/x/part_9.png"}))))
    assert len(answers) == 18
    assert answers[8] == {
        "image": "/x/part_9.png",
        "label": "defect",
        "reviewer": "'=A <b>",
        "trial": "1",
        "answer": "defect",
    }


def test_all_three_files_are_written_or_the_failure_is_said(result: BlindResult, tmp_path: Path) -> None:
    written = write_report(result, {}, tmp_path / "blind")
    assert [path.name for path in written] == ["blind.html", "blind.csv", "blind_answers.csv"]
    assert all(path.stat().st_size for path in written)
    with pytest.raises(InputError, match="cannot be written"):
        write_report(result, {}, tmp_path / "nowhere" / "blind.html")

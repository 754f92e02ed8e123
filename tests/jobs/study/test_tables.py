from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from anomaly_gui.jobs.study.folder import StudyFolder
from anomaly_gui.jobs.study.plan import Plan
from anomaly_gui.jobs.study.records import Cell, CellResult, failed
from anomaly_gui.jobs.study.tables import write_tables
from tests.jobs.study.made_results import figures, plan, result

BOTH = ("conv-ae", "patch-memory")


@pytest.fixture
def results() -> dict[Cell, CellResult]:
    """Of two data sets; the second detector fails on the second one."""
    made = {}
    for dataset in ("a", "b"):
        for seed in (0, 1):
            made[Cell(dataset, "conv-ae", seed)] = result(
                Cell(dataset, "conv-ae", seed), figures(0.8 + seed / 10, pixel_auroc=None)
            )
            made[Cell(dataset, "patch-memory", seed)] = (
                result(Cell(dataset, "patch-memory", seed), figures(0.95, pixel_auroc=0.5))
                if dataset == "a"
                else failed(Cell(dataset, "patch-memory", seed), "2025-01-31", "Too few | images.")
            )
    return made


def written(tmp_path: Path, results: dict[Cell, CellResult]) -> dict[str, str]:
    made: Plan = plan(tmp_path, "a", "b", detectors=BOTH, seeds=2, settings={})
    with StudyFolder(made) as folder:
        return {path.name: path.read_text(encoding="utf-8") for path in write_tables(folder, made, results)}


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_markdown_names_the_figures_and_says_how_they_were_chosen(
    tmp_path: Path, results: dict[Cell, CellResult]
) -> None:
    text = written(tmp_path, results)["study.md"]
    assert "- Device: CPU x86_64 AVX2" in text
    assert "Best F1 † | Recall at 5 % false alarms † | False alarms at 95 % recall †" in text
    assert "† At the best threshold (or τ) for these same test images" in text
    assert "| conv-ae | 0.850 (0.800–0.900) | 0.850 (0.800–0.900) |" in text
    assert "| patch-memory | 0.950 (0.950–0.950) | n/a |" in text
    assert "| patch-memory | 2 | **0.950 (0.950–0.950)** | n/a |" in text
    assert "- patch-memory, seeds 0, 1: Too few \\| images." in text


def test_every_row_of_a_markdown_table_has_the_same_columns(tmp_path: Path, results: dict[Cell, CellResult]) -> None:
    text = written(tmp_path, results)["study.md"].replace("\\|", "")
    blocks = [block.splitlines() for block in text.split("\n\n") if block.startswith("| ")]
    assert len(blocks) == 7
    for block in blocks:
        assert len({line.count("|") for line in block}) == 1


def test_csv_has_numbers_and_leaves_what_is_missing_empty(tmp_path: Path, results: dict[Cell, CellResult]) -> None:
    rows = lines(written(tmp_path, results)["study.csv"])
    assert [(row["dataset"], row["detector"], row["seeds"]) for row in rows] == [
        ("a", "conv-ae", "2"), ("a", "patch-memory", "2"), ("b", "conv-ae", "2"), ("b", "patch-memory", "0"),
    ]  # fmt: skip
    first, memory, _, broken = rows
    assert float(first["Image AUROC, mean"]) == pytest.approx(0.85)
    assert float(first["Image AUROC, deviation"]) == pytest.approx(0.0707107)
    assert (first["Image AUROC, lowest"], first["Image AUROC, highest"]) == ("0.8", "0.9")
    assert first["Pixel AUROC, mean"] == ""
    assert memory["Pixel AUROC, mean"] == "0.5"
    assert broken["Image AUROC, mean"] == ""
    assert "Too few | images." in broken["remarks"]
    assert first["Device"] == "CPU x86_64 AVX2"


def test_csv_of_types_and_of_single_trainings(tmp_path: Path, results: dict[Cell, CellResult]) -> None:
    files = written(tmp_path, results)
    types = lines(files["study_types.csv"])
    assert [(row["dataset"], row["detector"], row["defect type"], row["AUROC, mean"]) for row in types] == [
        ("a", "conv-ae", "hole", "0.75"), ("a", "patch-memory", "hole", "0.75"), ("b", "conv-ae", "hole", "0.75"),
    ]  # fmt: skip
    cells = lines(files["study_cells.csv"])
    assert len(cells) == 8
    assert [row["Image AUROC"] for row in cells if row["detector"] == "conv-ae"] == ["0.8", "0.8", "0.9", "0.9"]
    assert [row["problem"] for row in cells if row["dataset"] == "b"] == ["", "Too few | images."] * 2


def test_tables_of_a_study_that_has_just_begun(tmp_path: Path) -> None:
    files = written(tmp_path, {})
    assert "No training has worked yet." in files["study.md"]
    assert "0 of 2" in files["study.md"]
    assert "<svg" not in files["study.html"]
    assert len(lines(files["study_cells.csv"])) == 0


def test_no_path_of_this_machine_is_in_any_table(tmp_path: Path, results: dict[Cell, CellResult]) -> None:
    for text in written(tmp_path, results).values():
        assert str(tmp_path) not in text

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.evaluate import evaluate
from anomaly_gui.jobs.study import cell as cell_module
from anomaly_gui.jobs.study.cell import run_cell
from anomaly_gui.jobs.study.records import CellResult
from anomaly_gui.progress import CancelToken, Event, Progress, ignore_events
from anomaly_gui.project.store import Project
from tests.jobs.study.made_results import cell_request
from tests.jobs.tiny_project import make_project


def run(project: Path, **more: Any) -> CellResult:
    return run_cell(cell_request(project, **more), ignore_events, CancelToken())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with make_project(tmp_path, train=8, good=3, defects=3) as project:
        return project.folder


def test_a_cell_is_a_run_that_is_judged_exported_and_timed(folder: Path) -> None:
    events: list[Event] = []
    result = run_cell(cell_request(folder, seed=2), events.append, CancelToken())
    assert result.problem == ""
    figures = result.figures
    assert figures is not None
    with Project.open(folder) as project:
        (kept,) = project.runs()
        found = evaluate(project, kept.id)
        assert project.verify() == []
        assert (project.run_folder(kept.id).folder / "maps").exists()
    assert (kept.seed, kept.detector, kept.name) == (2, "conv-ae", figures.run)
    assert (figures.auroc, figures.best_f1) == (found.auroc, found.f1)
    assert (figures.n_training, figures.n_good, figures.n_defect) == (6, 3, 3)
    bundle = folder.parent / "made.anomaly"
    assert figures.bundle_bytes == bundle.stat().st_size
    assert figures.app_ms
    assert figures.runtime_ms
    assert figures.ratio == figures.app_ms / figures.runtime_ms
    assert 0 < figures.training_s < result.seconds
    assert result.machine is not None
    assert any(isinstance(event, Progress) for event in events)


def test_pictures_and_bundle_of_a_further_seed_are_not_kept(folder: Path) -> None:
    result = run(folder, keep_pictures=False)
    assert result.figures is not None
    assert result.figures.bundle_bytes
    assert not (folder.parent / "made.anomaly").exists()
    with Project.open(folder) as project:
        run_folder = project.run_folder(1)
        assert not (run_folder.folder / "maps").exists()
        assert run_folder.weights.exists()
        evaluate(project, 1)


def test_too_few_images_are_the_cells_problem(tmp_path: Path) -> None:
    with make_project(tmp_path, train=3) as project:
        folder = project.folder
    result = run(folder)
    assert "at least 4 are needed" in result.problem
    assert result.figures is None


def test_a_time_too_short_for_any_weights_says_so(folder: Path) -> None:
    result = run(folder, minutes=1e-9)
    assert result.figures is None
    assert result.problem.startswith("training: stopped before the first epoch")
    assert "more minutes" in result.problem


def test_a_bundle_that_fails_leaves_the_figures_of_the_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise InputError("export", "the bundle scores otherwise", "Train again")

    monkeypatch.setattr(cell_module, "export", refuse)
    result = run(folder)
    assert result.problem == "export: the bundle scores otherwise. Train again."
    assert result.figures is not None
    assert result.figures.auroc is not None
    assert result.figures.bundle_bytes is None
    assert result.figures.app_ms is None

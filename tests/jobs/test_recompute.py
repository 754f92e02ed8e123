"""Figures that were given away can be worked out again, whatever was relabelled since; what differs is named."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle, write_bundle
from anomaly_gui.files import sha256
from anomaly_gui.jobs.evaluate import evaluate
from anomaly_gui.jobs.export import export
from anomaly_gui.jobs.locked_test import reveal
from anomaly_gui.jobs.recompute import recompute, recompute_report
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.sealed_arrays import seal, unseal


@pytest.fixture
def project(demo_project: Path, tmp_path: Path) -> Project:
    """With a bundle of its own."""
    opened = Project.open(demo_project)
    export(opened, 1, tmp_path / "part.anomaly", ignore_events, CancelToken())
    return opened


def test_of_a_sound_project_every_figure_comes_out_again(project: Project, tmp_path: Path) -> None:
    figures = read_bundle(tmp_path / "part.anomaly").manifest.figures
    made = recompute(project, ignore_events, CancelToken())
    assert (made.problems, made.notes) == ([], [])
    assert made.bundles == 2
    assert made.figures == 2 * len(figures) > 0


def test_labels_and_thresholds_of_later_do_not_matter(project: Project) -> None:
    reveal_after_locking(project)
    judged = [image for image in project.images() if project.roles(1).get(image.id) == "test"]
    project.set_label([image.id for image in judged], Label("good"))
    evaluate(project, 1, threshold=1e6)
    made = recompute(project, ignore_events, CancelToken())
    assert (made.problems, made.notes) == ([], [])


def reveal_after_locking(project: Project) -> None:
    judged = [image.id for image in project.images() if project.roles(1).get(image.id) == "test"]
    project.set_locked(judged[::2], True)
    reveal(project, 1)


def test_a_figure_that_was_never_so_is_named(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "part.anomaly"
    kept = read_bundle(path)
    auroc = kept.manifest.figures["auroc"]
    forged = msgspec.structs.replace(kept.manifest, figures=kept.manifest.figures | {"auroc": auroc - 0.25})
    data = write_bundle(path, forged, kept.model, kept.weights)
    threshold = project.threshold(1)
    assert threshold is not None
    project.record_export(1, path, sha256(data), threshold)  # as if it had been written so
    made = recompute(project, ignore_events, CancelToken())
    assert made.problems == [
        f"bundle {path}: auroc is {auroc - 0.25:.6g}, and the project gives {auroc:.6g}",
    ]


def test_labels_of_when_it_was_written_down_count_where_the_bundle_was_made_within_the_same_second(
    project: Project, tmp_path: Path
) -> None:
    judged = [image for image in project.images() if project.roles(1).get(image.id) == "test"]
    project.set_label([next(image.id for image in judged if image.label.kind == "defect")], Label("good"))
    path = tmp_path / "second.anomaly"
    export(project, 1, path, ignore_events, CancelToken())
    kept = read_bundle(path)
    early = msgspec.structs.replace(kept.manifest, created_utc="2000-01-01T00:00:00+00:00")
    data = write_bundle(path, early, kept.model, kept.weights)
    threshold = project.threshold(1)
    assert threshold is not None
    project.record_export(1, path, sha256(data), threshold)
    project.set_label([image.id for image in judged], Label("good"))
    made = recompute(project, ignore_events, CancelToken())
    assert (made.problems, made.notes) == ([], [])


def test_a_bundle_that_is_another_file_or_gone_is_told_of(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "part.anomaly"
    path.write_bytes(path.read_bytes() + b"x")
    assert "is not the file that was exported" in recompute(project, ignore_events, CancelToken()).problems[0]
    path.unlink()
    made = recompute(project, ignore_events, CancelToken())
    assert made.problems == []
    assert "is not where it was written" in made.notes[0]


def test_scores_that_were_exchanged_are_found_though_the_file_is_whole(project: Project) -> None:
    path = next(project.run_folder(1).folder.glob("statistics.safetensors"))
    arrays, metadata = unseal(path.read_bytes())
    name = next(name for name, array in arrays.items() if array.dtype == np.float32 and array.ndim)
    path.write_bytes(seal(arrays | {name: arrays[name] * 2}, metadata))
    made = recompute(project, ignore_events, CancelToken())
    assert any("its scores are not those that were made" in problem for problem in made.problems)


def test_weights_exchanged_together_with_their_settings_are_found(project: Project) -> None:
    folder = project.run_folder(1)
    folder.weights.write_bytes(b"others")
    folder.write_settings(folder.read_settings() | {"weights_sha256": sha256(b"others")})
    assert not [each for each in project.verify(read_images=False) if "weights" in each]
    problems = recompute(project, ignore_events, CancelToken()).problems
    assert "run 001-conv-ae: its weights are not those that its threshold was set for" in problems


def test_a_report_is_compared_figure_by_figure(project: Project, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    figures = evaluate(project, 1)
    report.write_bytes(msgspec.json.encode(figures))
    assert recompute_report(project, report).problems == []
    told = json.loads(report.read_bytes())
    told["recall"], told["n_good"] = 0.123, figures.n_good + 1
    report.write_text(json.dumps(told))
    problems = recompute_report(project, report).problems
    assert len(problems) == 2
    assert any("recall is 0.123, and the project gives" in problem for problem in problems)
    assert any(f"n_good is {figures.n_good + 1}" in problem for problem in problems)


def test_what_is_no_report_is_refused(project: Project, tmp_path: Path) -> None:
    for content in (b"", b"[1]", b'{"run": 1}', b"[" * 100_000):
        (tmp_path / "report.json").write_bytes(content)
        with pytest.raises(InputError, match=r"report\.json"):
            recompute_report(project, tmp_path / "report.json")


def test_it_stops_when_asked(project: Project) -> None:
    cancel = CancelToken()
    cancel.cancel()
    assert recompute(project, ignore_events, cancel).figures == 0

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.thresholds import Costs, Rule
from anomaly_gui.export.bundle import read_bundle
from anomaly_gui.export.runtime import Inspection
from anomaly_gui.jobs.evaluate import ScoredImages, evaluate, scored_images, set_threshold_by_rule
from anomaly_gui.jobs.export import ExportReport, _sample, export
from anomaly_gui.jobs.inspect import inspect
from anomaly_gui.jobs.score import load_statistics
from anomaly_gui.jobs.train import train
from anomaly_gui.progress import Cancelled, CancelToken, ignore_events
from anomaly_gui.project.records import Threshold
from anomaly_gui.project.store import Project
from tests.jobs.tiny_project import make_project, quick


@pytest.fixture(params=[(1, 8), (3, 8), (1, 16)], ids=["grey", "rgb", "16-bit"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    """With one trained run, number 1."""
    channels, bits = request.param
    with make_project(tmp_path, channels=channels, bits=bits) as made:
        train(made, quick(), ignore_events, CancelToken())
        yield made


@pytest.fixture
def grey(tmp_path: Path) -> Iterator[Project]:
    with make_project(tmp_path) as made:
        train(made, quick(), ignore_events, CancelToken())
        yield made


def test_that_the_bundle_gives_the_apps_scores_and_decisions(project: Project, tmp_path: Path) -> None:
    to = tmp_path / "new folder" / "part.anomaly"
    report = export(project, 1, to, ignore_events, CancelToken())
    assert isinstance(report, ExportReport)
    assert report.checked_images == 8
    assert report.largest_difference < 1e-4
    expected = {one.path: one for one in evaluate(project, 1).images}
    inspected = list(inspect(to, [Path(path) for path in expected], ignore_events, CancelToken()))
    assert len(inspected) == 8
    for one in inspected:
        assert isinstance(one, Inspection)
        assert one.score == pytest.approx(expected[one.path].score, rel=1e-4)
        assert one.decision == expected[one.path].decision


def test_that_the_manifest_and_the_project_record_what_was_exported(grey: Project, tmp_path: Path) -> None:
    report = export(grey, 1, tmp_path / "part.anomaly", ignore_events, CancelToken())
    assert isinstance(report, ExportReport)
    manifest = read_bundle(tmp_path / "part.anomaly").manifest
    threshold = grey.threshold(1)
    assert threshold is not None
    assert (manifest.threshold, manifest.rule) == (threshold.value, threshold.rule)
    assert manifest.images == {"train": 9, "validation": 3, "test": 8}
    assert manifest.figures["n_defect"] == 4
    (recorded,) = grey.exports()
    assert (recorded.sha256, recorded.threshold) == (report.sha256, threshold)


def test_that_the_bundle_knows_three_answers_as_the_app_does(grey: Project, tmp_path: Path) -> None:
    scores = np.sort(scored_images(grey, 1).scores.astype(float))
    threshold = Threshold((scores[5] + scores[6]) / 2, recheck=(scores[2] + scores[3]) / 2)
    grey.set_threshold(1, threshold)
    to = tmp_path / "part.anomaly"
    export(grey, 1, to, ignore_events, CancelToken())
    assert read_bundle(to).manifest.recheck_threshold == threshold.recheck
    expected = {one.path: one.decision for one in evaluate(grey, 1).images}
    inspected = list(inspect(to, [Path(path) for path in expected], ignore_events, CancelToken()))
    found = {one.path: one.decision for one in inspected if isinstance(one, Inspection)}
    assert found == expected
    assert sorted(found.values()) == ["defective"] * 2 + ["good"] * 3 + ["recheck"] * 3


def test_that_the_manifest_says_by_which_rule_the_threshold_was_set(grey: Project, tmp_path: Path) -> None:
    to = tmp_path / "part.anomaly"
    costs = Costs(50, 1, 0.01)
    set_threshold_by_rule(grey, 1, Rule("least-cost", costs=costs))
    export(grey, 1, to, ignore_events, CancelToken())
    manifest = read_bundle(to).manifest
    assert (manifest.rule, manifest.rule_costs) == ("least-cost", costs)
    assert "a missed defect costs 50" in manifest.rule_sentence
    assert manifest.figures["cost_per_part"] == evaluate(grey, 1).cost_per_part
    set_threshold_by_rule(grey, 1, Rule("type-recall-at-least", 0.75, "hole"))
    export(grey, 1, to, ignore_events, CancelToken())
    manifest = read_bundle(to).manifest
    assert (manifest.rule_parameter, manifest.rule_defect_type, manifest.rule_costs) == (0.75, "hole", None)
    assert '75 % of the defects of type "hole"' in manifest.rule_sentence


def test_that_images_nearest_to_either_line_are_checked_first() -> None:
    many = np.arange(1000, dtype=np.float32)
    scored = ScoredImages(np.arange(1000), many, many > 500, many[:0])
    chosen = _sample(scored, Threshold(800.5, recheck=200.5))
    assert len(set(chosen)) == 50
    assert {200, 201, 800, 801} <= set(chosen)
    assert sum(195 <= place <= 206 for place in chosen) == 12
    assert min(chosen) < 20
    assert max(chosen) > 980
    few = chosen[:10]
    assert sum(195 <= place <= 206 or 795 <= place <= 806 for place in few) == 5
    assert max(few) - min(few) > 500


def test_that_no_more_images_are_checked_than_there_is_time_for(
    grey: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anomaly_gui.jobs.export.ENOUGH_S", 0.0)
    monkeypatch.setattr("anomaly_gui.jobs.export.FEWEST_CHECKED", 3)
    report = export(grey, 1, tmp_path / "part.anomaly", ignore_events, CancelToken())
    assert isinstance(report, ExportReport)
    assert report.checked_images == 3


def test_that_a_bundle_that_scores_differently_is_not_written(grey: Project, tmp_path: Path) -> None:
    statistics = load_statistics(grey, 1)
    statistics.maximum[:] *= np.float32(1.001)
    statistics.save(grey.run_folder(1).statistics)
    with pytest.raises(InputError, match="nothing was exported"):
        export(grey, 1, tmp_path / "part.anomaly", ignore_events, CancelToken())
    assert not (tmp_path / "part.anomaly").exists()
    assert grey.exports() == []


def test_that_an_older_bundle_survives_a_failed_export(grey: Project, tmp_path: Path) -> None:
    to = tmp_path / "part.anomaly"
    to.write_bytes(b"the older one")
    grey.run_folder(1).weights.write_bytes(b"damaged")
    with pytest.raises(InputError, match="weights"):
        export(grey, 1, to, ignore_events, CancelToken())
    assert to.read_bytes() == b"the older one"


def test_that_a_cancelled_export_writes_nothing(grey: Project, tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    assert isinstance(export(grey, 1, tmp_path / "part.anomaly", ignore_events, cancel), Cancelled)
    assert not (tmp_path / "part.anomaly").exists()


def test_that_a_target_that_cannot_be_written_is_named_before_the_work(grey: Project, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is a folder"):
        export(grey, 1, tmp_path, ignore_events, CancelToken())
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file"):
        export(grey, 1, tmp_path / "file" / "part.anomaly", ignore_events, CancelToken())

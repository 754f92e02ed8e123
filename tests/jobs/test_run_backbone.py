"""Whole runs that look through an ONNX file, of which nothing but the run's own copy is needed later."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anomaly_gui.detectors.backbone import package, weights
from anomaly_gui.detectors.registry import DETECTORS
from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle
from anomaly_gui.export.runtime import Inspection
from anomaly_gui.files import sha256
from anomaly_gui.jobs.evaluate import evaluate
from anomaly_gui.jobs.export import ExportReport, export
from anomaly_gui.jobs.inspect import inspect
from anomaly_gui.jobs.run_facts import load_facts
from anomaly_gui.jobs.score import score
from anomaly_gui.jobs.train import TrainReport, TrainRequest, train
from anomaly_gui.progress import CancelToken, EpochFinished, Event, ignore_events
from anomaly_gui.project.store import Project
from tests.detectors.backbone.sample_network import write_sample
from tests.jobs.tiny_project import make_project

SMALL: dict[str, Any] = {
    "input_px": 64,
    "epochs": 2,
    "minimum_steps": 0,
    "width": 8,
    "memory": 40,
    "words": 10,
    "components": 3,
    "trees": 10,
}
FEATURE_DETECTORS = [name for name, entry in DETECTORS.items() if entry.needs_backbone]


@pytest.fixture(autouse=True)
def _no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is all that is needed."""

    def missing() -> object:
        raise InputError("the backbone's weights", "they are not installed", "Install them")

    monkeypatch.setattr(weights, "weights", missing)
    monkeypatch.setattr(package, "folder", lambda: None)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with make_project(tmp_path) as made:
        yield made


def request(path: Path, detector: str = "patch-memory", **settings: object) -> TrainRequest:
    known = DETECTORS.get(detector, DETECTORS["combined"]).settings.__struct_fields__
    small = {key: value for key, value in SMALL.items() if key in known}
    return TrainRequest(detector=detector, settings={**small, "backbone": str(path), **settings})


def run(project: Project, wanted: TrainRequest) -> TrainReport:
    return train(project, wanted, ignore_events, CancelToken())


@pytest.mark.parametrize("name", FEATURE_DETECTORS)
def test_the_bundle_holds_the_network_and_gives_the_app_s_scores(name: str, project: Project, tmp_path: Path) -> None:
    path = write_sample(tmp_path / "net.onnx")
    settings = {"input_px": 128} if name == "combined" else {}
    assert run(project, request(path, name, **settings)).status == "finished"
    folder = project.run_folder(1)
    assert load_facts(folder).backbone_sha256 == sha256(path.read_bytes())
    path.unlink()
    bundle = tmp_path / "part.anomaly"
    assert isinstance(export(project, 1, bundle, ignore_events, CancelToken()), ExportReport)
    folder.backbone.unlink()
    expected = {one.path: one for one in evaluate(project, 1).images}
    found = list(inspect(bundle, [Path(one) for one in expected], ignore_events, CancelToken()))
    assert len(found) == 8
    for one in found:
        assert isinstance(one, Inspection)
        assert one.score == pytest.approx(expected[one.path].score, rel=1e-4, abs=1e-4)
        assert one.decision == expected[one.path].decision


def test_the_bundle_names_the_file_and_not_its_folder(project: Project, tmp_path: Path) -> None:
    run(project, request(write_sample(tmp_path / "net.onnx")))
    export(project, 1, tmp_path / "part.anomaly", ignore_events, CancelToken())
    assert read_bundle(tmp_path / "part.anomaly").manifest.detector_settings["backbone"] == "net.onnx"


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_backbone_that_is_not_the_run_s_any_more_is_refused_by_name(
    project: Project, tmp_path: Path, damage: str
) -> None:
    run(project, request(write_sample(tmp_path / "net.onnx")))
    kept = project.run_folder(1).backbone
    if damage == "missing":
        kept.unlink()
    else:
        write_sample(kept, opset=18)
    words = "the run's backbone is missing" if damage == "missing" else "not the backbone that the run was trained with"
    for work in (
        lambda: score(project, 1, ignore_events, CancelToken()),
        lambda: export(project, 1, tmp_path / "part.anomaly", ignore_events, CancelToken()),
    ):
        with pytest.raises(InputError, match=rf"backbone\.onnx: .*{words}"):
            work()


def test_a_resumed_run_refuses_another_backbone_and_takes_its_own(project: Project, tmp_path: Path) -> None:
    cancel = CancelToken()

    def stop(event: Event) -> None:
        if isinstance(event, EpochFinished):
            cancel.cancel()

    path = write_sample(tmp_path / "net.onnx")
    stopped = train(project, request(path, "artificial-defects"), stop, cancel)
    assert stopped.status == "cancelled"
    kept = project.run_folder(1).backbone
    right = kept.read_bytes()
    write_sample(kept, opset=18)
    with pytest.raises(InputError, match=r"backbone\.onnx"):
        run(project, TrainRequest(resume_run=1))
    kept.write_bytes(right)
    # The user's file is not asked for again.
    path.unlink()
    assert run(project, TrainRequest(resume_run=1)).status == "finished"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "class alone": ({"outputs": "class"}, "none of its outputs is a map of features"),
    "another size": ({"side": 224}, "the network takes pictures of 224 px alone"),
}


@pytest.mark.parametrize("how", REFUSED)
def test_a_file_that_does_not_fit_is_refused_before_a_run_is_made(project: Project, tmp_path: Path, how: str) -> None:
    wanted, cause = REFUSED[how]
    with pytest.raises(InputError, match=rf"net\.onnx: {cause}"):
        run(project, request(write_sample(tmp_path / "net.onnx", **wanted)))
    with pytest.raises(InputError, match=r"gone\.onnx: there is no such file"):
        run(project, request(tmp_path / "gone.onnx"))
    assert not project.runs()


def test_auto_with_a_file_is_the_combined_detector(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sample(tmp_path / "net.onnx")
    monkeypatch.chdir(tmp_path)
    run(project, request(Path("net.onnx"), "auto", input_px=128))
    made = project.run(1)
    assert made.detector == "combined"
    assert made.settings["detector"]["backbone"] == os.path.join(tmp_path, "net.onnx")


def test_a_detector_without_a_backbone_takes_no_file(project: Project, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="restore has none of this name"):
        run(project, TrainRequest(detector="restore", settings={"backbone": "net.onnx"}))

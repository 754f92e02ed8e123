from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.thresholds import Rule
from anomaly_gui.imaging.synthetic import SyntheticSettings
from anomaly_gui.jobs.demo import DemoReport, DemoRequest, demo, demo_request
from anomaly_gui.jobs.evaluate import evaluate
from anomaly_gui.jobs.run_settings import resolve_settings
from anomaly_gui.progress import Cancelled, CancelToken, EpochFinished, Event, Progress, ignore_events
from anomaly_gui.project.store import Project

DRAWING = SyntheticSettings(size_px=64, train_good=10, test_good=4, defects_per_kind=1)


def request(folder: Path, drawing: SyntheticSettings = DRAWING, epochs: int = 1) -> DemoRequest:
    settings = {"input_px": 32, "width": 4, "epochs": epochs, "minimum_steps": 1}
    return DemoRequest(folder=str(folder), drawing=drawing, settings=settings)


def made(folder: Path, drawing: SyntheticSettings = DRAWING) -> DemoReport:
    report = demo(request(folder, drawing), ignore_events, CancelToken())
    assert isinstance(report, DemoReport)
    return report


def test_a_demo_goes_from_nothing_to_figures_and_a_bundle(demo_project: Path) -> None:
    with Project.open(demo_project) as project:
        images = project.images()
        run = project.run(None)
        assert [image.label.kind for image in images].count("good") == 14
        assert {image.label.defect_type for image in images} == {None, "dot", "scratch", "stain", "area"}
        assert sum(image.mask_path is not None for image in images) == 4
        assert run.status == "finished"
        assert project.threshold(run.id) is not None
        assert len(project.exports()) == 1
    figures = json.loads((demo_project / "figures.json").read_text())
    assert (figures["n_good"], figures["n_defect"]) == (4, 4)
    assert figures["rule"] == "best-f1"
    assert 0 <= figures["pixel_auroc"] <= 1
    assert (demo_project / "exports" / "demo.anomaly").stat().st_size > 1000


def test_a_second_demo_only_reads_and_keeps_the_engineers_threshold(demo_project: Path) -> None:
    with Project.open(demo_project) as project:
        chosen = evaluate(project, None, threshold=7.5).threshold
    report = made(demo_project)
    assert report.seconds.keys() == {"export"}
    assert report.evaluation.threshold == chosen == 7.5
    assert made(demo_project).seconds == {}


def test_a_bundle_that_was_removed_is_written_again(demo_project: Path) -> None:
    (demo_project / "exports" / "demo.anomaly").unlink()
    made(demo_project)
    assert (demo_project / "exports" / "demo.anomaly").exists()


@pytest.mark.parametrize("phase", ["Drawing parts", "Importing", "Training"])
def test_a_demo_that_was_stopped_goes_on(tmp_path: Path, phase: str) -> None:
    token = CancelToken()

    def stop(event: Event) -> None:
        in_training = isinstance(event, EpochFinished) and phase == "Training"
        if in_training or (isinstance(event, Progress) and event.phase == phase):
            token.cancel()

    folder = tmp_path / "demo"
    assert isinstance(demo(request(folder, epochs=3), stop, token), Cancelled)
    report = made(folder)
    assert report.evaluation.n_defect == 4
    with Project.open(folder) as project:
        assert len(project.images()) == DRAWING.image_count
        assert len(project.runs()) == 1


def test_a_project_of_the_users_is_refused_and_left_as_it_was(demo_project: Path) -> None:
    (demo_project / "images" / "synthetic.json").unlink()
    before = (demo_project / "project.db").read_bytes()
    with pytest.raises(InputError, match="images of its own"):
        made(demo_project)
    assert (demo_project / "project.db").read_bytes() == before


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch()
    with pytest.raises(InputError, match="is not empty"):
        made(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_other_settings_than_last_time_are_refused(demo_project: Path) -> None:
    with pytest.raises(InputError, match="other settings"):
        made(demo_project, msgspec.structs.replace(DRAWING, seed=3))


def test_the_rule_of_the_request_sets_the_threshold(tmp_path: Path) -> None:
    asked = msgspec.structs.replace(request(tmp_path / "demo"), rule=Rule(name="good-max-plus"))
    report = demo(asked, ignore_events, CancelToken())
    assert isinstance(report, DemoReport)
    assert report.evaluation.rule == "good-max-plus"


def test_a_demo_of_large_parts_looks_by_tiles_and_a_small_one_does_not() -> None:
    small = demo_request("d", SyntheticSettings())
    large = demo_request("d", SyntheticSettings(size_px=5120))

    assert (small.detector, small.settings) == ("conv-ae", {})
    assert large.settings["tile_px"] == 256
    resolve_settings(large.detector, large.preset, large.settings)

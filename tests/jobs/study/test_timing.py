from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.export.runtime import BundleRuntime
from anomaly_gui.imaging.load import load
from anomaly_gui.jobs.evaluate import scored_images
from anomaly_gui.jobs.run_facts import RunFacts, load_facts
from anomaly_gui.jobs.score import load_detector, load_normalisers
from anomaly_gui.jobs.study import timing
from anomaly_gui.jobs.study.timing import time_scoring
from anomaly_gui.project.store import Project


@pytest.fixture
def project(demo_project: Path) -> Iterator[Project]:
    with Project.open(demo_project, read_only=True) as opened:
        yield opened


def facts(project: Project) -> RunFacts:
    return load_facts(project.run_folder(1))


def test_what_is_timed_gives_the_scores_of_app_and_bundle(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anomaly_gui.jobs.run_facts._BATCH_PIXELS", 3 * 32 * 32)
    scored = scored_images(project, 1)
    by_id = {image.id: image.path for image in project.images()}
    images = [load(by_id[number]) for number in scored.ids.tolist()]
    folder = project.run_folder(1)
    app = timing._App(load_detector(folder, facts(project)), folder, facts(project), load_normalisers(project, 1))
    np.testing.assert_allclose(app.score(images), scored.scores, rtol=1e-3)
    runtime = BundleRuntime.open(project.folder / "exports" / "demo.anomaly")
    np.testing.assert_allclose([runtime.run(image).score for image in images], scored.scores, rtol=1e-3)


def test_both_take_some_time_an_image(project: Project) -> None:
    found = time_scoring(project, project.run(1), facts(project), project.folder / "exports" / "demo.anomaly")
    assert found is not None
    assert 0 < found.app_ms < 1000
    assert 0 < found.runtime_ms < 1000


def test_without_a_readable_test_image_there_is_no_time(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "_decoded", lambda *_: [])
    assert time_scoring(project, project.run(1), facts(project), Path("none")) is None


def test_medians_leave_out_the_first_call_and_one_slow_one() -> None:
    calls = {"slow at first": 0, "steady": 0}

    def work(name: str, delays: dict[int, float]) -> None:
        calls[name] += 1
        time.sleep(delays.get(calls[name], 0.01))

    first, second = timing._take_turns(
        lambda: work("slow at first", {1: 0.3, 3: 0.3}), lambda: work("steady", {0: 0.0})
    )
    assert first < 0.1
    assert second < 0.1
    assert calls == {"slow at first": 6, "steady": 6}

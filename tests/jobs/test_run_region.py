from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anomaly_gui.detectors import registry
from anomaly_gui.detectors.backbone import package
from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle
from anomaly_gui.export.runtime import Inspection
from anomaly_gui.imaging.region import Region, Shape, region_mask
from anomaly_gui.jobs.evaluate import evaluate
from anomaly_gui.jobs.export import ExportReport, export
from anomaly_gui.jobs.import_images import ImportRequest, import_images
from anomaly_gui.jobs.inspect import inspect
from anomaly_gui.jobs.run_facts import load_facts
from anomaly_gui.jobs.run_region import outdated_region, require_region
from anomaly_gui.jobs.score import load_statistics, score
from anomaly_gui.jobs.train import TrainRequest, train
from anomaly_gui.progress import CancelToken, Event, Noted, ignore_events
from anomaly_gui.project.store import Project
from tests.jobs.tiny_project import make_project, quick, write

HEIGHT, WIDTH = 128, 160
REGION = Region(
    inside=(Shape("rectangle", ((0.0, 0.1), (0.6, 1.0))),), ignored=(Shape("rectangle", ((0.4, 0.1), (0.6, 0.4))),)
)
"""The left part, but for its upper right corner."""
DETECTORS: dict[str, dict[str, Any]] = {
    "conv-ae": {"input_px": 64, "width": 8, "epochs": 40, "patience": 40, "minimum_steps": 0, "learning_rate": 4e-3},
    "patch-memory": {"input_px": 128, "memory": 60, "layers": "10"},
    "combined": {"input_px": 128, "memory": 60},
    "isolation-forest": {"input_px": 128},
}


def part(number: int, *, scale: float = 1.0, defect: bool = False, litter: bool = False) -> np.ndarray:
    """Stripes; what lies right of the region is another jumble each time. A defect is a dark square in the region,
    litter a bright one outside of it."""
    rng = np.random.default_rng(number)
    unit = 0.5 + 0.15 * np.sin(np.arange(HEIGHT) / 6)[:, None] + rng.normal(0, 0.01, (HEIGHT, WIDTH))
    unit[:, 110:] = rng.random((8, 5)).repeat(16, axis=0).repeat(10, axis=1)
    if defect:
        unit[80:92, 30:42] = 0
    if litter:
        unit[20:60, 116:150] = 1
        unit[18:40, 70:90] = 1
    pixels = (np.clip(unit, 0, 1) * 255).astype(np.uint8)
    return pixels if scale == 1 else pixels.repeat(round(scale), axis=0).repeat(round(scale), axis=1)


def make_parts(folder: Path) -> Project:
    """Test images in pairs: without and with litter. Two training images are twice as large as the others."""
    data = folder / "data"
    for number in range(14):
        write(data / f"train/good/{number}.png", part(number, scale=2 if number < 2 else 1))
    for number, litter in ((0, False), (1, True)):
        write(data / f"test/good/{number}.png", part(50, litter=litter))
        write(data / f"test/hole/{number}.png", part(51, defect=True, litter=litter))
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[80:92, 30:42] = mask[20:60, 116:150] = 255
    write(data / "ground_truth/hole/0_mask.png", mask)
    project = Project.create(folder / "project")
    import_images(project, ImportRequest(dataset=str(data)), ignore_events, CancelToken())
    project.set_region(REGION)
    return project


def scores(project: Project) -> dict[str, float]:
    """Of the test images, by folder and name."""
    found = {}
    for one in evaluate(project, 1).images:
        assert one.score is not None
        found["/".join(Path(one.path).parts[-2:])] = one.score
    return found


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name in ("combined", "isolation-forest") else [])
        for name in DETECTORS
    ],
)
def test_litter_outside_the_region_changes_nothing_and_a_defect_inside_counts(name: str, tmp_path: Path) -> None:
    if registry.entry(name).needs_backbone and package.folder() is None:
        pytest.skip("weights not installed")
    with make_parts(tmp_path) as project:
        train(project, TrainRequest(detector=name, seed=1, settings=DETECTORS[name]), ignore_events, CancelToken())

        found = scores(project)
        assert found["good/0.png"] == pytest.approx(found["good/1.png"], rel=1e-5)
        assert found["hole/0.png"] == pytest.approx(found["hole/1.png"], rel=1e-5)
        # What judges images as wholes has learnt little from a dozen.
        assert found["hole/1.png"] > (1.0 if name == "isolation-forest" else 1.5) * max(found["good/0.png"], 1)

        facts = load_facts(project.run_folder(1))
        inside = facts.inside()
        assert facts.region == REGION
        assert inside is not None
        np.testing.assert_array_equal(inside, region_mask(REGION, facts.input_px, facts.input_px))
        statistics = load_statistics(project, 1)
        assert (statistics.histogram.sum(axis=1) == inside.sum()).all()
        assert (statistics.map_pixels == inside.size).all()
        # Of the two marked places the one outside is no part of the figures.
        marked = round(12 * 12 * inside.size / (HEIGHT * WIDTH))
        assert statistics.region_histogram.sum(axis=1).tolist() == pytest.approx([marked], rel=0.4)
        for image_id in statistics.image_ids.tolist():
            assert not project.run_folder(1).read_map(image_id)[~inside].any()
        _require_the_same_of_a_bundle(project, tmp_path / "part.anomaly")


def _require_the_same_of_a_bundle(project: Project, to: Path) -> None:
    report = export(project, 1, to, ignore_events, CancelToken())
    assert isinstance(report, ExportReport)
    assert report.largest_difference < 1e-4
    assert read_bundle(to).manifest.region == REGION
    expected = {one.path: one for one in evaluate(project, 1).images}
    inspected = list(inspect(to, [Path(path) for path in expected], ignore_events, CancelToken()))
    assert len(inspected) == len(expected) == 4
    for one in inspected:
        assert isinstance(one, Inspection)
        assert one.score == pytest.approx(expected[one.path].score, rel=1e-4, abs=1e-4)
        assert one.decision == expected[one.path].decision
        assert all(place.x < 0.6 * WIDTH + 2 for place in one.regions)


def test_a_region_that_covers_everything_scores_as_none_does_to_the_last_bit(tmp_path: Path) -> None:
    found = []
    for name, region in (("none", Region()), ("all", Region(inside=(Shape("rectangle", ((0.0, 0.0), (1.0, 1.0))),)))):
        with make_project(tmp_path / name) as project:
            project.set_region(region)
            train(project, quick(), ignore_events, CancelToken())
            found.append(load_statistics(project, 1))
            assert (load_facts(project.run_folder(1)).inside() is None) == (name == "none")
    for field in ("maximum", "mean", "top", "region_level", "histogram", "map_pixels", "peak_box", "largest_region"):
        np.testing.assert_array_equal(getattr(found[0], field), getattr(found[1], field))


def test_a_run_keeps_the_region_that_it_was_trained_with_and_says_so_when_another_is_drawn(tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        project.set_region(Region(inside=(Shape("rectangle", ((0.0, 0.0), (0.5, 1.0))),)))
        train(project, quick(), ignore_events, CancelToken())
        before = load_statistics(project, 1)
        assert outdated_region(project, 1) == ""

        project.set_region(Region())
        score(project, 1, ignore_events, CancelToken())

        assert "Train again to count by it" in outdated_region(project, 1)
        np.testing.assert_array_equal(load_statistics(project, 1).maximum, before.maximum)
        events: list[Event] = []
        export(project, 1, tmp_path / "part.anomaly", events.append, CancelToken())
        (note,) = (event for event in events if isinstance(event, Noted))
        assert "The bundle counts by the one it was trained with" in note.sentence
        project.undo()
        assert outdated_region(project, 1) == ""


@pytest.mark.parametrize("tiles", [{}, {"tile_px": 128}])
def test_a_region_that_leaves_nothing_is_refused_before_anything_is_trained(
    tmp_path: Path, tiles: dict[str, Any]
) -> None:
    with make_project(tmp_path) as project:
        whole = Shape("rectangle", ((0.0, 0.0), (1.0, 1.0)))
        project.set_region(Region(ignored=(whole,)))
        with pytest.raises(InputError, match="leaves no pixel"):
            train(project, quick(**tiles), ignore_events, CancelToken())
        assert not project.runs()


def test_a_region_smaller_than_a_pixel_of_the_input_is_refused(tmp_path: Path) -> None:
    settings = registry.entry("conv-ae").settings(input_px=32)
    speck = Region(inside=(Shape("rectangle", ((0.5, 0.5), (0.501, 0.501))),))
    with pytest.raises(InputError, match="32 × 32"):
        require_region(speck, settings, [])
    require_region(Region(), settings, [])

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anomaly_gui.export.bundle import read_bundle
from anomaly_gui.export.runtime import Inspection
from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.jobs import train as train_module
from anomaly_gui.jobs.evaluate import evaluate
from anomaly_gui.jobs.export import ExportReport, export
from anomaly_gui.jobs.import_images import ImportRequest, import_images
from anomaly_gui.jobs.inspect import inspect
from anomaly_gui.jobs.run_facts import load_facts
from anomaly_gui.jobs.score import load_detector, load_normalisers, load_statistics, score
from anomaly_gui.jobs.tile_scoring import tile_network
from anomaly_gui.jobs.train import train
from anomaly_gui.progress import Cancelled, CancelToken, Event, FileRefused, ignore_events
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.reduce import reduce
from anomaly_gui.scoring.tiled import combined, raw_levels
from anomaly_gui.training.dataset import read_pixels
from tests.jobs.tiny_project import quick, write

TILES: dict[str, Any] = {"learning_rate": 4e-3, "tile_px": 128, "scales": "1+1/2", "tile_overlap": 0.25}
HEIGHT, WIDTH = 200, 310


def part(number: int, height: int, width: int, *, defect: bool = False) -> np.ndarray:
    """Stripes with a little noise; a defect is a dark dot of 5 px."""
    rng = np.random.default_rng(number)
    rows = 0.5 + 0.2 * np.sin(np.arange(height) / 9)[:, None]
    unit = rows + rng.normal(0, 0.01, (height, width))
    if defect:
        unit[90:95, 250:255] = 0
    return (np.clip(unit, 0, 1) * 255).astype(np.uint8)


def make_large_project(folder: Path) -> Project:
    """Of mixed sizes: one good test image is smaller than a tile."""
    data = folder / "data"
    for number in range(8):
        write(data / f"train/good/{number}.png", part(number, HEIGHT, WIDTH + number))
    write(data / "test/good/0.png", part(20, HEIGHT, WIDTH))
    write(data / "test/good/1.png", part(21, 70, 90))
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[90:95, 250:255] = 255
    for number in range(2):
        write(data / f"test/dot/{number}.png", part(30 + number, HEIGHT, WIDTH, defect=True))
        write(data / f"ground_truth/dot/{number}_mask.png", mask)
    project = Project.create(folder / "project")
    import_images(project, ImportRequest(dataset=str(data)), ignore_events, CancelToken())
    return project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """With one trained run, number 1, that looks by tiles; tests leave its scores as they are."""
    with make_large_project(tmp_path_factory.mktemp("large")) as made:
        train_quickly(made)
        yield made


def train_quickly(project: Project) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_module, "_TILES_BY_GRADIENT", 128)
        train(project, quick(**TILES), ignore_events, CancelToken())


def expected_map(project: Project, image_id: int) -> np.ndarray:
    """The normalised map, computed once more from weights and normalisers."""
    facts = load_facts(project.run_folder(1))
    loaded = read_pixels(project.image(image_id))
    raws = raw_levels(loaded.pixels, 255, facts.tiled_view(), tile_network(load_detector(project.run_folder(1), facts)))
    made, _ = combined(raws, load_normalisers(project, 1), facts.scoring().smooth_sigma_px, None)
    return made


def test_a_tiled_run_scores_images_of_any_size_at_full_size(project: Project) -> None:
    statistics = load_statistics(project, 1)
    facts = load_facts(project.run_folder(1))

    assert facts.tiling is not None
    assert facts.tiling.factors == (1, 2)
    assert facts.input_px == 128
    assert len(load_normalisers(project, 1)) == 2
    for row, image_id in enumerate(statistics.image_ids.tolist()):
        image = project.image(image_id)
        made = expected_map(project, image_id)
        assert made.shape == (image.height, image.width)
        assert statistics.histogram[row].sum() == made.size
        assert statistics.maximum[row] == pytest.approx(made.max(), rel=1e-5)


def test_the_dots_are_the_highest_and_the_statistics_say_where_and_at_which_scale(project: Project) -> None:
    statistics = load_statistics(project, 1)
    labels = {image.id: image.label.kind for image in project.images()}
    defective = np.array([labels[key] == "defect" for key in statistics.image_ids.tolist()])

    assert evaluate(project, 1).auroc == 1.0
    assert statistics.has_mask[defective].all()
    assert set(statistics.peak_factor[defective].tolist()) <= {1, 2}
    for x, y, width, height in statistics.peak_box[defective].tolist():
        assert x <= 252 < x + width
        assert y <= 92 < y + height
        assert width * height < 900


def test_decisions_come_from_exact_values_not_from_the_maps_that_are_drawn(project: Project) -> None:
    """Drawn with 8 bits, the highest values are cut off and the others rounded."""
    folder = project.run_folder(1)
    statistics = load_statistics(project, 1)
    scores = statistics.scores(load_facts(folder).scoring())
    _, upper = statistics.map_scale.tolist()

    for row, image_id in enumerate(statistics.image_ids.tolist()):
        drawn = folder.read_map_level(image_id, 1).astype(np.float32) * upper / 255
        exact = reduce(expected_map(project, image_id), load_facts(folder).scoring())
        assert scores[row] == pytest.approx(exact, rel=1e-5)
        assert abs(drawn.max() - min(exact, upper)) <= upper / 255
    before = evaluate(project, 1)
    for path in (folder.folder / "maps").glob("*.map.*"):
        path.rename(path.with_suffix(".away"))
    try:
        assert evaluate(project, 1) == before
    finally:
        for path in (folder.folder / "maps").glob("*.away"):
            path.rename(path.with_suffix(".png"))


def test_a_dot_survives_in_every_level_of_the_drawn_map(project: Project) -> None:
    folder = project.run_folder(1)
    image_id = next(image.id for image in project.images() if image.label.kind == "defect")

    assert folder.map_factors(image_id) == [1]  # Small enough already.
    assert folder.read_map(image_id).max() == 257 * int(folder.read_map_level(image_id, 1).max())
    image_id = 999
    rng = np.random.default_rng(0)
    large = rng.random((1100, 1300), np.float32)
    large[700, 900] = 5
    folder.write_large_map(image_id, large, 0, 5)
    assert folder.map_factors(image_id) == [1, 2, 4]
    for factor in (1, 2, 4):
        assert folder.read_map_level(image_id, factor)[700 // factor, 900 // factor] == 255
    assert folder.read_map(image_id).max() == 65535


def test_a_reconstruction_is_kept_at_the_size_of_the_image(project: Project) -> None:
    statistics = load_statistics(project, 1)
    for image_id in statistics.image_ids.tolist():
        image = project.image(image_id)
        drawn = project.run_folder(1).read_reconstruction(image_id)
        assert drawn.shape == (image.height, image.width, 1)
    assert 90 < drawn.mean() < 170


def test_what_lies_outside_the_region_neither_counts_nor_is_looked_at(tmp_path: Path) -> None:
    """The dots are in the right half, which is ignored."""
    with make_large_project(tmp_path) as project:
        project.set_region(Region(inside=(Shape("rectangle", ((0.0, 0.0), (0.5, 1.0))),)))
        train_quickly(project)

        statistics = load_statistics(project, 1)
        assert load_facts(project.run_folder(1)).region == project.region()
        assert (statistics.peak_box[:, 0] <= 156).all()
        for image_id in statistics.image_ids.tolist():
            assert not project.run_folder(1).read_map_level(image_id, 1)[:, 160:].any()


def test_scoring_again_gives_the_same_and_a_cancel_keeps_what_was(project: Project) -> None:
    before = load_statistics(project, 1)
    stopped = CancelToken()
    stopped.cancel()

    assert isinstance(score(project, 1, ignore_events, stopped), Cancelled)
    score(project, 1, ignore_events, CancelToken())

    np.testing.assert_array_equal(load_statistics(project, 1).maximum, before.maximum)


def test_the_bundle_tiles_and_decides_as_the_app_does(project: Project, tmp_path: Path) -> None:
    to = tmp_path / "part.anomaly"

    report = export(project, 1, to, ignore_events, CancelToken())

    assert isinstance(report, ExportReport)
    assert report.largest_difference < 1e-4
    manifest = read_bundle(to).manifest
    assert manifest.format == 2
    assert manifest.tiled is not None
    expected = {one.path: one for one in evaluate(project, 1).images}
    inspected = list(inspect(to, [Path(path) for path in expected], ignore_events, CancelToken()))
    assert len(inspected) == len(expected) == 4
    for one in inspected:
        assert isinstance(one, Inspection)
        assert one.score == pytest.approx(expected[one.path].score, rel=1e-4)
        assert one.decision == expected[one.path].decision
    strongest = max(inspected, key=lambda one: one.score if isinstance(one, Inspection) and one.score else 0.0)
    assert isinstance(strongest, Inspection)
    first = strongest.regions[0]
    assert first.x <= 252 < first.x + first.width
    assert first.y <= 92 < first.y + first.height


def test_a_file_that_is_gone_is_announced_and_the_rest_goes_on(project: Project) -> None:
    gone = next(image for image in project.images() if image.label.kind == "defect")
    away = Path(gone.path).rename(Path(gone.path).with_suffix(".away"))
    events: list[Event] = []
    try:
        report = score(project, 1, events.append, CancelToken())
    finally:
        away.rename(gone.path)

    assert not isinstance(report, Cancelled)
    assert report.refused == 1
    assert [event.path for event in events if isinstance(event, FileRefused)] == [str(gone.path)]

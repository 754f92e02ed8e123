from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle
from anomaly_gui.export.runtime import BundleRuntime, Inspection
from anomaly_gui.imaging.load import load
from anomaly_gui.imaging.region import Region, Shape, inside_of
from anomaly_gui.jobs.evaluate import evaluate, scored_images
from anomaly_gui.jobs.export import ExportReport, export
from anomaly_gui.jobs.import_images import ImportRequest, import_images
from anomaly_gui.jobs.inspect import inspect
from anomaly_gui.jobs.run_facts import load_facts
from anomaly_gui.jobs.run_registration import moves_of, registration_of
from anomaly_gui.jobs.score import load_detector, load_normalisers, load_statistics, score
from anomaly_gui.jobs.score_origin import ScoreOrigins
from anomaly_gui.jobs.score_training import score_training
from anomaly_gui.jobs.study import timing
from anomaly_gui.jobs.train import TrainRequest, train
from anomaly_gui.jobs.verify import verify
from anomaly_gui.progress import CancelToken, EpochFinished, Event, Noted, ignore_events
from anomaly_gui.project.records import Threshold
from anomaly_gui.project.store import Project
from tests.imaging.moved_part import HEIGHT, WIDTH, moved_part
from tests.jobs.tiny_project import write

QUICK: dict[str, Any] = {"input_px": 64, "epochs": 10, "patience": 10, "minimum_steps": 0, "validation_share": 0.25}
TILES: dict[str, Any] = {"tile_px": 128, "scales": "1", "width": 4, "epochs": 2}
REGION = Region(inside=(Shape("rectangle", ((0.15, 0.15), (0.85, 0.8))),))


def random_move(number: int, share: float, degrees: float) -> tuple[float, float, float]:
    across, down, turned = np.random.default_rng(100 + number).uniform(-1, 1, 3)
    return across * share * WIDTH, down * share * HEIGHT, turned * degrees


def make_parts(
    folder: Path, *, share: float = 0.05, degrees: float = 0.0, train: int = 12, test: int = 6, stranger: bool = False
) -> Project:
    """Good and defective parts that lie shifted by up to *share* and turned by up to *degrees*, with masks; a
    *stranger* is a good test image that shows something else."""
    data = folder / "data"
    for number in range(train):
        write(data / f"train/good/{number:02d}.png", moved_part(number, *random_move(number, share, degrees)))
    for number in range(test):
        place = random_move(50 + number, share, degrees)
        write(data / f"test/good/{number}.png", moved_part(50 + number, *place))
        place = random_move(80 + number, share, degrees)
        shown = moved_part(80 + number, *place, defect=True)
        write(data / f"test/dent/{number}.png", shown)
        without = moved_part(80 + number, *place)
        mask = np.abs(shown.astype(int) - without)[:, :, 0] > 8
        write(data / f"ground_truth/dent/{number}_mask.png", mask.astype(np.uint8) * 255)
    if stranger:
        texture = np.random.default_rng(7).integers(0, 255, (HEIGHT, WIDTH)).astype(np.uint8)
        write(data / "test/good/stranger.png", texture)
    project = Project.create(folder / "project")
    import_images(project, ImportRequest(dataset=str(data)), ignore_events, CancelToken())
    return project


def fit(project: Project, *, detector: str = "linear-ae", events: list[Event] | None = None, **settings: Any) -> int:
    quick = {**QUICK, "network_px": 32} if detector == "linear-ae" else QUICK
    request = TrainRequest(detector=detector, seed=1, settings={**quick, **settings})
    return train(project, request, ignore_events if events is None else events.append, CancelToken()).run


@pytest.fixture
def turned(tmp_path: Path) -> Iterator[Project]:
    """With one trained run, number 1, that aligns parts which are shifted and turned, within a region of interest."""
    with make_parts(tmp_path, degrees=5, train=10, test=3, stranger=True) as project:
        project.set_region(REGION)
        fit(project, registration="shift and rotation")
        yield project


def test_defects_on_shifted_parts_are_told_better_with_registration(tmp_path: Path) -> None:
    with make_parts(tmp_path) as project:
        without = evaluate(project, fit(project))
        aligned = evaluate(project, fit(project, registration="shift"))
    assert without.auroc is not None
    assert aligned.auroc is not None
    assert without.auroc + 0.2 < aligned.auroc > 0.95
    assert without.pixel_auroc is not None
    assert aligned.pixel_auroc is not None
    assert without.pixel_auroc < aligned.pixel_auroc > 0.95, "masks lie where the maps have them"


def test_maps_masks_and_the_place_of_the_score_lie_where_the_image_has_the_defect(turned: Project) -> None:
    statistics, folder = load_statistics(turned, 1), turned.run_folder(1)
    origins = ScoreOrigins(load_facts(folder), statistics)
    defects = [image for image in turned.images() if image.label.kind == "defect"]
    for image in defects:
        assert image.mask_path
        rows, columns = np.nonzero(load(image.mask_path).pixels[:, :, 0])
        y, x = rows.mean() / HEIGHT, columns.mean() / WIDTH
        side = folder.read_map(image.id).shape[0]
        peak = np.unravel_index(np.argmax(folder.read_map(image.id)), (side, side))
        assert np.hypot((peak[0] + 0.5) / side - y, (peak[1] + 0.5) / side - x) < 0.04
        origin = origins.of(image)
        assert origin is not None
        left, top, width, height = origin.box
        assert left - 8 <= x * WIDTH <= left + width + 8
        assert top - 8 <= y * HEIGHT <= top + height + 8
    assert {int(key) for key in statistics.image_ids[statistics.has_mask]} == {image.id for image in defects}


def test_a_reconstruction_is_shown_where_the_image_has_the_part(turned: Project) -> None:
    folder = turned.run_folder(1)
    for image in (image for image in turned.images() if image.id in moves_of(folder)):
        drawn = folder.read_reconstruction(image.id)[:, :, 0].astype(float)
        seen = load(image.path).pixels[:, :, 0].reshape(64, 3, 64, 4).mean(axis=(1, 3))
        move = moves_of(folder)[image.id]
        counted = inside_of(move.region(REGION), 64, 64)
        assert counted is not None
        assert np.corrcoef(drawn[counted], seen[counted])[0, 1] > 0.9


def test_the_region_of_interest_goes_with_the_part(turned: Project) -> None:
    statistics, folder = load_statistics(turned, 1), turned.run_folder(1)
    moves = moves_of(folder)
    assert len(moves) > 6
    for image_id, histogram in zip(statistics.image_ids.tolist(), statistics.histogram, strict=True):
        region = moves[image_id].region(REGION) if image_id in moves else REGION
        inside = inside_of(region, 64, 64)
        assert inside is not None
        assert histogram.sum() == inside.sum()
        assert not folder.read_map(image_id)[~inside].any()


def test_images_that_cannot_be_aligned_are_told_and_scored_as_they_lie(tmp_path: Path) -> None:
    events: list[Event] = []
    with make_parts(tmp_path, train=8, test=1, stranger=True) as project:
        fit(project, registration="shift", epochs=2, events=events)
        stranger = next(image for image in project.images() if "stranger" in image.path)
        assert stranger.id in load_statistics(project, 1).image_ids
        assert stranger.id not in moves_of(project.run_folder(1))
    said = [event.sentence for event in events if isinstance(event, Noted)]
    assert said == ["Registration leaves 1 of 5 images as they are: 1 with too little in common with the reference."]


@pytest.mark.parametrize("reduction", ["max", "area"])
def test_a_bundle_scores_and_decides_as_the_app_does(turned: Project, tmp_path: Path, reduction: str) -> None:
    if reduction == "area":
        fit(turned, registration="shift", reduction="area")
    run = turned.run(None).id
    _require_the_same_of_a_bundle(turned, run, tmp_path / "part.anomaly")
    manifest = read_bundle(tmp_path / "part.anomaly").manifest
    assert manifest.registration == ("shift" if reduction == "area" else "shift and rotation")
    assert manifest.format == 1
    assert "reference.png" in manifest.contents


def _require_the_same_of_a_bundle(project: Project, run: int, to: Path) -> None:
    scores = scored_images(project, run).scores
    project.set_threshold(run, Threshold(float(np.median(scores)) + 1e-3))
    report = export(project, run, to, ignore_events, CancelToken())
    assert isinstance(report, ExportReport)
    assert report.largest_difference < 1e-4
    expected = {one.path: one for one in evaluate(project, run).images}
    inspected = list(inspect(to, [Path(path) for path in expected], ignore_events, CancelToken()))
    assert len(inspected) == len(expected) > 2
    for one in inspected:
        assert isinstance(one, Inspection)
        assert one.score == pytest.approx(expected[one.path].score, rel=1e-4, abs=1e-4)
        assert one.decision == expected[one.path].decision
    assert {one.decision for one in inspected if isinstance(one, Inspection)} == {"good", "defective"}


@pytest.mark.parametrize("by_tiles", [False, True])
def test_what_a_study_times_scores_as_the_app_does(tmp_path: Path, by_tiles: bool) -> None:
    with make_parts(tmp_path, train=8, test=2) as project:
        chosen = {"detector": "conv-ae", **TILES} if by_tiles else {}
        run = fit(project, registration="shift", **chosen)
        folder, scored = project.run_folder(run), scored_images(project, run)
        facts = load_facts(folder)
        app = timing._App(load_detector(folder, facts), folder, facts, load_normalisers(project, run))
        images = [load(project.image(number).path) for number in scored.ids.tolist()]
        np.testing.assert_allclose(app.score(images), scored.scores, rtol=1e-3)


def test_a_bundle_names_regions_where_the_image_has_the_defect(turned: Project, tmp_path: Path) -> None:
    export(turned, 1, tmp_path / "part.anomaly", ignore_events, CancelToken())
    runtime = BundleRuntime.open(tmp_path / "part.anomaly")
    for image in (image for image in turned.images() if image.label.kind == "defect"):
        assert image.mask_path
        rows, columns = np.nonzero(load(image.mask_path).pixels[:, :, 0])
        found = runtime.inspect(Path(image.path)).regions[0]
        assert abs(found.x + found.width / 2 - columns.mean()) < 8
        assert abs(found.y + found.height / 2 - rows.mean()) < 8


def test_tiles_are_cut_from_aligned_images_and_a_bundle_does_the_same(tmp_path: Path) -> None:
    with make_parts(tmp_path, degrees=4, train=8, test=2) as project:
        run = fit(project, detector="conv-ae", registration="shift and rotation", **TILES)
        folder, statistics = project.run_folder(run), load_statistics(project, run)
        moves = moves_of(folder)
        assert len(moves) == len(statistics.image_ids)
        for image_id, histogram in zip(statistics.image_ids.tolist(), statistics.histogram, strict=True):
            inside = inside_of(moves[image_id].region(Region()), HEIGHT, WIDTH)
            assert inside is not None
            assert histogram.sum() == inside.sum() < HEIGHT * WIDTH
        _require_the_same_of_a_bundle(project, run, tmp_path / "part.anomaly")


def test_scoring_again_and_scoring_training_images_use_the_kept_reference(turned: Project) -> None:
    folder = turned.run_folder(1)
    before, moves = load_statistics(turned, 1), moves_of(folder)
    Path(turned.images()[0].path).unlink()  # The first training image, which the reference was made of.
    score(turned, 1, ignore_events, CancelToken())
    np.testing.assert_array_equal(load_statistics(turned, 1).maximum, before.maximum)
    assert moves_of(folder) == moves
    score_training(turned, 1, ignore_events, CancelToken())
    learnt = {key for key, role in turned.roles(1).items() if role == "train"}
    assert len(learnt & moves_of(folder).keys()) == len(learnt) - 1
    assert {key: moves_of(folder)[key] for key in moves} == moves


def test_a_resumed_run_ends_as_one_that_was_not_stopped(tmp_path: Path) -> None:
    token = CancelToken()

    def stop(event: Event) -> None:
        if isinstance(event, EpochFinished) and event.epoch == 2:
            token.cancel()

    with make_parts(tmp_path, train=8, test=1) as project:
        settings = {**QUICK, "epochs": 5, "registration": "shift"}
        request = TrainRequest(detector="linear-ae", seed=1, settings=settings)
        train(project, request, ignore_events, CancelToken())
        stopped = train(project, request, stop, token)
        assert stopped.status == "cancelled"
        reference = project.run_folder(2).reference.read_bytes()
        train(project, TrainRequest(resume_run=2), ignore_events, CancelToken())
        whole, resumed = (load_facts(project.run_folder(number)) for number in (1, 2))
        assert project.run_folder(2).reference.read_bytes() == reference
    assert whole.reference_sha256 == resumed.reference_sha256 != ""
    assert whole.weights_sha256 == resumed.weights_sha256


def test_what_a_run_was_asked_for_is_part_of_it(tmp_path: Path) -> None:
    with make_parts(tmp_path, train=8, test=1) as project:
        fit(project, epochs=1)
        fit(project, epochs=1, registration="shift")
        plain, shifted = (load_facts(project.run_folder(number)) for number in (1, 2))
        assert project.run(2).settings["detector"]["registration"] == "shift"
        assert (plain.settings().registration, shifted.settings().registration) == ("none", "shift")
        assert plain.weights_sha256 != shifted.weights_sha256
        assert registration_of(project.run_folder(1), plain) is None
        assert not project.run_folder(1).reference.exists()
        assert not project.run_folder(1).moves.exists()


def test_a_missing_or_exchanged_reference_is_refused_by_name(turned: Project, tmp_path: Path) -> None:
    path = turned.run_folder(1).reference
    assert not [line for line in problems(turned) if "reference" in line]
    kept = path.read_bytes()
    path.write_bytes(kept + b"x")
    for attempt in (
        lambda: score(turned, 1, ignore_events, CancelToken()),
        lambda: export(turned, 1, tmp_path / "part.anomaly", ignore_events, CancelToken()),
    ):
        with pytest.raises(InputError, match=r"reference\.png: this is not the reference.*train again"):
            attempt()
    assert not (tmp_path / "part.anomaly").exists()
    assert [line for line in problems(turned) if "reference.png" in line]
    path.unlink()
    with pytest.raises(InputError, match=r"reference\.png: the run's reference for registration is missing"):
        score(turned, 1, ignore_events, CancelToken())


def problems(project: Project) -> tuple[str, ...]:
    report = verify(project.folder)
    return getattr(report, "problems", ())


def test_damaged_moves_are_refused_by_name(turned: Project) -> None:
    turned.run_folder(1).moves.write_bytes(b'{"1": 5}')
    with pytest.raises(InputError, match=r"moves\.json: the file is damaged.*Score the run again"):
        moves_of(turned.run_folder(1))


def test_without_an_image_to_make_the_reference_of_it_says_so(tmp_path: Path) -> None:
    with make_parts(tmp_path, train=8, test=1) as project:
        for image in project.images():
            if "train" in image.path:
                Path(image.path).unlink()
        with pytest.raises(InputError, match="good training images: none of them can be read"):
            fit(project, registration="shift")

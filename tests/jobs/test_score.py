from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import safetensors.numpy
import torch

from anomaly_gui.errors import InputError
from anomaly_gui.jobs import run_facts
from anomaly_gui.jobs import score as score_module
from anomaly_gui.jobs.run_facts import load_facts
from anomaly_gui.jobs.score import (
    ScoreReport,
    load_detector,
    load_normaliser,
    load_statistics,
    preview_images,
    score,
)
from anomaly_gui.jobs.train import train
from anomaly_gui.progress import Cancelled, CancelToken, Event, FileRefused, Progress, ignore_events
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.normalise import apply, fit_normaliser
from anomaly_gui.scoring.smooth import smooth
from anomaly_gui.training.dataset import Preparation
from tests.jobs.tiny_project import make_project, quick


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """With one trained run, number 1."""
    with make_project(tmp_path) as made:
        train(made, quick(), ignore_events, CancelToken())
        yield made


def of_role(project: Project, role: str) -> list[int]:
    return [image for image, has in project.roles(1).items() if has == role]


def expected_maps(project: Project, sigma_px: float = 1.5) -> dict[int, np.ndarray]:
    """Smoothed maps, one image at a time, straight from the detector."""
    folder = project.run_folder(1)
    facts = load_facts(folder)
    detector = load_detector(folder, facts)
    preparation = Preparation(facts.input_px, facts.channels, facts.white_level)
    found = {}
    for number in of_role(project, "validation") + of_role(project, "test"):
        batch = torch.from_numpy(preparation.read(project.image(number)).pixels[None])
        found[number] = smooth(detector.predict(batch).anomaly_map[0].numpy(), sigma_px)
    return found


def contents(project: Project) -> dict[str, bytes]:
    """What lies in the run's folder; of safetensors the tensors, as their headers have no fixed order. How long it took
    is never the same."""
    found = {}
    for path in project.run_folder(1).folder.rglob("*"):
        if path.suffix == ".safetensors":
            tensors = safetensors.numpy.load_file(path)
            found |= {f"{path.name}/{name}": tensor.tobytes() for name, tensor in tensors.items()}
        elif path.is_file() and path.name != "timing.json":
            found[path.name] = path.read_bytes()
    return found


def test_statistics_are_those_of_normalised_smoothed_maps(project: Project) -> None:
    maps = expected_maps(project)
    held_out = of_role(project, "validation")
    normaliser = fit_normaliser((maps[number] for number in held_out), "place")
    kept = load_normaliser(project, 1)
    np.testing.assert_allclose(kept.mean, normaliser.mean, rtol=1e-4)
    np.testing.assert_allclose(kept.scale, normaliser.scale, rtol=1e-3)
    statistics = load_statistics(project, 1)
    assert set(statistics.image_ids.tolist()) == set(maps)
    for number, maximum in zip(statistics.image_ids.tolist(), statistics.maximum, strict=True):
        assert maximum == pytest.approx(apply(normaliser, maps[number]).max(), rel=1e-3)


def test_the_colour_scale_comes_from_held_out_good_images_alone(project: Project) -> None:
    statistics = load_statistics(project, 1)
    held_out = np.isin(statistics.image_ids, of_role(project, "validation"))
    reach = np.percentile(statistics.maximum[held_out], 90)
    assert statistics.display_scale.tolist() == pytest.approx([0, 2 * max(reach, 1)])


def test_every_scored_image_has_its_picture_and_its_map_on_the_run_s_scale(project: Project) -> None:
    folder, statistics = project.run_folder(1), load_statistics(project, 1)
    lower, upper = statistics.display_scale
    normaliser, maps = load_normaliser(project, 1), expected_maps(project)
    for number in statistics.image_ids.tolist():
        assert folder.read_reconstruction(number).shape == (32, 32, 1)
        shown = lower + folder.read_map(number) / 65535.0 * (upper - lower)
        expected = np.clip(apply(normaliser, maps[number]), lower, upper)
        np.testing.assert_allclose(shown, expected, atol=1e-3 * (upper - lower))


def test_a_detector_that_has_learnt_marks_the_defect_where_the_mask_is(tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        run = train(project, quick(epochs=60, patience=60, learning_rate=0.01), ignore_events, CancelToken()).run
        folder = project.run_folder(run)
        for image in project.images():
            if image.label.kind == "defect":
                shown = folder.read_map(image.id) / 65535
                # The mask is rows 15–20, columns 18–23 of 40: 12–17 and 14–19 of 32.
                assert shown[13:17, 15:19].mean() > 0.9
                # Learnt in bfloat16 or float32, as the processor has it: the rest stays well below.
                assert np.median(shown) < 0.75


def test_masks_split_the_statistics_of_defective_images(project: Project) -> None:
    statistics = load_statistics(project, 1)
    defects = {image.id for image in project.images() if image.label.kind == "defect"}
    assert {int(n) for n in statistics.image_ids[statistics.has_mask]} == defects
    assert {int(n) for n in statistics.region_image_ids} == defects
    assert statistics.region_histogram.sum(axis=1).tolist() == pytest.approx([25] * 4, abs=6)


def test_scoring_again_gives_the_same_files(project: Project) -> None:
    before = contents(project)
    report = score(project, 1, ignore_events, CancelToken())
    assert isinstance(report, ScoreReport)
    assert (report.images, report.refused) == (11, 0)
    assert contents(project) == before


def test_the_size_of_batches_changes_no_score(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_statistics(project, 1)
    monkeypatch.setattr(run_facts, "_BATCH_PIXELS", 3 * 32 * 32)
    score(project, 1, ignore_events, CancelToken())
    after = load_statistics(project, 1)
    assert np.array_equal(before.image_ids, after.image_ids)
    np.testing.assert_allclose(after.maximum, before.maximum, rtol=1e-3)


def test_held_out_maps_may_lie_on_disk_and_leave_nothing_there(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(project)
    monkeypatch.setattr(score_module, "_SPOOL_BYTES", 1)
    score(project, 1, ignore_events, CancelToken())
    assert contents(project) == before


def test_files_that_cannot_be_read_are_announced_and_the_rest_is_scored(project: Project) -> None:
    held_out, tested = of_role(project, "validation")[0], of_role(project, "test")[0]
    Path(project.image(held_out).path).unlink()
    Path(project.image(tested).path).write_bytes(b"no image")
    events: list[Event] = []
    report = score(project, 1, events.append, CancelToken())
    assert isinstance(report, ScoreReport)
    assert (report.images, report.refused) == (9, 2)
    refused = {event.path for event in events if isinstance(event, FileRefused)}
    assert refused == {project.image(held_out).path, project.image(tested).path}
    assert not {held_out, tested} & set(load_statistics(project, 1).image_ids.tolist())


def test_a_mask_that_does_not_fit_is_announced_and_left_out(project: Project) -> None:
    broken = next(image for image in project.images() if image.mask_path)
    assert broken.mask_path
    Path(broken.mask_path).write_bytes(cv2.imencode(".png", np.zeros((7, 7), np.uint8))[1].tobytes())
    events: list[Event] = []
    score(project, 1, events.append, CancelToken())
    assert [event.path for event in events if isinstance(event, FileRefused)] == [broken.mask_path]
    statistics = load_statistics(project, 1)
    assert not statistics.has_mask[statistics.image_ids == broken.id].any()


def test_without_any_held_out_image_it_says_so(project: Project) -> None:
    for number in of_role(project, "validation"):
        Path(project.image(number).path).unlink()
    with pytest.raises(InputError, match="held-out good images"):
        score(project, 1, ignore_events, CancelToken())


def test_an_image_relabelled_since_keeps_its_score(project: Project) -> None:
    """Figures after a relabelling are arithmetic on what is stored."""
    number = of_role(project, "test")[0]
    project.set_label([number], Label("defect", "stain"))
    score(project, 1, ignore_events, CancelToken())
    assert number in load_statistics(project, 1).image_ids


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_cancel_leaves_the_statistics_of_before(
    project: Project, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(run_facts, "_BATCH_PIXELS", 32 * 32)
    folder = project.run_folder(1)
    before = folder.statistics.read_bytes(), (folder.folder / "normaliser.safetensors").read_bytes()
    token = CancelToken()
    seen = 0

    def cancel_later(event: Event) -> None:
        nonlocal seen
        seen += isinstance(event, Progress)
        if seen >= after:
            token.cancel()

    monkeypatch.setattr(score_module, "RateMeter", _EveryStep)
    if after == 0:
        token.cancel()
    assert isinstance(score(project, 1, cancel_later, token), Cancelled)
    assert (folder.statistics.read_bytes(), (folder.folder / "normaliser.safetensors").read_bytes()) == before


class _EveryStep:
    """A meter that reports each update, whatever the time."""

    def __init__(self, phase: str, total: int, emit: object) -> None:
        self.phase, self.total, self.emit = phase, total, emit

    def update(self, done: int) -> None:
        self.emit(Progress(self.phase, done, self.total))  # type: ignore[operator]


def test_changed_weights_are_not_used(project: Project) -> None:
    path = project.run_folder(1).weights
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"weights\.safetensors.*does not match its hash"):
        score(project, 1, ignore_events, CancelToken())
    path.unlink()
    with pytest.raises(InputError, match="the run has no weights"):
        score(project, 1, ignore_events, CancelToken())


def test_a_damaged_or_missing_normaliser_is_refused_by_name(project: Project) -> None:
    path = project.run_folder(1).folder / "normaliser.safetensors"
    path.write_bytes(b"no tensors")
    with pytest.raises(InputError, match=r"normaliser\.safetensors"):
        load_normaliser(project, 1)
    path.unlink()
    with pytest.raises(InputError, match="no scores yet"):
        load_normaliser(project, 1)


def test_the_preview_is_of_two_good_and_two_defective_images_that_training_never_sees(
    project: Project,
) -> None:
    shown = preview_images(project, 1)
    assert [image.label.kind for image in shown] == ["good", "good", "defect", "defect"]
    assert {project.roles(1)[image.id] for image in shown[:2]} == {"validation"}
    assert len({image.id for image in shown}) == 4

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from anomaly_gui.detectors.registry import DETECTORS, PRESETS
from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.jobs.train import TrainReport
from anomaly_gui.progress import EpochFinished, Preview
from anomaly_gui.project.records import Image, Run, Threshold
from anomaly_gui.ui.models.run_table import COLUMNS
from anomaly_gui.ui.pages.train_state import (
    end_sentence,
    epoch_sentence,
    error_limits,
    figures_of,
    finished_banner,
    local_time,
    loss_points,
    lost_run,
    preset_sentence,
    preview_images,
    run_row,
    summarise,
)
from tests.ui.pages.scored_project import scored_project
from tests.ui.widgets.sample_images import DEFECT, UNLABELLED, image

EPOCH = EpochFinished(5, 40, 0.5, 0.25, 118.0, 100.0, True)


def parts(train: int = 20, good: int = 5, defects: int = 3) -> list[Image]:
    found = [image(n) for n in range(train)]
    found += [image(100 + n, split="test") for n in range(good)]
    return found + [image(200 + n, DEFECT, split="test") for n in range(defects)]


def run(number: int = 1, status: str = "finished", **others: Any) -> Run:
    return Run(
        id=number,
        name=f"{number:03d}-conv-ae",
        detector="conv-ae",
        preset="fast",
        seed=4,
        settings={"detector": {"width": 16}, "scoring": {}},
        status=status,  # type: ignore[arg-type]
        created_utc="2026-11-23T10:00:00+00:00",
        **others,
    )


def test_the_summary_counts_as_a_run_would() -> None:
    told = summarise([*parts(), image(300, UNLABELLED), image(301, excluded=True)], 0.15, 0)
    assert told.sentence == "20 good to train on (5 of them held out), 5 good and 3 defective to test."
    assert told.problem == told.warning == ""


@pytest.mark.parametrize(
    ("images", "words"),
    [
        ([], "Import images of good parts"),
        (parts(train=3), "at least 4 are needed"),
        ([*parts(), image(5, DEFECT, path="/other.png")], "same picture"),
    ],
)
def test_the_summary_says_why_training_cannot_start(images: list[Image], words: str) -> None:
    assert words in summarise(images, 0.15, 0).problem


def test_the_summary_warns_of_figures_that_will_be_missing() -> None:
    assert "Without defective images" in summarise(parts(defects=0), 0.15, 0).warning
    assert "Without good images" in summarise(parts(good=0), 0.15, 0).warning


def test_every_preset_says_what_it_comes_to() -> None:
    for name in DETECTORS:
        for preset in PRESETS:
            size = {**DETECTORS[name].presets.get(preset, {})}.get("input_px", DETECTORS[name].settings().input_px)
            pixels = f"{size} × {size} px" if size else "as suits the images"
            assert pixels in preset_sentence(name, preset, {})
    assert "64 × 64 px" in preset_sentence("conv-ae", "fast", {"input_px": 64})
    assert "Tiles of 256 × 256 px at scale 1+1/4" in preset_sentence("conv-ae", "fast", {"tile_px": 256})


def test_losses_come_back_from_a_run_folder() -> None:
    kept = [msgspec.to_builtins(EPOCH), {"epoch": "?"}, "damaged"]
    points, epochs = loss_points(kept)  # type: ignore[arg-type]
    assert [(p.epoch, p.training, p.validation, p.is_best) for p in points] == [(5, 0.5, 0.25, True)]
    assert epochs == 40


def test_an_epoch_in_words() -> None:
    assert epoch_sentence(EPOCH) == "epoch 5 of 40 · 118 images/s · about 2 min left"


def test_the_end_in_words() -> None:
    assert end_sentence("001", "finished", 12, 9, 65) == "Run 001 is trained: 12 epochs, the best was 9, 1 min 5 s."
    assert end_sentence("001", "cancelled", 0, 0, 1) == "Run 001 was stopped before its first epoch was over."


def preview(errors: np.ndarray, ids: tuple[int, ...] = (1, 2)) -> Preview:
    pictures = np.full((len(ids), 8, 8, 1), 0.5, np.float32)
    return Preview(1, ids, pictures, pictures * 0.5, errors.astype(np.float32))


def test_the_first_epoch_sets_the_scale_of_all_that_follow() -> None:
    images = {1: image(1), 2: image(2, DEFECT)}
    first = preview(np.linspace(0, 1, 128).reshape(2, 8, 8))
    limits = error_limits(first)
    assert limits == (pytest.approx(0.0033, abs=1e-4), pytest.approx(0.99, abs=0.01))
    # Errors that are as far from one limit as from the other, in decades.
    middle = np.sqrt(limits[0] * limits[1])
    later = preview_images(preview(np.full((2, 8, 8), middle)), images, limits)
    assert later[0].error is not None
    assert later[0].error.mean() == pytest.approx(0.5, abs=0.01)
    assert [(column.caption, column.is_good) for column in later] == [("good", True), ("crack", False)]
    assert later[0].original[0, 0] == 128
    assert later[0].reconstruction is not None
    assert later[0].reconstruction[0, 0] == 64


def test_maps_that_are_not_finite_do_not_spoil_the_scale() -> None:
    low, high = error_limits(preview(np.full((2, 8, 8), np.nan)))
    assert 0 < low < high
    low, high = error_limits(preview(np.zeros((2, 8, 8))))
    assert 0 < low < high


def test_images_that_are_gone_are_left_out_of_the_preview() -> None:
    assert len(preview_images(preview(np.zeros((2, 8, 8))), {2: image(2)})) == 1


def test_figures_at_the_threshold(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        found = figures_of(project, 1, Threshold(2.1))
    # Good: 1.0 1.5 2.0 2.5 3.5; defects: 1.2 2.2 3.0 5.0.
    assert (found.missed, found.defective, found.false_alarms, found.good) == (1, 4, 2, 5)
    assert found.f1 == pytest.approx(2 / 3)
    assert found.auroc == pytest.approx(13 / 20)
    cells = dict(zip((title for title, _ in COLUMNS), run_row(run(), found).cells, strict=True))
    assert (cells["AUROC"], cells["Missed"], cells["False alarms"]) == ("0.650", "1 of 4", "2 of 5")


def test_a_run_without_figures_shows_none() -> None:
    row = run_row(run(status="failed", message="The disk is full."), None)
    assert row.cells[:3] == ("001-conv-ae", "fast", "failed")
    assert row.cells[3:7] == ("", "", "", "")
    assert "The disk is full." in row.tip
    assert "seed 4" in row.tip


def test_only_the_newest_run_is_offered_for_resumption() -> None:
    assert lost_run([]) is None
    assert lost_run([run(1, "interrupted"), run(2)]) is None
    found = lost_run([run(2, "interrupted"), run(1)])
    assert found is not None
    assert found.id == 2


def test_times_are_those_of_this_pc() -> None:
    assert local_time("2026-11-23T10:00:00+00:00").startswith("2026-11-2")
    assert local_time("long ago") == "long ago"


def test_a_run_beside_another_is_compared_and_the_first_one_is_tuned() -> None:
    report = TrainReport(
        run=2,
        run_name="002-conv-ae",
        status="finished",
        epochs=3,
        best_epoch=2,
        seconds=1.0,
        images_per_s=9.0,
        scored=True,
    )
    assert finished_banner(report, [2])[0] == "threshold"
    name, text, button = finished_banner(report, [1, 2])
    assert (name, button) == ("compare", "Compare with the run before")
    assert text.startswith("Run 002-conv-ae is trained")


def test_the_summary_says_which_part_of_an_image_counts() -> None:
    left = Shape("rectangle", ((0.0, 0.0), (0.25, 1.0)))
    assert summarise(parts(), 0.15, 0).region == ""
    told = summarise(parts(), 0.15, 0, Region(inside=(left,)))
    assert told.region == "Only the region of interest counts: 25 % of each image."
    assert told.problem == ""
    assert "leaves nothing of an image" in summarise(parts(), 0.15, 0, Region((left,), (left,))).problem


def test_a_run_that_counts_by_another_region_says_so(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        assert run_row(run(), figures_of(project, 1, Threshold(2.1))).cells[2] == "finished"
        project.set_region(Region(inside=(Shape("rectangle", ((0.0, 0.0), (0.25, 1.0))),)))
        row = run_row(run(), figures_of(project, 1, Threshold(2.1)))
    assert row.cells[2] == "finished, old region"
    assert "Train again" in row.tip

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from anomaly_gui.detectors import registry
from anomaly_gui.detectors.backbone import package
from anomaly_gui.imaging.tile_proposal import propose_tiles
from anomaly_gui.jobs.tile_advice import keep_timing, pace_of, usual_size, with_tiles
from anomaly_gui.jobs.train import train
from anomaly_gui.progress import CancelToken, ignore_events
from tests.jobs.tiny_project import SIDE, make_project, quick

TILES = propose_tiles(5120, 5120, 5)


def test_the_usual_size_is_that_of_most_images_that_count(tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        images = project.images()
    odd = [msgspec.structs.replace(image, width=9000, height=10) for image in images[:3]]
    assert usual_size([*odd, *images[3:]]) == (SIDE, SIDE)
    assert usual_size([msgspec.structs.replace(odd[0], excluded=True), images[5]]) == (SIDE, SIDE)
    assert usual_size([]) is None


def test_auto_takes_a_detector_that_suits_tiles_and_every_other_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "folder", lambda: tmp_path)
    detector, settings = with_tiles("auto", {"memory": 9}, TILES)
    assert detector == "patch-memory"
    assert {"neighbourhood": 1, "tile_px": 256, "scales": "1+1/4", "memory": 9}.items() <= settings.items()
    detector, settings = with_tiles("conv-ae", {}, TILES)
    assert detector == "conv-ae"
    assert settings == TILES.settings


def test_what_was_chosen_otherwise_stays_and_whole_images_change_no_detector() -> None:
    assert with_tiles(registry.AUTO, {"tile_px": 0}, TILES)[0] == registry.AUTO
    assert with_tiles("conv-ae", {"tile_px": 128}, TILES)[1]["tile_px"] == 128
    assert with_tiles(registry.AUTO, {}, propose_tiles(640, 480, 8))[0] == registry.AUTO


def test_a_scored_run_tells_how_long_a_megapixel_took_and_one_that_was_not_measured_tells_nothing(
    tmp_path: Path,
) -> None:
    with make_project(tmp_path) as project:
        train(project, quick(tile_px=128, scales="1+1/4"), ignore_events, CancelToken())
        folder = project.run_folder(1)
        measured = pace_of(folder, (SIDE, SIDE))
        assert measured is not None
        assert measured.seconds_a_megapixel > 0
        keep_timing(folder, 10, 8.0)
        pace = pace_of(folder, (SIDE, SIDE))
        assert pace is not None
        assert (pace.run, pace.detector) == (project.run(1).name, "conv-ae")
        # One tile at each scale.
        assert pace.seconds_a_megapixel == pytest.approx(0.8 / (2 * 128 * 128 / 1e6))
        folder.timing.write_text("nonsense")
        assert pace_of(folder, (SIDE, SIDE)) is None
        folder.timing.unlink()
        assert pace_of(folder, (SIDE, SIDE)) is None

"""Parts of an image are prepared so that nothing of importance is lost, and never fail as a whole."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anomaly_gui.project.runs import RunFolder
from anomaly_gui.ui.widgets import picture_set
from anomaly_gui.ui.widgets.picture_set import (
    SMALLEST_LEVEL_PX,
    PictureRequest,
    PictureSet,
    load_pictures,
    map_picture,
    outline,
    picture,
)


def write_png(path: Path, pixels: np.ndarray) -> str:
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return str(path)


def test_smaller_copies_of_a_map_keep_a_single_bright_pixel() -> None:
    stored = np.zeros((2000, 1501), np.uint16)
    stored[1237, 1500] = 65535
    made = map_picture(stored)
    assert len(made.levels) == 5
    assert all(level.max() == 255 for level in made.levels)
    assert max(made.levels[-1].shape) <= SMALLEST_LEVEL_PX


def test_smaller_copies_of_an_image_are_averages() -> None:
    checks = np.indices((1200, 1200)).sum(axis=0) % 2 * 200
    made = picture(checks.astype(np.uint8)[:, :, None], 255)
    assert made.levels[0].max() == 200
    assert np.unique(made.levels[1]).tolist() == [100]


def test_twelve_bits_are_shown_up_to_the_cameras_white_and_told_in_full() -> None:
    made = picture(np.array([[[0], [2048], [4095]]], np.uint16), 4095)
    assert made.levels[0].tolist() == [[0, 128, 255]]
    assert made.value_at(0.5, 0.5) == (2048,)


def test_what_is_brighter_than_white_is_shown_white() -> None:
    assert picture(np.full((1, 1, 1), 60000, np.uint16), 4095).levels[0].tolist() == [[255]]


def test_values_outside_the_picture_are_none() -> None:
    made = picture(np.zeros((4, 4, 3), np.uint8), 255)
    assert made.value_at(1.0, 0.5) is None
    assert made.value_at(0.5, -0.01) is None
    assert made.value_at(0.999, 0.999) == (0, 0, 0)


@settings(max_examples=60, deadline=None)
@given(mask=arrays(np.bool_, st.tuples(st.integers(1, 7), st.integers(1, 7))))
def test_the_outline_holds_exactly_the_edges_between_masked_and_unmasked(mask: np.ndarray) -> None:
    drawn = set()
    for x0, y0, x1, y1 in outline(mask).tolist():
        assert (x0 == x1) != (y0 == y1), "segments are straight and not empty"
        if y0 == y1:
            drawn |= {("across", x, y0) for x in range(x0, x1)}
        else:
            drawn |= {("down", x0, y) for y in range(y0, y1)}
    inside = np.pad(mask, 1)
    height, width = mask.shape
    expected = {
        ("across", x, y) for y in range(height + 1) for x in range(width) if inside[y, x + 1] != inside[y + 1, x + 1]
    }
    expected |= {
        ("down", x, y) for y in range(height) for x in range(width + 1) if inside[y + 1, x] != inside[y + 1, x + 1]
    }
    assert drawn == expected


@pytest.fixture
def request_for(tmp_path: Path) -> PictureRequest:
    """An image with a mask, scored by a run at half its size."""
    image = np.full((40, 60), 90, np.uint8)
    mask = np.zeros((40, 60), np.uint8)
    mask[10:12, 20:25] = 255
    folder = RunFolder(tmp_path, "run-1")
    folder.make()
    folder.write_reconstruction(7, np.full((20, 20, 1), 0.5, np.float32))
    folder.write_map(7, np.full((20, 20), 3.0, np.float32), 0.0, 6.0)
    return PictureRequest(
        image_id=7,
        path=write_png(tmp_path / "part.png", image),
        size=(60, 40),
        white_level=255,
        mask_path=write_png(tmp_path / "part_mask.png", mask),
        project_folder=tmp_path,
        run_name="run-1",
    )


def test_all_parts_of_a_scored_image_are_read(request_for: PictureRequest) -> None:
    made = load_pictures(request_for)
    assert made.problems == ()
    assert made.size == (60, 40)
    assert made.original is not None
    assert made.original.value_at(0.5, 0.5) == (90,)
    assert made.reconstruction is not None
    assert made.reconstruction.value_at(0.5, 0.5) == (128,)
    assert made.anomaly_map is not None
    assert made.anomaly_map.value_at(0.5, 0.5) == (32768,)
    assert made.outline is not None
    assert len(made.outline) == 4


def test_a_deleted_image_still_shows_its_map_and_says_what_is_missing(request_for: PictureRequest) -> None:
    Path(request_for.path).unlink()
    made = load_pictures(request_for)
    assert made.original is None
    assert made.size == (60, 40)
    assert made.anomaly_map is not None
    assert any("part.png" in problem for problem in made.problems)


def test_a_mask_of_another_size_is_named_and_the_image_is_shown(request_for: PictureRequest, tmp_path: Path) -> None:
    write_png(tmp_path / "part_mask.png", np.zeros((5, 5), np.uint8))
    made = load_pictures(request_for)
    assert made.original is not None
    assert made.outline is None
    assert "part_mask.png" in made.problems[0]


def test_a_detector_without_reconstruction_is_no_problem(request_for: PictureRequest, tmp_path: Path) -> None:
    RunFolder(tmp_path, "run-1").reconstruction(7).unlink()
    made = load_pictures(request_for)
    assert made.reconstruction is None
    assert made.problems == ()


def test_a_large_map_is_shown_pixel_by_pixel_and_a_smaller_copy_is_kept_to_compute_with(
    request_for: PictureRequest, tmp_path: Path
) -> None:
    folder = RunFolder(tmp_path, "run-1")
    large = np.zeros((2100, 2300), np.float32)
    large[1500, 2000] = 6
    folder.write_large_map(7, large, 0.0, 6.0)

    stored = load_pictures(request_for).anomaly_map

    assert stored is not None
    assert stored.size == (2300, 2100)
    assert stored.values.shape == (1050, 1150, 1)
    assert [level.max() for level in stored.levels] == [255] * len(stored.levels)
    assert [level.shape for level in stored.levels[:3]] == [(2100, 2300), (1050, 1150), (525, 575)]
    assert stored.value_at(2000.5 / 2300, 1500.5 / 2100) == (65535,)
    assert stored.value_at(2001.5 / 2300, 1500.5 / 2100) == (0,)


def test_of_a_large_image_the_original_comes_before_the_rest(
    request_for: PictureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[PictureSet] = []
    load_pictures(request_for, begun.append)
    assert not begun
    monkeypatch.setattr(picture_set, "LARGE_PX", 60 * 40)

    made = load_pictures(request_for, begun.append)

    [first] = begun
    assert first.original is made.original
    assert (first.is_whole, first.anomaly_map, first.problems) == (False, None, ())
    assert made.is_whole

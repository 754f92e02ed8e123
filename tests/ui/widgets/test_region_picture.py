from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.ui.widgets.picture_set import PictureRequest
from anomaly_gui.ui.widgets.region_picture import FALSE, FOUND, MISSED, NEITHER, RegionPicture, load_region_picture


def request_of(folder: Path, side: int = 600) -> PictureRequest:
    """A grey image whose mask is its upper left 12 × 12 px; its map is 10 in one pixel of it and in one elsewhere."""
    pixels, mask = np.full((side, 2 * side), 90, np.uint8), np.zeros((side, 2 * side), np.uint8)
    mask[:12, :24] = 255
    for name, drawn in (("part.png", pixels), ("mask.png", mask)):
        (folder / name).write_bytes(cv2.imencode(".png", drawn)[1].tobytes())
    made = np.zeros((side, side), np.float32)
    made[3, 3] = made[side - 1, side - 1] = 10
    run = RunFolder(folder, "001")
    run.make()
    run.write_map(1, made, 0.0, 20.0)
    return PictureRequest(1, str(folder / "part.png"), (2 * side, side), 255, str(folder / "mask.png"), folder, "001")


def test_that_pixels_are_found_missed_or_false(tmp_path: Path) -> None:
    made = load_region_picture(request_of(tmp_path))
    assert max(made.stored.shape) <= 256
    assert made.shown.shape == (128, 256)
    classes = made.classes(9.5, (0.0, 20.0))
    assert classes is not None
    assert classes[-1, -1] == FALSE, "a single pixel survives being made small"
    assert (classes[0, 0], classes[2, 2], classes[50, 50]) == (FOUND, MISSED, NEITHER)
    higher = made.classes(10.5, (0.0, 20.0))
    assert higher is not None
    assert set(np.unique(higher)) == {NEITHER, MISSED}


def test_that_above_the_stored_scale_nothing_is_told() -> None:
    made = RegionPicture(np.zeros((2, 2), np.uint8), np.full((2, 2), 65535, np.uint16), np.zeros((2, 2), np.bool_))
    assert made.classes(20.1, (0.0, 20.0)) is None
    assert made.classes(20.0, (0.0, 20.0)) is not None


def test_that_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    request = request_of(tmp_path, 40)
    Path(request.path).unlink()
    with pytest.raises(InputError):
        load_region_picture(request)
    with pytest.raises(ValueError, match="mask"):
        load_region_picture(PictureRequest(1, request.path, (1, 1), 255))

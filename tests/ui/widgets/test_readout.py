"""The values below the mouse are those of the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from anomaly_gui.ui.widgets.picture_set import PictureRequest, PictureSet, map_picture, picture
from anomaly_gui.ui.widgets.readout import Readout, readout_at


def pictures(white_level: int = 255) -> PictureSet:
    """A 4 × 2 image with a map of half the resolution."""
    original = np.arange(8, dtype=np.uint16).reshape(2, 4, 1) * 100
    reconstruction = np.array([[[0], [255]]], np.uint8)
    stored = np.array([[0, 32768], [65535, 13107]], np.uint16)
    return PictureSet(
        PictureRequest(1, str(Path("a.png")), (4, 2), white_level),
        (4, 2),
        picture(original, white_level),
        picture(reconstruction, 255),
        map_picture(stored),
    )


def test_all_three_panes_are_told_at_the_same_place_of_the_part() -> None:
    told = readout_at(pictures(), 3.5, 0.2, -1.0, 9.0)
    assert told == Readout("x 3, y 0", "300", "255", "4.00")


def test_the_reconstruction_is_told_in_the_originals_grey_levels() -> None:
    assert readout_at(pictures(4095), 3.5, 0.2, 0.0, 1.0).reconstruction == "4095"


def test_errors_at_the_ends_of_the_scale_say_that_they_may_be_beyond() -> None:
    assert readout_at(pictures(), 0.5, 0.5, -1.0, 9.0).error == "≤ −1.00"
    assert readout_at(pictures(), 0.5, 1.5, -1.0, 9.0).error == "≥ 9.00"


def test_outside_the_image_there_is_nothing_to_tell() -> None:
    assert readout_at(pictures(), 4.0, 0.5, 0.0, 1.0) == Readout()
    assert readout_at(pictures(), -0.1, 0.5, 0.0, 1.0) == Readout()


def test_a_part_that_is_not_there_is_a_dash() -> None:
    bare = PictureSet(PictureRequest(1, "a.png", (4, 2), 255), (4, 2))
    assert readout_at(bare, 1, 1, 0.0, 1.0) == Readout("x 1, y 1", "–", "–", "–")

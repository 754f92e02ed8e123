"""The contour of an error map at a level, and a scale of its own."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from anomaly_gui.ui.widgets.map_shapes import contour_path, on_own_scale
from anomaly_gui.ui.widgets.picture_set import Picture, map_picture


@pytest.fixture
def stored() -> Picture:
    """A spot of half the scale's height at columns 4 to 7 and rows 2 and 3 of 16 × 8."""
    levels = np.zeros((8, 16), np.uint16)
    levels[2:4, 4:8] = 32768
    return map_picture(levels)


def test_the_contour_surrounds_what_reaches_the_level(stored: Picture) -> None:
    path = contour_path(stored, 5.0, (0.0, 10.0), (160, 80))
    assert path.boundingRect() == QRectF(40, 20, 40, 20)


@pytest.mark.parametrize("level", [5.1, 11.0, 0.0, -1.0])
def test_levels_that_nothing_reaches_or_that_the_map_cannot_tell_have_no_contour(stored: Picture, level: float) -> None:
    assert contour_path(stored, level, (0.0, 10.0), (160, 80)).isEmpty()


def test_a_scale_without_height_has_no_contour(stored: Picture) -> None:
    assert contour_path(stored, 1.0, (1.0, 1.0), (160, 80)).isEmpty()


def test_on_its_own_scale_the_worst_spot_is_brightest(stored: Picture) -> None:
    shown, top = on_own_scale(stored)
    assert int(shown.levels[0].max()) == 255
    assert top == pytest.approx(0.5, abs=1e-4)
    assert int(on_own_scale(map_picture(np.zeros((4, 4), np.uint16)))[0].levels[0].max()) == 0

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.preview_grid import PreviewGrid, PreviewImage, on_scale, to_levels


def column(grey: int, error: float, *, drawn: bool = True) -> PreviewImage:
    return PreviewImage(
        caption="good",
        is_good=True,
        tip="/parts/a.png",
        original=np.full((16, 16), grey, np.uint8),
        reconstruction=np.full((16, 16), 255 - grey, np.uint8) if drawn else None,
        error=np.full((16, 16), error, np.float32),
    )


@pytest.fixture
def grid(qtbot: QtBot) -> PreviewGrid:
    made = PreviewGrid()
    qtbot.addWidget(made)
    made.resize(520, 340)
    made.show()
    return made


def colour(grid: PreviewGrid, row: int, number: int) -> QColor:
    place = grid._cell(row, number).center()
    return grid.grab().toImage().pixelColor(place)


def test_each_image_is_a_column_and_each_kind_a_row(grid: PreviewGrid) -> None:
    grid.set_images([column(40, 0.0), column(200, 1.0)])
    assert colour(grid, 0, 0).red() == 40
    assert colour(grid, 0, 1).red() == 200
    assert colour(grid, 1, 0).red() == 215
    assert colour(grid, 2, 0).lightness() < 20
    assert colour(grid, 2, 1).lightness() > 150


def test_without_a_reconstruction_its_place_stays_empty(grid: PreviewGrid) -> None:
    grid.set_images([column(40, 0.5, drawn=False)])
    background = grid.grab().toImage().pixelColor(grid.width() - 2, grid.height() - 2)
    assert abs(colour(grid, 1, 0).lightness() - background.lightness()) < 40


def test_all_cells_fit(grid: PreviewGrid) -> None:
    grid.set_images([column(1, 0.1)] * 4)
    for width, height in ((353, 222), (520, 340), (900, 300)):
        grid.resize(width, height)
        assert grid.rect().contains(grid._cell(2, 3))


def test_one_scale_for_all_maps() -> None:
    maps = np.stack([np.full((4, 4), level) for level in (0.5, 10.0, 900.0)]).astype(np.float32)
    maps[0, 0, :2] = np.nan, 0
    scaled = on_scale(maps, 1.0, 100.0)
    assert scaled[0, 1, 1] == scaled[0, 0, 1] == 0
    assert scaled[1, 1, 1] == pytest.approx(0.5)
    assert scaled[2, 1, 1] == 1
    assert scaled[0, 0, 0] == 1, "what is not a number is never shown calm"


def test_an_error_that_rounding_brought_below_zero_is_none() -> None:
    assert on_scale(np.array([[[-1e-8, 100.0]]], np.float32), 1.0, 100.0).tolist() == [[[0.0, 1.0]]]


def test_pictures_become_bytes() -> None:
    grey = to_levels(np.full((3, 5, 1), 0.5, np.float32))
    assert grey.shape == (3, 5)
    assert grey[0, 0] == 128
    assert to_levels(np.full((3, 5, 3), 2.0, np.float32)).max() == 255

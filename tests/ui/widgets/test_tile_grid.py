from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.imaging.tiles import plan_tiles
from anomaly_gui.ui.widgets.tile_grid import HEIGHT_PX, TileGrid


@pytest.fixture
def grid(qtbot: QtBot) -> TileGrid:
    made = TileGrid()
    qtbot.addWidget(made)
    made.resize(HEIGHT_PX, HEIGHT_PX)
    return made


def seen(grid: TileGrid) -> np.ndarray:
    """(H, W, 3) as painted."""
    picture = grid.grab().toImage().convertToFormat(grid.grab().toImage().Format.Format_RGB888)
    bits = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    return bits[:, : 3 * picture.width()].reshape(picture.height(), picture.width(), 3).astype(int)


def test_lines_lie_where_one_tile_hands_over_to_the_next(grid: TileGrid) -> None:
    grid.set_picture(np.full((94, 94), 120, np.uint8))
    plain = seen(grid)
    grid.set_plan(plan_tiles(940, 940, 500, 0.1))
    changed = np.abs(seen(grid) - plain).sum(axis=2)
    # Two tiles a side; the lower right one is the whole one, and they meet in the middle.
    assert (changed[5:90, HEIGHT_PX // 2 - 2 : HEIGHT_PX // 2 + 2].max(axis=1) > 50).all()
    assert changed[20:70, 20:70].max() == 0


def test_tiles_outside_the_region_of_interest_are_dark_and_not_kept(grid: TileGrid) -> None:
    inside = np.zeros((100, 100), np.bool_)
    inside[:40, :40] = True
    grid.set_picture(np.full((100, 100), 200, np.uint8), inside)
    grid.set_plan(plan_tiles(1000, 1000, 500, 0.0))
    assert grid.kept.tolist() == [[True, False], [False, False]]
    picture = seen(grid)
    assert picture[30, 30].mean() > 190
    assert picture[30, HEIGHT_PX - 30].mean() < 120


def test_without_a_picture_it_says_why_at_the_same_height(grid: TileGrid) -> None:
    grid.set_message("Reading an image …")
    empty = seen(grid)
    assert not grid.has_picture
    assert np.ptp(empty[60:130]) > 50
    grid.set_picture(np.zeros((10, 2000), np.uint8))
    assert (grid.has_picture, grid.height()) == (True, HEIGHT_PX)

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.region_picture import FALSE, FOUND, MISSED, RegionPicture
from anomaly_gui.ui.widgets.region_tiles import COLOURS, RegionTile, RegionTiles


@pytest.fixture
def tiles(qtbot: QtBot) -> RegionTiles:
    made = RegionTiles()
    qtbot.addWidget(made)
    made.resize(300, 300)
    made.show()
    qtbot.waitExposed(made)
    made.set_tiles([RegionTile(n, f"crack {n}", f"part {n}") for n in range(20)])
    return made


def region_picture(side: int = 60) -> RegionPicture:
    """A left half that is marked, and an upper half that the mask has."""
    stored, mask = np.zeros((side, side), np.uint16), np.zeros((side, side), np.bool_)
    stored[:, : side // 2] = 40000
    mask[: side // 2] = True
    return RegionPicture(np.zeros((side, side), np.uint8), stored, mask)


def test_that_pictures_in_view_are_asked_for_once(tiles: RegionTiles) -> None:
    asked: list[list[int]] = []
    tiles.pictures_wanted.connect(asked.append)
    tiles.set_tiles(tiles.tiles)
    assert asked == [[0, 1, 2, 3]]
    tiles.set_pictures(dict.fromkeys(range(4), region_picture()))
    tiles.set_tiles(tiles.tiles)
    assert len(asked) == 1
    tiles.forget_pictures()
    tiles.set_tiles(tiles.tiles)
    assert len(asked) == 2


def test_that_found_missed_and_false_have_their_colours(tiles: RegionTiles) -> None:
    tiles.set_pictures(dict.fromkeys(range(4), region_picture()))
    tiles.set_level(0.5, (0.0, 1.0))
    QTest.qWait(150)
    drawn = tiles.grab().toImage()

    def hue(x: int, y: int) -> int:
        return drawn.pixelColor(x, y).hue()

    for kind, place in ((FOUND, (40, 30)), (MISSED, (110, 30)), (FALSE, (40, 100))):
        assert abs(hue(*place) - COLOURS[kind].hue()) <= 4, kind
    assert drawn.pixelColor(110, 100).saturation() == 0


def test_that_a_click_and_enter_open_the_image(tiles: RegionTiles) -> None:
    opened: list[int] = []
    tiles.image_chosen.connect(opened.append)
    QTest.mouseClick(tiles, Qt.MouseButton.LeftButton, pos=QPoint(200, 60))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(tiles, key)
    assert opened == [1, 4]
    assert 4 in [tile.image_id for tile in tiles.in_view], "it was brought into view"


def test_that_a_level_above_the_scale_or_a_missing_picture_is_said_and_none_is_an_empty_list(
    tiles: RegionTiles,
) -> None:
    tiles.set_pictures({0: region_picture(), 1: "gone"})
    tiles.set_level(2.0, (0.0, 1.0))
    QTest.qWait(150)
    assert not tiles.grab().isNull()
    tiles.set_tiles([], "No masks.")
    assert not tiles.in_view
    QTest.keyClick(tiles, Qt.Key.Key_Return)

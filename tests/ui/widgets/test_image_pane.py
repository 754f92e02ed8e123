"""One pane paints what it is given and tells what the mouse does."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.image_pane import BACKGROUND, ImagePane, layer_of, outline_path
from anomaly_gui.ui.widgets.picture_set import map_picture, picture
from anomaly_gui.ui.widgets.viewport import Viewport
from tests.ui.widgets.mouse import drag


@pytest.fixture
def pane(qtbot: QtBot) -> ImagePane:
    widget = ImagePane("Original")
    qtbot.addWidget(widget)
    widget.resize(200, 200)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def columns(width: int) -> np.ndarray:
    """Black and white columns in turn, (width, width, 1)."""
    return np.tile(np.arange(width) % 2 * 255, (width, 1)).astype(np.uint8)[:, :, None]


def test_colours_reach_the_screen_as_they_are(pane: ImagePane) -> None:
    pixels = np.zeros((10, 10, 3), np.uint8)
    pixels[:, :] = (200, 30, 90)
    pane.set_layers((layer_of(picture(pixels, 255), None, crisp_from=2),), (10, 10))
    pane.set_viewport(Viewport(20.0, 5.0, 5.0))
    assert pane.grab().toImage().pixelColor(100, 100) == QColor(200, 30, 90)


def test_an_image_of_odd_width_is_not_sheared(pane: ImagePane) -> None:
    pane.set_layers((layer_of(picture(columns(13), 255), None, crisp_from=2),), (13, 13))
    pane.set_viewport(Viewport(10.0, 6.5, 6.5))
    image = pane.grab().toImage()
    for row in (50, 100, 150):
        assert [image.pixelColor(35 + 5 + 10 * n, row).red() for n in range(4)] == [0, 255, 0, 255]


def test_pixels_are_squares_when_zoomed_in_and_smooth_before(pane: ImagePane) -> None:
    shown = picture(columns(10), 255)
    pane.set_viewport(Viewport(20.0, 5.0, 5.0))
    pane.set_layers((layer_of(shown, None, crisp_from=2),), (10, 10))
    crisp = pane.grab().toImage()
    pane.set_layers((layer_of(shown, None, crisp_from=100),), (10, 10))
    smooth = pane.grab().toImage()
    assert {crisp.pixelColor(x, 100).red() for x in range(200)} == {0, 255}
    assert len({smooth.pixelColor(x, 100).red() for x in range(200)}) > 5


def test_a_dot_of_a_huge_map_is_seen_when_zoomed_out(pane: ImagePane) -> None:
    stored = np.zeros((4096, 4096), np.uint16)
    stored[2049, 2049] = 65535
    table = [0xFF000000 | level << 16 for level in range(256)]
    pane.set_layers((layer_of(map_picture(stored), table, crisp_from=8),), (4096, 4096))
    pane.set_viewport(Viewport.fitted((4096, 4096), (200, 200)))
    image = pane.grab().toImage()
    brightest = max(image.pixelColor(x, y).red() for x in range(90, 110) for y in range(90, 110))
    assert brightest > 60


def test_outside_the_image_there_is_a_neutral_grey(pane: ImagePane) -> None:
    pane.set_layers((layer_of(picture(columns(4), 255), None, crisp_from=2),), (4, 4))
    pane.set_viewport(Viewport(10.0, 2.0, 2.0))
    assert pane.grab().toImage().pixelColor(5, 5) == BACKGROUND
    assert BACKGROUND.red() == BACKGROUND.green() == BACKGROUND.blue()


def test_a_message_is_painted_where_there_is_no_picture(pane: ImagePane) -> None:
    pane.set_layers((), (1, 1), "Not scored yet.")
    image = pane.grab().toImage()
    assert any(image.pixelColor(x, 100) != BACKGROUND for x in range(200))


def test_the_mark_of_a_neighbouring_pane_is_a_cross_around_the_place(pane: ImagePane) -> None:
    pane.set_viewport(Viewport(10.0, 10.0, 10.0))
    pane.set_mark((10.0, 10.0))
    image = pane.grab().toImage()
    assert image.pixelColor(106, 100) == QColor(255, 255, 255)
    assert image.pixelColor(100, 100) == BACKGROUND


def test_a_drag_tells_how_far_and_where(pane: ImagePane) -> None:
    moved: list[QPointF] = []
    places: list[QPointF] = []
    pane.panned.connect(moved.append)
    pane.pointed.connect(places.append)
    pane.set_viewport(Viewport(2.0, 50.0, 50.0))
    drag(pane, QPointF(100, 100), QPointF(140, 80), steps=4)
    assert sum(step.x() for step in moved) == 40
    assert sum(step.y() for step in moved) == -20
    assert (places[-1].x(), places[-1].y()) == (70.0, 40.0)


def test_segments_become_one_path() -> None:
    path = outline_path(np.array([[0, 0, 4, 0], [4, 0, 4, 3]], np.int32))
    assert path.elementCount() == 4
    assert (path.boundingRect().width(), path.boundingRect().height()) == (4.0, 3.0)

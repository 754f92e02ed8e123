from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.evaluation.regions import Region
from anomaly_gui.ui.widgets.image_pane import layer_of
from anomaly_gui.ui.widgets.overview_map import OverviewMap
from anomaly_gui.ui.widgets.picture_set import picture
from anomaly_gui.ui.widgets.viewport import Viewport

IMAGE = (4000, 2000)
PANE = QRect(10, 20, 400, 300)
WHOLE = Viewport.fitted(IMAGE, (400, 300))
PART = Viewport(1.0, 1000, 500)
DOT = Region(0.7, 0.2, 0.01, 0.01, 9.0, 0.75, 0.25)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(500, 400)
    return made


@pytest.fixture
def overview(window: QWidget, qtbot: QtBot) -> OverviewMap:
    made = OverviewMap(window)
    made.set_image(layer_of(picture(np.full((100, 200, 1), 90, np.uint8), 255), None, crisp_from=2), IMAGE)
    made.follow(PART, PANE)
    window.show()
    qtbot.waitExposed(window)
    return made


def test_it_is_shown_in_the_corner_only_where_a_part_of_a_large_image_is_seen(overview: OverviewMap) -> None:
    assert overview.isVisible()
    assert PANE.contains(overview.geometry())
    assert overview.width() == 2 * overview.height()
    overview.follow(WHOLE, PANE)
    assert not overview.isVisible()
    overview.set_image(layer_of(picture(np.full((100, 200, 1), 90, np.uint8), 255), None, crisp_from=2), (300, 200))
    overview.follow(PART, PANE)
    assert not overview.isVisible()
    overview.set_image(None, IMAGE)
    overview.follow(PART, PANE)
    assert not overview.isVisible()


def test_the_frame_is_what_the_panes_show(overview: OverviewMap) -> None:
    frame = overview.frame

    assert (frame.left(), frame.right()) == pytest.approx((800 / 4000, 1200 / 4000))
    assert (frame.top(), frame.bottom()) == pytest.approx((350 / 2000, 650 / 2000))


def test_regions_are_ringed_and_the_one_visited_has_a_colour_of_its_own(overview: OverviewMap) -> None:
    def ring() -> tuple[int, int, int]:
        at = QPoint(round(0.75 * overview.width()) + 4, round(0.25 * overview.height()))
        colour = overview.grab().toImage().pixelColor(at)
        return colour.red(), colour.green(), colour.blue()

    bare = ring()
    overview.set_regions([DOT], -1)
    found = ring()
    overview.set_regions([DOT], 0)

    assert bare[0] == bare[1] == bare[2]
    assert found[2] > found[0] + 40
    assert ring()[0] > ring()[1] + 40


def test_a_click_or_drag_asks_for_that_place_of_the_image(overview: OverviewMap, qtbot: QtBot) -> None:
    wanted: list[QPointF] = []
    overview.place_wanted.connect(wanted.append)

    qtbot.mouseClick(overview, Qt.MouseButton.LeftButton, pos=QPoint(overview.width() // 2, overview.height() // 2))
    qtbot.mouseClick(overview, Qt.MouseButton.RightButton, pos=QPoint(1, 1))

    assert len(wanted) == 1
    assert (wanted[0].x(), wanted[0].y()) == pytest.approx((2000, 1000), abs=40)

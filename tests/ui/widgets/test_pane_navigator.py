"""One pane, moved by wheel, drag and commands."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.image_pane import ImagePane
from anomaly_gui.ui.widgets.pane_navigator import PaneNavigator
from anomaly_gui.ui.widgets.viewport import Viewport
from tests.ui.widgets.mouse import drag


@pytest.fixture
def navigator(qtbot: QtBot) -> PaneNavigator:
    pane = ImagePane("Image")
    qtbot.addWidget(pane)
    pane.resize(200, 200)
    pane.show()
    qtbot.waitExposed(pane)
    made = PaneNavigator(pane)
    made.set_size((400, 100))
    return made


def test_an_image_is_fitted_until_the_user_moves_it(navigator: PaneNavigator) -> None:
    pane = navigator.parent()
    assert isinstance(pane, ImagePane)
    assert navigator.viewport == Viewport(0.5, 200, 50)
    pane.resize(400, 200)
    assert navigator.viewport == Viewport(1.0, 200, 50)
    navigator.zoom_in()
    pane.resize(200, 200)
    assert navigator.viewport.scale == 1.5
    navigator.set_size((400, 100))
    assert navigator.viewport.scale == 1.5
    navigator.set_size((100, 100))
    assert navigator.viewport == Viewport(2.0, 50, 50)


def test_commands_and_drags_move_and_zoom(navigator: PaneNavigator) -> None:
    pane = navigator.parent()
    assert isinstance(pane, ImagePane)
    navigator.show_full_size()
    before = navigator.viewport
    assert before.scale == 1.0
    drag(pane, QPointF(100, 100), QPointF(60, 90))
    after = navigator.viewport
    assert (after.centre_x, after.centre_y) == pytest.approx((before.centre_x + 40, before.centre_y + 10), abs=1)
    navigator.zoom_out()
    assert navigator.viewport.scale == pytest.approx(1 / 1.5)
    navigator.fit()
    assert navigator.viewport == Viewport(0.5, 200, 50)


def test_a_place_outside_is_moved_into_the_pane_and_one_inside_stays(navigator: PaneNavigator) -> None:
    navigator.show_full_size()
    before = navigator.viewport
    navigator.show_place(before.centre_x + 10, before.centre_y + 10)
    assert navigator.viewport == before
    navigator.show_place(390, 50)
    x, y = navigator.viewport.to_pane((390, 50), (200, 200))
    assert 100 < x < 200
    assert 0 < y < 200

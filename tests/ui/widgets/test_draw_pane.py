"""The pane tells where a tool goes, and paints anew only where something changed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QPaintEvent
from pytestqt.qtbot import QtBot

from anomaly_gui.imaging.mask_areas import Box
from anomaly_gui.ui.widgets.draw_pane import ADD, SUBTRACT, DrawPane
from anomaly_gui.ui.widgets.image_pane import BACKGROUND
from anomaly_gui.ui.widgets.viewport import Viewport
from tests.ui.widgets.mouse import drag, drag_to, press

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton


class Recorded(DrawPane):
    painted: QRect

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted = event.rect()
        super().paintEvent(event)


@pytest.fixture
def pane(qtbot: QtBot) -> Recorded:
    widget = Recorded("Image")
    qtbot.addWidget(widget)
    widget.resize(200, 200)
    widget.set_viewport(Viewport(2.0, 50.0, 50.0))
    widget.set_drawing(True)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_a_drag_draws_in_image_coordinates(pane: Recorded) -> None:
    told: list[tuple[str, float, float]] = []
    pane.pressed.connect(lambda at, way: told.append((f"press{way}", at.x(), at.y())))
    pane.dragged.connect(lambda at: told.append(("move", at.x(), at.y())))
    pane.released.connect(lambda at: told.append(("release", at.x(), at.y())))
    moved: list[QPointF] = []
    pane.panned.connect(moved.append)
    drag(pane, QPointF(100, 100), QPointF(140, 80), steps=2)
    assert told == [("press", 50, 50), ("move", 60, 45), ("move", 70, 40), ("release", 70, 40)]
    assert not moved
    pane.set_drawing(False)
    drag(pane, QPointF(100, 100), QPointF(140, 80), steps=2)
    assert len(told) == 4
    assert moved


@pytest.mark.parametrize(
    ("button", "modifier", "way"),
    [
        (LEFT, Qt.KeyboardModifier.NoModifier, ""),
        (LEFT, Qt.KeyboardModifier.ShiftModifier, ADD),
        (LEFT, Qt.KeyboardModifier.ControlModifier, SUBTRACT),
        (RIGHT, Qt.KeyboardModifier.NoModifier, SUBTRACT),
    ],
)
def test_the_hand_says_add_or_subtract(
    qtbot: QtBot, pane: Recorded, button: Qt.MouseButton, modifier: Qt.KeyboardModifier, way: str
) -> None:
    ways: list[str] = []
    pane.pressed.connect(lambda _at, said: ways.append(said))
    qtbot.mouseClick(pane, button, modifier, QPoint(50, 50))
    assert ways == [way]


def test_the_middle_button_moves_the_image_while_drawing(qtbot: QtBot, pane: Recorded) -> None:
    pressed: list[object] = []
    pane.pressed.connect(lambda *said: pressed.append(said))
    qtbot.mousePress(pane, MIDDLE, pos=QPoint(50, 50))
    with qtbot.waitSignal(pane.panned):
        qtbot.mouseMove(pane, QPoint(60, 60))
    qtbot.mouseRelease(pane, MIDDLE, pos=QPoint(60, 60))
    assert not pressed
    assert pane.cursor().shape() == Qt.CursorShape.CrossCursor


def test_only_the_changed_part_is_painted_anew(qtbot: QtBot, pane: Recorded) -> None:
    pane.repaint()
    pane.update_box(Box(40, 45, 44, 55))
    qtbot.waitUntil(lambda: pane.painted.width() < 60)
    assert pane.painted.contains(QRect(90, 80, 20, 8))
    assert pane.painted.width() < 40


def test_the_sketch_the_brush_and_the_cross_are_seen(pane: Recorded) -> None:
    pane.set_sketch([(10, 10), (40, 10), (40, 40)])
    pane.set_cross((70.5, 70.5))
    image = pane.grab().toImage()
    assert image.pixelColor(50, 20) != BACKGROUND
    assert image.pixelColor(141 + 8, 141) != BACKGROUND
    assert image.pixelColor(141 + 20, 141) == BACKGROUND
    pane.set_brush(20)
    assert pane.grab().toImage().pixelColor(141 + 20, 141) != BACKGROUND
    pane.set_sketch([])
    assert pane.grab().toImage().pixelColor(50, 20) == BACKGROUND


def test_a_tool_chosen_in_mid_stroke_ends_it(pane: Recorded) -> None:
    moves: list[object] = []
    pane.dragged.connect(moves.append)
    press(pane, QPointF(50, 50))
    pane.set_drawing(True)
    drag_to(pane, QPointF(60, 60))
    assert not moves

"""Mouse and keyboard draw the same."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from anomaly_gui.imaging.mask_edits import MaskEdits
from anomaly_gui.ui.pages.mask_drawing import MaskDrawing, ToolSettings
from anomaly_gui.ui.pages.mask_hand import MaskHand
from anomaly_gui.ui.widgets.draw_pane import DrawPane
from anomaly_gui.ui.widgets.pane_navigator import PaneNavigator
from tests.ui.widgets.mouse import drag


@pytest.fixture
def pane(qtbot: QtBot) -> DrawPane:
    made = DrawPane("Image")
    qtbot.addWidget(made)
    made.resize(400, 400)
    made.set_drawing(True)
    made.show()
    qtbot.waitExposed(made)
    return made


def hand(pane: DrawPane, settings: ToolSettings) -> tuple[MaskHand, MaskDrawing]:
    navigator = PaneNavigator(pane)
    navigator.set_size((100, 100))
    drawing = MaskDrawing(MaskEdits(np.zeros((100, 100), bool)), settings)
    made = MaskHand(pane, navigator, pane)
    made.take(drawing)
    return made, drawing


def test_a_stroke_by_mouse_and_the_same_by_keys(pane: DrawPane) -> None:
    made, drawing = hand(pane, ToolSettings(brush_px=1))
    drag(pane, QPointF(202, 202), QPointF(242, 202))
    by_mouse = drawing.edits.mask.copy()
    assert by_mouse.sum() == 11
    drawing.edits.undo()
    made.press_key()
    made.press_key()
    for _ in range(5):
        made.move_cross(1, 0)
    made.press_key()
    made.move_cross(0, 1)
    assert np.array_equal(drawing.edits.mask, by_mouse)


def test_the_cross_stays_on_the_image(pane: DrawPane) -> None:
    made, _ = hand(pane, ToolSettings())
    for _ in range(60):
        made.move_cross(-1, 1)
    assert pane.cross == (0.5, 99.5)


def test_the_mouse_takes_over_from_the_keys(pane: DrawPane) -> None:
    made, drawing = hand(pane, ToolSettings(tool="rectangle"))
    made.move_cross(0, 0)
    made.press_key()
    drag(pane, QPointF(10, 10), QPointF(30, 30))
    assert pane.cross is None
    assert drawing.edits.mask.sum() == 36
    made.move_cross(1, 0)
    assert drawing.edits.mask.sum() == 36


def test_without_a_drawing_nothing_happens(qtbot: QtBot, pane: DrawPane) -> None:
    made, _ = hand(pane, ToolSettings())
    made.take(None)
    with qtbot.assertNotEmitted(made.changed):
        made.press_key()
        made.move_cross(1, 1)
        made.finish()
        drag(pane, QPointF(10, 10), QPointF(30, 30))

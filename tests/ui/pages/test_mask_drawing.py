"""Tools turn presses, drags and clicks into changes of the mask."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_gui.imaging.mask_areas import NOWHERE
from anomaly_gui.imaging.mask_edits import MaskEdits
from anomaly_gui.ui.pages.mask_drawing import LARGEST_BRUSH_PX, MaskDrawing, Source, Tool, ToolSettings

SIZE = (20, 30)


def drawing(tool: Tool, source: Source = "grey", brush_px: int = 1) -> MaskDrawing:
    """Over an image that is bright in its right third, with a map of 10 × 10 px cells that is hot at the right."""
    shown = np.full(SIZE, 50, np.uint8)
    shown[:, 20:] = 100
    stored = np.array([[0, 0, 1000], [0, 600, 1000]], np.uint16)
    settings = ToolSettings(tool=tool, source=source, brush_px=brush_px)
    return MaskDrawing(MaskEdits(np.zeros(SIZE, bool)), settings, shown, stored)


def click(made: MaskDrawing, x: float, y: float, way: str = "") -> None:
    made.press((x, y), way)
    made.release((x, y))


def test_a_stroke_is_one_step_and_the_eraser_takes_away() -> None:
    made = drawing("brush")
    made.press((2.5, 3.5))
    made.move((9.5, 3.5))
    made.move((9.5, 8.5))
    made.release((9.5, 8.5))
    assert made.edits.mask.sum() == 8 + 5
    made.settings.tool = "eraser"
    made.press((2.5, 3.5))
    made.move((5.5, 3.5))
    made.release((5.5, 3.5))
    assert made.edits.mask.sum() == 9
    made.undo()
    made.undo()
    assert not made.edits.mask.any()
    assert made.undo() is None


def test_the_hand_says_whether_a_tool_adds_or_takes_away() -> None:
    made = drawing("rectangle")
    made.press((2.2, 2.2))
    made.move((5.0, 5.0))
    assert made.sketch == ([(2, 2), (6, 2), (6, 6), (2, 6)], True)
    made.release((8.1, 4.9))
    assert made.edits.mask.sum() == 7 * 3
    made.press((2.2, 2.2), "subtract")
    made.release((2.9, 9.9))
    assert made.edits.mask.sum() == 6 * 3
    made.settings.subtracts = True
    made.press((3.2, 2.2), "add")
    made.release((2.0, 2.2))
    made.press((8.2, 2.2))
    made.release((8.2, 2.2))
    assert made.edits.mask.sum() == 18 + 1 - 1


def test_a_polygon_is_closed_by_enter_or_near_its_first_corner_and_undo_takes_a_corner() -> None:
    made = drawing("polygon")
    for corner in ((2.0, 2.0), (12.0, 2.0), (25.0, 19.0)):
        made.press(corner)
        made.release(corner)
    assert made.undo() == NOWHERE
    made.press((12.0, 12.0))
    made.press((12.0, 12.0))
    made.press((2.0, 12.0))
    assert len(made.sketch[0]) == 4
    assert made.press((3.0, 2.5), reach=2) == (2, 2, 12, 12)
    assert made.edits.mask.sum() == 100
    made.press((15.0, 2.0))
    made.press((18.0, 2.0))
    assert made.finish() == NOWHERE
    assert not made.is_busy
    made.undo()
    assert not made.edits.mask.any()


def test_the_wand_takes_a_bright_part_and_its_slider_does_it_again() -> None:
    made = drawing("wand")
    made.settings.tolerance = 0
    click(made, 25, 3)
    assert made.edits.mask[:, 20:].all()
    assert made.edits.mask.sum() == 200
    made.settings.tolerance = 50
    assert made.adjust() == (0, 0, 20, 30)
    assert made.edits.mask.all()
    made.settings.tolerance = 10
    made.adjust()
    assert made.edits.mask.sum() == 200
    made.undo()
    assert not made.edits.mask.any()
    assert not made.wand_is_live
    assert made.adjust() == NOWHERE


def test_a_wand_that_changed_nothing_takes_no_earlier_step_back() -> None:
    made = drawing("brush", brush_px=5)
    click(made, 4.5, 4.5)
    drawn = made.edits.mask.copy()
    made.settings.tool = "wand"
    click(made, 25, 3, "subtract")
    made.settings.tolerance = 60
    made.adjust()
    assert not made.edits.mask.any()
    made.settings.tolerance = 1
    made.adjust()
    assert np.array_equal(made.edits.mask, drawn)


def test_the_wand_grows_on_the_error_map_from_the_value_clicked() -> None:
    made = drawing("wand", "map")
    click(made, 25, 3)
    assert made.edits.mask.sum() == 10 * 20 + 10 * 10
    made.settings.share_percent = 70
    made.adjust()
    assert made.edits.mask.sum() == 200


def test_fill_closes_an_outline_and_takes_a_region_away() -> None:
    made = drawing("polygon")
    made.settings.tool = "brush"
    made.press((5.5, 5.5))
    for corner in ((12.5, 5.5), (12.5, 12.5), (5.5, 12.5), (5.5, 5.5)):
        made.move(corner)
    made.release((5.5, 5.5))
    made.settings.tool = "fill"
    click(made, 8, 8)
    assert made.edits.mask.sum() == 64
    click(made, 8, 8, "subtract")
    assert not made.edits.mask.any()
    click(made, 8, 8, "subtract")
    click(made, -3, 8)
    assert not made.edits.mask.any()


def test_the_detectors_prediction_replaces_what_is_drawn() -> None:
    made = drawing("brush")
    click(made, 1.5, 1.5)
    made.start_from_map(600)
    assert made.edits.mask.sum() == 300
    assert not made.edits.mask[1, 1]
    made.undo()
    assert made.edits.mask.sum() == 1


def test_what_is_begun_is_dropped_by_escape_and_kept_when_the_image_is_left() -> None:
    made = drawing("brush")
    made.press((2.5, 3.5))
    made.move((9.5, 3.5))
    made.cancel()
    assert not made.edits.mask.any()
    made.press((2.5, 3.5))
    made.move((9.5, 3.5))
    made.settle()
    assert made.edits.mask.sum() == 8
    assert made.undo() is not None
    made.settings.tool = "polygon"
    for corner in ((2.0, 2.0), (12.0, 2.0), (12.0, 12.0)):
        made.press(corner)
    made.settle()
    assert made.edits.mask.any()


@pytest.mark.parametrize("start", [1, 3, 15, 501])
def test_the_brush_grows_and_shrinks_in_odd_steps_within_its_limits(start: int) -> None:
    settings = ToolSettings(brush_px=start)
    larger, smaller = settings.resized(1), settings.resized(-1)
    assert larger > start
    assert smaller < start or start == 1
    assert larger % 2 == smaller % 2 == 1
    assert settings.resized(100) == LARGEST_BRUSH_PX
    assert settings.resized(-100) == 1

"""Shapes of the region are put, taken, moved and bent, in pixels of whatever image is shown."""

from __future__ import annotations

import pytest

from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.ui.pages.region_drawing import RegionDrawing, RegionTool, RegionTools

SIZE = (100, 200)
PART = Shape("rectangle", ((0.1, 0.2), (0.6, 0.8)))
CLAMP = Shape("polygon", ((0.2, 0.3), (0.4, 0.3), (0.3, 0.5)))


def drawing(tool: RegionTool, region: Region | None = None) -> RegionDrawing:
    return RegionDrawing(region or Region((PART,), (CLAMP,)), RegionTools(tool), SIZE)


def drag(made: RegionDrawing, start: tuple[float, float], end: tuple[float, float], way: str = "") -> None:
    made.press(start, way, reach=3)
    made.move(end)
    made.release(end)


def flat(shape: Shape) -> list[float]:
    return [value for point in shape.points for value in point]


def test_a_rectangle_counts_or_is_ignored_in_shares_of_the_image() -> None:
    made = drawing("rectangle", Region())
    drag(made, (20, 20), (120, 80))
    assert made.region == Region((PART,))
    drag(made, (150, 50), (500, -20), "subtract")
    assert made.region.ignored == (Shape("rectangle", ((0.75, 0.5), (1.0, 0.0))),)
    made.tools.ignores = True
    drag(made, (0, 0), (10, 10))
    assert len(made.region.ignored) == 2
    before = made.region
    drag(made, (50, 50), (51, 90))
    assert made.region == before, "a click draws nothing"


def test_a_polygon_is_closed_at_its_first_corner_or_by_a_key() -> None:
    made = drawing("polygon", Region())
    for corner in ((40.0, 30.0), (80.0, 30.0), (60.0, 50.0), (41.0, 31.0)):
        made.press(corner, "subtract", reach=3)
    assert made.region == Region((), (CLAMP,))
    for corner in ((40.0, 30.0), (80.0, 30.0)):
        made.press(corner)
    assert made.drop_corner()
    made.finish()
    assert not made.is_busy
    assert made.region == Region((), (CLAMP,))


def test_a_shape_is_taken_moved_and_kept_inside_the_image() -> None:
    made = drawing("select")
    drag(made, (60, 40), (80, 40))
    assert made.selected == 1
    assert made.region.inside == (PART,)
    assert [x for x, _ in made.region.ignored[0].points] == pytest.approx([0.3, 0.5, 0.4])
    drag(made, (30, 70), (-500, 70))
    assert made.selected == 0
    assert flat(made.region.inside[0]) == pytest.approx([0.0, 0.2, 0.5, 0.8])
    drag(made, (199, 99), (150, 90))
    assert made.selected is None


@pytest.mark.parametrize(
    ("corner", "expected"),
    [
        ((20, 20), ((0.15, 0.3), (0.6, 0.8))),
        ((120, 20), ((0.1, 0.3), (0.65, 0.8))),
        ((120, 80), ((0.1, 0.2), (0.65, 0.9))),
        ((20, 80), ((0.15, 0.2), (0.6, 0.9))),
    ],
)
def test_each_corner_of_a_rectangle_can_be_dragged(
    corner: tuple[float, float], expected: tuple[tuple[float, float], ...]
) -> None:
    made = drawing("select", Region((PART,)))
    drag(made, corner, (corner[0] + 10, corner[1] + 10))
    assert flat(made.region.inside[0]) == pytest.approx([value for point in expected for value in point])


def test_a_polygons_corner_can_be_dragged_but_not_so_that_nothing_is_left() -> None:
    made = drawing("select", Region((), (CLAMP,)))
    drag(made, (60, 50), (60, 60))
    assert made.region.ignored[0].points[2] == pytest.approx((0.3, 0.6))
    before = made.region
    drag(made, (60, 60), (60, 30))
    assert made.region == before


def test_a_shape_is_removed_and_escape_puts_a_held_one_back() -> None:
    made = drawing("select")
    made.press((60, 40))
    made.move((90, 90))
    made.cancel()
    assert made.region == Region((PART,), (CLAMP,))
    made.remove_selected()
    assert made.region == Region((PART,))
    made.select_next()
    assert made.selected == 0
    assert len(made.sketch) == 5
    made.remove_selected()
    assert made.region.is_everything
    made.select_next()
    made.remove_selected()
    assert made.region.is_everything

"""Points enclosed by the mouse, moved and looked at, many of them at once."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.point_map import RECTANGLE, PointMap

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def shown(qtbot: QtBot) -> PointMap:
    """A 10 × 10 grid, ids 1 to 100 in rows from the bottom."""
    made = PointMap(lambda _: None, str)
    qtbot.addWidget(made)
    made.resize(500, 500)
    rows, columns = np.divmod(np.arange(100), 10)
    made.set_points(np.arange(1, 101), np.stack([columns, rows], axis=1).astype(np.float32))
    made.show()
    qtbot.waitExposed(made)
    return made


def drag(qtbot: QtBot, shown: PointMap, places: list[QPoint], modifier: Qt.KeyboardModifier) -> None:
    qtbot.mousePress(shown, LEFT, modifier, places[0])
    for place in places[1:]:
        qtbot.mouseMove(shown, place)
    qtbot.mouseRelease(shown, LEFT, modifier, places[-1])


def around(shown: PointMap, first: int, last: int) -> list[QPoint]:
    """A square track just outside of two points."""
    a, b = shown.place_of(first), shown.place_of(last)
    low, high = (
        QPoint(min(a.x(), b.x()) - 9, min(a.y(), b.y()) - 9),
        QPoint(max(a.x(), b.x()) + 9, max(a.y(), b.y()) + 9),
    )
    return [low, QPoint(high.x(), low.y()), high, QPoint(low.x(), high.y())]


NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def test_a_lasso_selects_what_it_encloses_and_shift_adds_and_ctrl_takes_away(qtbot: QtBot, shown: PointMap) -> None:
    with qtbot.waitSignal(shown.selection_changed):
        drag(qtbot, shown, around(shown, 1, 12), NONE)
    assert shown.selected == [1, 2, 11, 12]
    drag(qtbot, shown, around(shown, 100, 100), SHIFT)
    assert shown.selected == [1, 2, 11, 12, 100]
    drag(qtbot, shown, around(shown, 2, 12), CTRL)
    assert shown.selected == [1, 11, 100]


def test_a_rectangle_needs_two_corners_alone(qtbot: QtBot, shown: PointMap) -> None:
    shown.tool = RECTANGLE
    corners = around(shown, 45, 56)
    drag(qtbot, shown, [corners[0], corners[2]], NONE)
    assert shown.selected == [45, 46, 55, 56]


def test_a_click_selects_one_point_or_none(qtbot: QtBot, shown: PointMap) -> None:
    qtbot.mouseClick(shown, LEFT, NONE, shown.place_of(37))
    assert shown.selected == [37]
    qtbot.mouseClick(shown, LEFT, NONE, QPoint(3, 3))
    assert shown.selected == []


def test_zooming_keeps_the_point_under_the_mouse_and_fitting_shows_all_again(shown: PointMap) -> None:
    before = shown.place_of(12)
    shown.zoom(3.0, QPointF(before))
    assert (shown.place_of(12) - before).manhattanLength() <= 2
    assert not shown.rect().contains(shown.place_of(100))
    shown.fit()
    assert all(shown.rect().contains(shown.place_of(key)) for key in (1, 10, 91, 100))


def test_points_have_their_colour_and_those_not_chosen_step_back(shown: PointMap) -> None:
    shown.set_colours(range(1, 101), np.zeros(100, np.int64), [QColor("#ff0000")])
    place = shown.place_of(50)
    assert shown.draw().pixelColor(place) == QColor("#ff0000")
    shown.select([1])
    assert shown.draw().pixelColor(shown.place_of(1)) == QColor("#ff0000")
    assert shown.draw().pixelColor(place).green() > 100


def test_all_in_view_are_selected_by_key_and_escape_lets_them_go(qtbot: QtBot, shown: PointMap) -> None:
    qtbot.keyClick(shown, Qt.Key.Key_A, CTRL)
    assert len(shown.selected) == 100
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert shown.selected == []


def walk(qtbot: QtBot, shown: PointMap, to: QPoint) -> None:
    """With the arrow keys, a pixel at a time where steps are too long."""
    for key, back, way in (
        (Qt.Key.Key_Right, Qt.Key.Key_Left, lambda p: p.x()),
        (Qt.Key.Key_Down, Qt.Key.Key_Up, lambda p: p.y()),
    ):
        left = way(to) - way(shown.cross)
        for modifier, step in ((SHIFT, 72), (NONE, 12), (CTRL, 1)):
            times, rest = divmod(abs(left), step)
            for _ in range(times):
                qtbot.keyClick(shown, key if left > 0 else back, modifier)
            left = rest if left > 0 else -rest


def test_the_lasso_is_drawn_by_keys_as_by_the_mouse(qtbot: QtBot, shown: PointMap) -> None:
    qtbot.keyClick(shown, Qt.Key.Key_Space)
    for place in around(shown, 1, 12):
        walk(qtbot, shown, place)
        qtbot.keyClick(shown, Qt.Key.Key_Space)
    assert shown.selected == []
    with qtbot.waitSignal(shown.selection_changed):
        qtbot.keyClick(shown, Qt.Key.Key_Return)
    assert shown.selected == [1, 2, 11, 12]
    walk(qtbot, shown, shown.place_of(100))
    qtbot.keyClick(shown, Qt.Key.Key_Return, SHIFT)
    assert shown.selected == [1, 2, 11, 12, 100], "the nearest point, without a corner"
    shown.tool = RECTANGLE
    walk(qtbot, shown, around(shown, 2, 12)[0])
    qtbot.keyClick(shown, Qt.Key.Key_Space)
    walk(qtbot, shown, around(shown, 2, 12)[2])
    qtbot.keyClick(shown, Qt.Key.Key_Return, CTRL)
    assert shown.selected == [1, 11, 100]


def test_a_corner_set_by_key_stays_where_it_is_while_the_map_is_zoomed_and_is_taken_back(
    qtbot: QtBot, shown: PointMap
) -> None:
    qtbot.keyClick(shown, Qt.Key.Key_Space)
    corners = around(shown, 1, 12)
    walk(qtbot, shown, corners[0])
    qtbot.keyClick(shown, Qt.Key.Key_Space)
    qtbot.keyClick(shown, Qt.Key.Key_Plus)
    assert (shown.cross - corners[0]).manhattanLength() <= 2, "it is zoomed at the cross"
    qtbot.keyClick(shown, Qt.Key.Key_Minus)
    for place in (QPoint(corners[0].x(), 2), *corners[1:]):
        walk(qtbot, shown, place)
        qtbot.keyClick(shown, Qt.Key.Key_Space)
        if place.y() == 2:
            qtbot.keyClick(shown, Qt.Key.Key_Backspace)
    qtbot.keyClick(shown, Qt.Key.Key_Return)
    assert shown.selected == [1, 2, 11, 12]
    for _ in range(2):
        qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert (shown.cross, shown.selected) == (None, [])


@pytest.mark.benchmark
@pytest.mark.parametrize("count", [50_000, 100_000])
def test_panning_many_points_takes_less_than_a_frame_of_30_a_second(shown: PointMap, count: int) -> None:
    shown.resize(1600, 800)
    points = np.random.default_rng(0).normal(0, 1, (count, 2)).astype(np.float32)
    shown.set_points(np.arange(count), points)
    shown.set_colours(range(count), np.arange(count) % 5, [QColor.fromHsv(60 * n, 200, 200) for n in range(5)])
    took = []
    for step in range(40):
        started = time.thread_time()  # other programs' share of the processor is none of this
        shown.pan(QPointF(3, step % 3))
        shown.repaint()
        took.append(1000 * (time.thread_time() - started))
    print(f"\npan of {count:,} points: median {np.median(took):.1f} ms, p95 {np.percentile(took, 95):.1f} ms")
    assert np.median(took) <= 33

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.annotations.raster import bounding_box, mask_of, paint, place_of
from anomaly_gui.annotations.records import Box, Circle, Line, Points, Polygon, Region, Shape
from anomaly_gui.annotations.rle import encode
from tests.annotations.samples import ALL_SHAPES, shapes


def drawn(shape: Shape, height: int = 4, width: int = 5) -> list[str]:
    mask = mask_of([Region(shape)], height, width)
    return ["".join("#" if pixel else "." for pixel in row) for row in mask]


def test_a_box_between_whole_pixels_marks_exactly_these() -> None:
    assert drawn(Box(1, 1, 3, 4)) == [".....", ".##..", ".##..", ".##.."]


def test_an_outline_marks_the_pixels_whose_centre_it_holds() -> None:
    assert drawn(Polygon((((0, 0), (4, 0), (0, 4)),))) == ["###..", "##...", "#....", "....."]


def test_parts_are_united_and_one_outline_that_crosses_itself_is_not() -> None:
    square = ((0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (0.0, 3.0))
    inner = ((1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0))
    assert drawn(Polygon((square, inner)))[1] == "###.."
    ring = (*square, square[0], *inner, inner[0])
    assert drawn(Polygon((ring,)))[1] == "#.#.."


def test_circle_line_and_points() -> None:
    assert drawn(Circle((2.5, 2), (2.5, 3))) == [".....", "..#..", "..#..", "....."]
    assert drawn(Line(((0.5, 0.5), (3.5, 3.5)))) == ["#....", ".#...", "..#..", "...#."]
    assert drawn(Points(((0, 0), (5, 4), (2.9, 1.1)))) == ["#....", "..#..", ".....", "....#"]


@pytest.mark.parametrize(
    "shape",
    [
        Box(1.1, 1.1, 1.2, 1.2),
        Polygon((((1.1, 1.1), (1.2, 1.1), (1.2, 1.2)),)),
        Polygon((((1.6, 1.6), (1.8, 1.6), (1.8, 1.8)), ((3.0, 3.0), (3.0, 3.0), (3.0, 3.0)))),
        Circle((1.1, 1.1), (1.15, 1.1)),
    ],
)
def test_nothing_is_too_small_to_be_seen(shape: Shape) -> None:
    assert drawn(shape)[1][1] == "#"


def test_what_reaches_over_the_edge_is_cut_and_what_lies_outside_marks_nothing() -> None:
    assert drawn(Box(-10, -10, 2, 1)) == ["##...", ".....", ".....", "....."]
    assert drawn(Box(7, 7, 9, 9)) == ["....."] * 4
    assert place_of(Box(-10, -10, 2, 1), 4, 5) == "over the edge"
    assert place_of(Box(7, 7, 9, 9), 4, 5) == "outside"
    assert place_of(Box(0, 0, 5, 4), 4, 5) == "inside"
    assert drawn(Line(((-1e300, 0.5), (1e300, 0.5))))[0] == "#####"


@given(st.data(), st.integers(1, 8), st.integers(1, 8))
def test_every_shape_marks_pixels_within_its_box_and_only_there(data: st.DataObject, width: int, height: int) -> None:
    shape: Shape = data.draw(shapes(ALL_SHAPES, width, height, whole=False))  # type: ignore[assignment]
    mask = mask_of([Region(shape)], height, width)
    assert mask.any()
    around = bounding_box(shape)
    rows, columns = np.nonzero(mask)
    assert columns.min() >= min(np.floor(around.left), width - 1)
    assert rows.min() >= min(np.floor(around.top), height - 1)
    assert columns.max() <= around.right
    assert rows.max() <= around.bottom


@given(st.data())
def test_filling_agrees_with_asking_each_centre(data: st.DataObject) -> None:
    point = st.tuples(st.integers(-3, 12), st.integers(-3, 12))
    outline = data.draw(st.lists(point, min_size=3, max_size=7))
    expected = np.zeros((9, 10), bool)
    for row in range(9):
        for column in range(10):
            for (x1, y1), (x2, y2) in zip(outline, outline[1:] + outline[:1], strict=True):
                y = row + 0.5
                if min(y1, y2) <= y < max(y1, y2) and x1 + (y - y1) * ((x2 - x1) / (y2 - y1)) <= column + 0.5:
                    expected[row, column] ^= True
    if expected.any():
        np.testing.assert_array_equal(mask_of([Region(Polygon((tuple(outline),)))], 9, 10), expected)


def test_painting_keeps_what_lies_around() -> None:
    levels = np.full((4, 5), 7, np.uint8)
    paint(levels, Box(0, 0, 1, 1), 2)
    paint(levels, encode(np.eye(4, 5, 4, dtype=bool)), 3)
    assert levels[0].tolist() == [2, 7, 7, 7, 3]
    assert (levels[1:] == 7).all()

"""The region of interest as pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.region import (
    Region,
    Shape,
    checked_region,
    fill_outside,
    inside_of,
    inside_of_part,
    region_mask,
    region_share,
    shape_mask,
)

share = st.floats(0, 1)
points = st.lists(st.tuples(share, share), min_size=3, max_size=7)


def crossings(corners: list[tuple[float, float]], x: float, y: float) -> int:
    """Edges that a ray from (x, y) to the left crosses: the definition, one pixel at a time."""
    found = 0
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (y0 <= y) != (y1 <= y):
            found += x0 + (y - y0) * (x1 - x0) / (y1 - y0) <= x
    return found


@given(points, st.integers(1, 12), st.integers(1, 12))
def test_a_pixel_counts_if_its_centre_is_inside(corners: list[tuple[float, float]], height: int, width: int) -> None:
    # Off any grid of pixel centres, so that rounding decides nothing.
    corners = [(0.9 * x + 0.01 * 2**0.5, 0.9 * y + 0.01 * 3**0.5) for x, y in corners]
    mask = shape_mask(Shape("polygon", tuple(corners)), height, width)
    scaled = [(x * width, y * height) for x, y in corners]
    expected = [[crossings(scaled, x + 0.5, y + 0.5) % 2 == 1 for x in range(width)] for y in range(height)]
    assert mask.tolist() == expected


@given(st.integers(1, 40), st.integers(1, 40), share, share)
def test_shapes_that_share_an_edge_share_no_pixel_and_leave_none_out(
    height: int, width: int, across: float, down: float
) -> None:
    parts = [
        Shape("rectangle", ((x0, y0), (x1, y1)))
        for x0, x1 in ((0, across), (across, 1))
        for y0, y1 in ((0, down), (down, 1))
    ]
    counted = sum(shape_mask(part, height, width).astype(int) for part in parts)
    assert np.all(counted == 1)


def test_ignored_parts_are_taken_out_of_what_counts() -> None:
    left = Shape("rectangle", ((0.5, 1), (0, 0)))
    top = Shape("polygon", ((0, 0), (1, 0), (1, 0.5), (0, 0.5)))
    assert region_mask(Region(), 2, 4).all()
    assert region_mask(Region((left,)), 2, 4).tolist() == [[True, True, False, False]] * 2
    assert region_mask(Region((), (top,)), 2, 4).tolist() == [[False] * 4, [True] * 4]
    assert region_mask(Region((left,), (top,)), 2, 4).tolist() == [[False] * 4, [True, True, False, False]]
    assert region_mask(Region((left, top)), 2, 4).tolist() == [[True] * 4, [True, True, False, False]]


def test_corners_outside_the_image_are_moved_to_its_edge() -> None:
    region = Region((Shape("rectangle", ((-1, 0.5), (2, 9))),))
    assert checked_region(region) == Region((Shape("rectangle", ((0, 0.5), (1, 1))),))


@pytest.mark.parametrize(
    ("shape", "cause"),
    [
        (Shape("rectangle", ((0, 0), (1, 1), (0, 1))), "3 corners"),
        (Shape("polygon", ((0, 0), (1, 1))), "2 corners"),
        (Shape("rectangle", ((0.5, 0), (0.5, 1))), "encloses nothing"),
        (Shape("polygon", ((2, 0), (3, 1), (2, 1))), "encloses nothing"),
        (Shape("polygon", ((0, 0), (1, float("nan")), (0, 1))), "not a number"),
    ],
)
def test_shapes_that_enclose_nothing_are_refused(shape: Shape, cause: str) -> None:
    with pytest.raises(InputError, match=cause):
        checked_region(Region((), (shape,)))


LEFT = Region(inside=(Shape("rectangle", ((0.0, 0.0), (0.25, 1.0))),))


def test_without_a_region_an_image_is_left_as_it_is() -> None:
    image = np.random.default_rng(0).random((3, 8, 8), np.float32)
    assert inside_of(Region(), 8, 8) is None
    assert fill_outside(image, None) is image
    assert region_share(Region()) == 1


def test_what_is_outside_has_the_mean_of_what_is_inside_channel_by_channel() -> None:
    image = np.random.default_rng(0).random((3, 8, 8), np.float32)
    inside = inside_of(LEFT, 8, 8)
    assert inside is not None
    made = fill_outside(image, inside)
    assert made.dtype == np.float32
    np.testing.assert_array_equal(made[:, :, :2], image[:, :, :2])
    for channel in range(3):
        assert made[channel, :, 2:] == pytest.approx(image[channel, :, :2].mean())
    other = image.copy()
    other[:, :, 2:] = 1
    np.testing.assert_array_equal(fill_outside(other, inside), made)


def test_the_share_is_that_of_the_area() -> None:
    assert region_share(LEFT) == pytest.approx(0.25, abs=0.002)
    assert region_share(Region(LEFT.inside, LEFT.inside)) == 0


@given(points, st.integers(-9, 40), st.integers(-9, 40), st.integers(1, 20))
def test_what_counts_of_a_part_is_what_counts_there_of_the_whole(
    corners: list[tuple[float, float]], top: int, left: int, side: int
) -> None:
    corners = [(0.9 * x + 0.01 * 2**0.5, 0.9 * y + 0.01 * 3**0.5) for x, y in corners]
    region = Region(inside=(Shape("polygon", tuple(corners)),), ignored=(Shape("rectangle", ((0.2, 0.3), (0.4, 0.5))),))
    whole = np.pad(region_mask(region, 30, 37), 40)[40 + top : 40 + top + side, 40 + left : 40 + left + side]
    part = inside_of_part(region, 30, 37, top, left, side)
    assert part is not None
    assert part.tolist() == whole.tolist()
    assert inside_of_part(Region(), 30, 37, top, left, side) is None


def test_where_nothing_counts_the_whole_is_even() -> None:
    image = np.random.default_rng(0).random((1, 4, 4), np.float32)
    assert fill_outside(image, np.zeros((4, 4), np.bool_)) == pytest.approx(image.mean())

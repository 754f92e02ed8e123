"""What each drawing tool covers, held against its definition pixel by pixel."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.imaging.mask_areas import (
    NOWHERE,
    Area,
    Box,
    alike_area,
    brush_area,
    hole_area,
    map_area,
    polygon_area,
    rectangle_area,
    region_area,
)

SIZE = (20, 27)
place = st.tuples(st.floats(-8, 35), st.floats(-8, 28))
radius = st.integers(0, 8).map(lambda n: n + 0.5)


def on_mask(area: Area, size: tuple[int, int] = SIZE) -> np.ndarray:
    mask = np.zeros(size, bool)
    assert area.inside.shape == (area.box.bottom - area.box.top, area.box.right - area.box.left)
    mask[area.box.slices] = area.inside
    return mask


def distances(start: tuple[float, float], end: tuple[float, float]) -> np.ndarray:
    """Of every pixel's centre from the line between the middles of two pixels."""
    (ax, ay), (bx, by) = np.floor(start) + 0.5, np.floor(end) + 0.5
    y, x = np.mgrid[: SIZE[0], : SIZE[1]] + 0.5
    squared = (bx - ax) ** 2 + (by - ay) ** 2
    along = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / squared, 0, 1) if squared else np.zeros(SIZE)
    return np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))


@given(place, place, radius)
def test_a_stroke_covers_what_is_within_its_radius_of_the_line(
    start: tuple[float, float], end: tuple[float, float], wide: float
) -> None:
    covered, far = on_mask(brush_area(start, end, wide, SIZE)), distances(start, end)
    assert covered[far < wide - 1e-6].all()
    assert not covered[far > wide + 1e-6].any()


@given(st.integers(0, 26), st.integers(0, 19), radius)
def test_a_disc_is_symmetric_and_covers_its_centre(column: int, row: int, wide: float) -> None:
    size = (60, 60)
    disc = brush_area((column + 20.3, row + 20.9), (column + 20.3, row + 20.9), wide, size)
    assert on_mask(disc, size)[row + 20, column + 20]
    inside = disc.inside
    assert inside.shape[0] == inside.shape[1] == 2 * int(wide) + 1
    for turned in (inside.T, inside[::-1], inside[:, ::-1]):
        assert np.array_equal(turned, inside)


@given(st.lists(st.tuples(st.floats(0, 26.9), st.floats(0, 19.9)), min_size=2, max_size=6))
def test_a_fast_stroke_of_the_smallest_brush_has_no_gaps(points: list[tuple[float, float]]) -> None:
    mask = np.zeros(SIZE, bool)
    for start, end in pairwise(points):
        mask |= on_mask(brush_area(start, end, 0.5, SIZE))
    assert np.array_equal(on_mask(region_area(mask, points[0])), mask)


@given(st.lists(place, min_size=3, max_size=7))
def test_a_polygon_holds_the_pixels_whose_centre_is_inside(points: list[tuple[float, float]]) -> None:
    # Off any grid of pixel centres, so that rounding decides nothing.
    points = [(0.9 * x + 0.01 * 2**0.5, 0.9 * y + 0.01 * 3**0.5) for x, y in points]
    expected = np.zeros(SIZE, bool)
    for row, column in np.ndindex(SIZE):
        x, y, crossed = column + 0.5, row + 0.5, 0
        for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
            if (y0 <= y) != (y1 <= y):
                crossed += x0 + (y - y0) * (x1 - x0) / (y1 - y0) <= x
        expected[row, column] = crossed % 2
    assert np.array_equal(on_mask(polygon_area(points, SIZE)), expected)


@given(place, place)
def test_a_rectangle_reaches_from_pixel_to_pixel(start: tuple[float, float], end: tuple[float, float]) -> None:
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    left, right = sorted((np.floor(start[0]), np.floor(end[0])))
    top, bottom = sorted((np.floor(start[1]), np.floor(end[1])))
    expected = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
    assert np.array_equal(on_mask(rectangle_area(start, end, SIZE)), expected)


def reached(allowed: np.ndarray, at: tuple[int, int], *, corners: bool) -> np.ndarray:
    """Flooding as it is defined: neighbours, until nothing changes."""
    found = np.zeros_like(allowed)
    found[at] = allowed[at]
    while True:
        padded = np.pad(found, 1)
        steps = [(r, c) for r in (0, 1, 2) for c in (0, 1, 2) if corners or 1 in (r, c)]
        grown = allowed & np.any([padded[r : r + found.shape[0], c : c + found.shape[1]] for r, c in steps], axis=0)
        if np.array_equal(grown, found):
            return found
        found = grown


@given(st.integers(0, 2**32 - 1), st.integers(0, 120), st.sampled_from([1, 3]))
def test_the_wand_takes_connected_pixels_as_bright_as_the_one_clicked(seed: int, tolerance: int, channels: int) -> None:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (*SIZE, channels), np.uint8)
    shown = pixels[:, :, 0].copy() if channels == 1 else pixels
    before = shown.copy()
    row, column = int(rng.integers(SIZE[0])), int(rng.integers(SIZE[1]))
    near = np.abs(pixels.astype(int) - pixels[row, column].astype(int)).max(axis=2) <= tolerance
    area = alike_area(shown, (column + 0.4, row + 0.7), tolerance)
    assert np.array_equal(on_mask(area), reached(near, (row, column), corners=True))
    assert np.array_equal(shown, before)


@given(st.integers(0, 2**32 - 1))
def test_a_click_into_an_enclosed_area_fills_it_and_one_on_the_mask_its_holes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.random(SIZE) < 0.5
    row, column = int(rng.integers(SIZE[0])), int(rng.integers(SIZE[1]))
    filled = on_mask(hole_area(mask, (column + 0.5, row + 0.5)))
    if not mask[row, column]:
        assert np.array_equal(filled, reached(~mask, (row, column), corners=False))
    else:
        region = np.pad(reached(mask, (row, column), corners=True), 1)
        holes = ~region & ~reached(~region, (0, 0), corners=False)
        assert np.array_equal(filled, holes[1:-1, 1:-1])


@given(st.integers(0, 2**32 - 1), st.sampled_from([(20, 27), (40, 54), (31, 50), (7, 9)]), st.booleans())
def test_a_map_marks_the_pixels_over_its_cells(seed: int, size: tuple[int, int], connected: bool) -> None:
    rng = np.random.default_rng(seed)
    stored = rng.integers(0, 10, (8, 11)).astype(np.uint16)
    rows = ((np.arange(size[0]) + 0.5) * 8 / size[0]).astype(int)
    columns = ((np.arange(size[1]) + 0.5) * 11 / size[1]).astype(int)
    above = stored >= 6
    at = None
    if connected:
        y, x = int(rng.integers(size[0])), int(rng.integers(size[1]))
        at, cell = (x + 0.5, y + 0.5), (rows[y], columns[x])
        above = reached(above, (int(cell[0]), int(cell[1])), corners=True)
    assert np.array_equal(on_mask(map_area(stored, 6, size, at), size), above[rows[:, None], columns])


def test_nothing_is_covered_outside_the_image() -> None:
    assert brush_area((-50, 5), (-50, 9), 4.5, SIZE).box == NOWHERE
    assert polygon_area([(-5, -5), (-1, -5), (-1, -1)], SIZE).box == NOWHERE
    assert map_area(np.zeros((4, 4), np.uint16), 1, SIZE).box == NOWHERE


@pytest.mark.parametrize(("one", "other"), [(Box(1, 2, 3, 4), NOWHERE), (NOWHERE, Box(1, 2, 3, 4))])
def test_a_box_joined_with_nowhere_stays(one: Box, other: Box) -> None:
    assert one.joined(other) == Box(1, 2, 3, 4)
    assert Box(1, 2, 3, 4).joined(Box(0, 3, 2, 9)) == Box(0, 2, 3, 9)

"""Places of a map that stand out, worst first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from anomaly_gui.evaluation.regions import near_mask, worst_regions


def spots(*spots: tuple[int, int, float]) -> np.ndarray:
    made = np.zeros((20, 40), np.float32)
    for row, column, value in spots:
        made[row : row + 2, column : column + 3] = value
    return made


def test_regions_come_worst_first_with_their_place_and_size() -> None:
    first, second = worst_regions(spots((4, 10, 3.0), (12, 30, 5.0)))
    assert (first.peak, first.left, first.top) == (5.0, 30 / 40, 12 / 20)
    assert (first.width, first.height) == (3 / 40, 2 / 20)
    assert (second.peak, second.left) == (3.0, 10 / 40)


def test_a_weak_region_beside_a_strong_one_is_no_place_to_look_at() -> None:
    assert len(worst_regions(spots((4, 10, 1.0), (12, 30, 5.0)))) == 1


def test_a_region_stands_out_from_the_map_s_own_level() -> None:
    found = worst_regions(spots((4, 10, 5.0), (12, 30, 4.4)) + 4.0)
    assert [region.peak for region in found] == pytest.approx([9.0, 8.4])
    assert found[0].width == 3 / 40


def test_a_flat_map_has_no_regions() -> None:
    assert worst_regions(np.zeros((5, 5), np.float32)) == []
    assert worst_regions(np.full((5, 5), -1.0, np.float32)) == []


def test_what_is_not_finite_is_the_worst() -> None:
    made = spots((4, 10, 3.0))
    made[15, 35] = np.nan
    assert worst_regions(made)[0].peak_x == 35.5 / 40


def test_a_region_touches_a_mask_that_is_its_direct_neighbour() -> None:
    mask = np.zeros((20, 40), bool)
    mask[4:6, 13] = True
    near, far = worst_regions(spots((4, 10, 5.0), (12, 30, 3.0)), mask=mask)
    assert (near.touches, far.touches) == (True, False)


@given(hnp.arrays(np.float32, (9, 7), elements=st.floats(-2, 10, width=32)), st.integers(1, 6))
def test_regions_are_sorted_few_and_hold_their_peak(anomaly_map: np.ndarray, count: int) -> None:
    found = worst_regions(anomaly_map, count)
    assert len(found) <= count
    peaks = [region.peak for region in found]
    assert peaks == sorted(peaks, reverse=True)
    if anomaly_map.max() > 0:
        assert peaks[0] == anomaly_map.max()
    for region in found:
        assert region.left < region.peak_x < region.left + region.width
        assert region.top < region.peak_y < region.top + region.height


def test_near_a_mask_is_one_pixel_around_it() -> None:
    mask = np.zeros((5, 5), bool)
    mask[2, 2] = True
    assert near_mask(mask).sum() == 9

"""From the worst spot to the next worst region and around."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.evaluation.regions import Region
from anomaly_gui.ui.widgets.picture_set import map_picture
from anomaly_gui.ui.widgets.region_tour import RegionTour, view_of
from anomaly_gui.ui.widgets.viewport import Viewport


def test_the_tour_goes_from_worst_to_weakest_and_around() -> None:
    stored = np.zeros((40, 40), np.uint16)
    for place, level in ((5, 30000), (20, 60000), (35, 45000)):
        stored[place, place] = level
    tour = RegionTour()
    assert tour.go(1) is None
    tour.set_map(map_picture(stored))
    steps = [tour.go(direction) for direction in (1, 1, 1, 1, -1)]
    assert [round(40 * step.peak_x - 0.5) for step in steps if step] == [20, 35, 5, 20, 5]


def test_another_image_starts_at_its_worst_spot() -> None:
    tour = RegionTour()
    stored = np.zeros((8, 8), np.uint16)
    stored[1, 1], stored[6, 6] = 50000, 60000
    tour.set_map(map_picture(stored))
    tour.go(1), tour.go(1)
    tour.set_map(map_picture(stored[::-1]))
    step = tour.go(1)
    assert step is not None
    assert step.peak_y == pytest.approx(1.5 / 8)


@given(st.floats(0, 0.9), st.floats(0, 0.9), st.floats(0.001, 0.1), st.floats(0.001, 0.1))
def test_the_region_is_in_the_middle_and_the_view_no_smaller_than_the_whole(
    left: float, top: float, width: float, height: float
) -> None:
    region = Region(left, top, width, height, 1.0, left + width / 2, top + height / 2)
    image, pane = (2000, 1000), (300, 400)
    seen = view_of(region, image, pane)
    assert seen.scale >= Viewport.fitted(image, pane).scale
    assert seen.to_pane((region.peak_x * 2000, region.peak_y * 1000), pane) == pytest.approx((150, 200))

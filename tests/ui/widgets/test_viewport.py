"""Zooming and panning keep what the eye is on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.ui.widgets.viewport import MAX_SCALE, MIN_SHOWN_PX, Viewport

PANE = (400, 300)
IMAGE = (1000, 500)


def test_fitting_shows_the_whole_image_centred() -> None:
    fitted = Viewport.fitted(IMAGE, PANE)
    assert fitted.to_pane((0, 0), PANE) == pytest.approx((0, 50))
    assert fitted.to_pane(IMAGE, PANE) == pytest.approx((400, 250))


@given(factor=st.floats(1.0, 3.0), x=st.floats(0, 400), y=st.floats(50, 250), earlier=st.floats(1.0, 4.0))
def test_what_lies_below_the_mouse_stays_there_when_zooming_in(
    factor: float, x: float, y: float, earlier: float
) -> None:
    viewport = Viewport.fitted(IMAGE, PANE).zoomed(earlier, (200, 150), PANE, IMAGE)
    below = viewport.to_image((x, y), PANE)
    after = viewport.zoomed(factor, (x, y), PANE, IMAGE)
    # The middle of the pane never leaves the image; elsewhere the point must not move.
    if 0 < after.centre_x < IMAGE[0] and 0 < after.centre_y < IMAGE[1]:
        assert after.to_image((x, y), PANE) == pytest.approx(below, abs=1e-6)


@given(factor=st.floats(1e-6, 1e6))
def test_zooming_ends_before_the_image_is_lost_or_one_pixel_fills_the_pane(factor: float) -> None:
    after = Viewport.fitted(IMAGE, PANE).zoomed(factor, (10, 10), PANE, IMAGE)
    assert after.scale <= MAX_SCALE
    assert after.scale * max(IMAGE) >= MIN_SHOWN_PX * 0.999


def test_a_drag_moves_the_image_along_with_the_mouse() -> None:
    viewport = Viewport(2.0, 500.0, 250.0)
    moved = viewport.panned((30.0, -10.0), IMAGE)
    x, y = viewport.to_pane((480, 240), PANE)
    assert moved.to_pane((480, 240), PANE) == pytest.approx((x + 30, y - 10))


def test_a_wild_drag_does_not_lose_the_image() -> None:
    moved = Viewport(1.0, 500.0, 250.0).panned((1e6, -1e6), IMAGE)
    assert (moved.centre_x, moved.centre_y) == (0.0, 500.0)


@given(x=st.floats(-50, 450), y=st.floats(-50, 350))
def test_pane_and_image_coordinates_are_each_others_inverse(x: float, y: float) -> None:
    viewport = Viewport(1.7, 320.0, 77.0)
    assert viewport.to_pane(viewport.to_image((x, y), PANE), PANE) == pytest.approx((x, y), abs=1e-6)

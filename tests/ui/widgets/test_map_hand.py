"""A cross, its corners, and the ways back."""

from __future__ import annotations

from anomaly_gui.ui.widgets.map_hand import MapHand


def test_the_first_press_shows_the_cross_and_the_next_ones_set_corners_at_different_places() -> None:
    hand = MapHand()
    hand.press((1.0, 1.0))
    assert (hand.place, hand.track) == ((1.0, 1.0), [])
    hand.press((9.0, 9.0))
    hand.press((9.0, 9.0))
    assert hand.track == [(1.0, 1.0)]
    hand.place = (2.0, 1.0)
    assert hand.track == [(1.0, 1.0), (2.0, 1.0)], "as far as the cross"
    hand.press((9.0, 9.0))
    hand.drop_corner()
    assert hand.corners == [(1.0, 1.0)]


def test_stepping_back_drops_the_outline_then_the_cross_and_then_does_nothing() -> None:
    hand = MapHand()
    hand.press((0.0, 0.0))
    hand.press((0.0, 0.0))
    assert hand.step_back()
    assert (hand.place, hand.corners) == ((0.0, 0.0), [])
    assert hand.step_back()
    assert hand.place is None
    assert not hand.step_back()

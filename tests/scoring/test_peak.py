from __future__ import annotations

import numpy as np

from anomaly_gui.scoring.peak import peak_box


def test_the_region_of_the_peak_is_what_is_above_half_of_it_around_it() -> None:
    shown = np.zeros((40, 60), np.float32)
    shown[10:14, 20:23] = 6
    shown[12, 21] = 10
    shown[10:14, 23] = 4.9
    shown[30:35, 50:55] = 9

    assert peak_box(shown) == (20, 10, 3, 4)


def test_a_peak_far_inside_a_large_map_is_found_without_looking_at_all_of_it() -> None:
    shown = np.zeros((1300, 1400), np.float32)
    shown[1200:1205, 700:705] = 3

    assert peak_box(shown) == (700, 1200, 5, 5)


def test_a_map_without_anything_unusual_or_that_is_broken_has_a_single_pixel() -> None:
    flat = np.full((8, 9), -1, np.float32)
    assert peak_box(flat) == (0, 0, 1, 1)
    flat[3, 4] = np.nan
    assert peak_box(flat) == (4, 3, 1, 1)

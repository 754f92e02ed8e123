from __future__ import annotations

import numpy as np

from anomaly_gui.ui.widgets.point_stamps import faded, stamp


def test_a_disc_is_written_around_each_place_in_its_colour() -> None:
    room = np.zeros((9, 12), np.uint32)
    stamp(room, np.array([2, 8], np.int32), np.array([2, 5], np.int32), np.array([7, 9], np.uint32), 1)
    assert np.argwhere(room == 7).tolist() == [[1, 2], [2, 1], [2, 2], [2, 3], [3, 2]]
    assert np.argwhere(room == 9).tolist() == [[4, 8], [5, 7], [5, 8], [5, 9], [6, 8]]


def test_a_faded_colour_lies_two_thirds_of_the_way_to_the_background() -> None:
    assert faded(np.array([0xFFFF0000], np.uint32), (255, 255, 0)).tolist() == [0xFFFFAA00]

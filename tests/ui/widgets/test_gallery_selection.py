from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.ui.widgets.gallery_selection import GallerySelection


def shown(*ids: int) -> GallerySelection:
    made = GallerySelection()
    made.set_ids(np.array(ids, np.int64))
    return made


def selected(selection: GallerySelection) -> list[int]:
    return [int(each) for each in selection.selected_ids]


def test_shift_selects_from_the_last_click_and_ctrl_adds_and_takes_away() -> None:
    selection = shown(*range(10, 20))
    assert selection.point(2)
    assert selection.point(5, extend=True)
    assert selected(selection) == [12, 13, 14, 15]
    selection.point(3, extend=True)
    assert selected(selection) == [12, 13]
    selection.point(8, toggle=True)
    selection.point(3, toggle=True)
    assert selected(selection) == [12, 18]
    selection.point(6, extend=True, toggle=True)
    assert selected(selection) == [12, 13, 14, 15, 16, 18]


def test_keys_move_extend_and_only_look() -> None:
    selection = shown(*range(10, 20))
    selection.move(4)
    selection.move(6, extend=True)
    assert selected(selection) == [14, 15, 16]
    assert not selection.move(9, only_move=True)
    assert selected(selection) == [14, 15, 16]
    assert selection.current == 9
    assert not selection.select_all() or len(selected(selection)) == 10
    assert not selection.select_all(), "nothing else is selected by it"


def test_the_image_that_took_the_place_of_the_selected_one_is_selected() -> None:
    selection = shown(1, 2, 3, 4, 5)
    selection.point(2)
    assert selection.set_ids(np.array([1, 2, 4, 5]))
    assert selected(selection) == [4]
    selection.point(3)
    assert selection.set_ids(np.array([1, 2, 4]))
    assert selected(selection) == [4], "the last one, where the last one went"
    assert selection.set_ids(np.empty(0, np.int64))
    assert selected(selection) == []
    assert selection.current == -1


@given(
    st.lists(st.integers(0, 30), unique=True), st.sets(st.integers(0, 30)), st.lists(st.integers(0, 30), unique=True)
)
def test_what_is_still_shown_stays_selected_in_any_order(before: list[int], chosen: set[int], after: list[int]) -> None:
    selection = shown(*before)
    selection.select_rows(selection.rows_of(chosen))
    was = set(selected(selection))
    changed = selection.set_ids(np.array(after, np.int64))
    left = [each for each in after if each in was]
    if left or not was or not after:
        assert selected(selection) == left
    else:
        assert len(selected(selection)) == 1
    assert changed == (set(selected(selection)) != was)
    assert -1 <= selection.current < len(after)


@pytest.mark.parametrize("row", [0, 4])
def test_rows_are_found_by_id(row: int) -> None:
    selection = shown(5, 9, 2, 7, 1)
    assert selection.row_of(int(selection.ids[row])) == row
    assert selection.row_of(99) is None

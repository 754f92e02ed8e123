"""Three panes of one size, the image as large as it can be."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.ui.widgets.pane_layout import PaneLayout, Place, lay_out

CAPTION = (100, 18)


def laid(area: tuple[int, int], image: tuple[int, int], alone: int | None = None) -> PaneLayout:
    return lay_out(area, image, CAPTION, 3, alone)


@given(
    width=st.integers(300, 3000),
    height=st.integers(150, 2000),
    image=st.tuples(st.integers(1, 6000), st.integers(1, 6000)),
)
def test_panes_have_one_size_stay_inside_and_do_not_overlap(width: int, height: int, image: tuple[int, int]) -> None:
    made = laid((width, height), image)
    panes = [place for place in made.panes if place is not None]
    assert len({place[2:] for place in panes}) == 1
    for x, y, w, h in panes:
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
    for first, second in pairwise(panes):
        assert first[0] + first[2] <= second[0] or first[1] + first[3] <= second[1]


def test_upright_images_stand_in_a_row_and_very_wide_ones_in_a_stack() -> None:
    assert not laid((900, 450), (400, 400)).stacked
    assert not laid((900, 450), (400, 600)).stacked
    assert laid((900, 450), (1200, 300)).stacked


def test_a_row_is_kept_unless_a_stack_shows_the_image_much_larger() -> None:
    # Here a stack would gain a tenth only.
    assert not laid((900, 460), (480, 300)).stacked


@pytest.mark.parametrize("alone", [0, 1, 2])
def test_one_pane_alone_gets_all_the_place(alone: int) -> None:
    made = laid((900, 450), (1200, 300), alone)
    shown: list[Place | None] = list(made.panes)
    assert shown[alone] == (0, 22, 900, 428)
    assert [place for n, place in enumerate(shown) if n != alone] == [None, None]

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.ui.widgets.gallery_layout import GalleryLayout

layouts = st.builds(GalleryLayout, st.integers(0, 400), st.integers(1, 900), st.integers(20, 300), st.integers(20, 300))


@given(layouts, st.data())
def test_every_cell_is_found_where_it_is_placed(layout: GalleryLayout, data: st.DataObject) -> None:
    if layout.count:
        row = data.draw(st.integers(0, layout.count - 1))
        left, top, width, height = layout.place(row)
        for x in {left, left + width - 1}:
            for y in {top, top + height - 1}:
                assert layout.row_at(x, y) == row
        assert row in layout.rows_between(top, top + 1)
        assert 0 <= left < left + width <= layout.width
        assert top + height <= layout.height


@given(layouts, st.data())
def test_a_rectangle_touches_the_cells_that_overlap_it(layout: GalleryLayout, data: st.DataObject) -> None:
    xs = sorted(data.draw(st.tuples(st.integers(0, layout.width - 1), st.integers(0, layout.width - 1))))
    ys = sorted(data.draw(st.tuples(st.integers(0, 2000), st.integers(0, 2000))))
    found = set(layout.rows_within(xs[0], ys[0], xs[1], ys[1]).tolist())
    for row in range(layout.count):
        left, top, width, height = layout.place(row)
        overlaps = left <= xs[1] and xs[0] < left + width and top <= ys[1] and ys[0] < top + height
        assert (row in found) == overlaps


def test_a_hundred_thousand_cells_are_laid_out_by_arithmetic() -> None:
    layout = GalleryLayout(100_000, 1000, 144, 180)
    assert layout.columns == 6
    assert layout.height == 16_667 * 180
    assert layout.row_at(999, layout.height - 1) is None
    assert layout.row_at(0, layout.height - 1) == 99_996

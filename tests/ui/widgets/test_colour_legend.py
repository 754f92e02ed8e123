"""The legend tells the run's scale."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.colour_legend import ColourLegend, legend_ticks
from anomaly_gui.ui.widgets.colour_maps import lookup_table


@pytest.fixture
def legend(qtbot: QtBot) -> ColourLegend:
    widget = ColourLegend()
    qtbot.addWidget(widget)
    widget.resize(widget.sizeHint().width(), 300)
    return widget


def test_the_bar_runs_from_the_first_colour_at_the_bottom_to_the_last_at_the_top(
    legend: ColourLegend,
) -> None:
    legend.set_colour_map("Viridis")
    image = legend.grab().toImage()
    table = lookup_table("Viridis")
    for y, colour in ((20, table[-8]), (280, table[8])):
        seen = image.pixelColor(13, y)
        assert abs(seen.red() - int(colour[0])) + abs(seen.blue() - int(colour[2])) < 40


def test_its_width_does_not_depend_on_the_figures(legend: ColourLegend) -> None:
    width = legend.sizeHint().width()
    legend.set_scale(-123.4, 98765.4)
    assert legend.sizeHint().width() == width


@given(lower=st.floats(-1e3, 1e3), span=st.floats(1e-3, 1e4))
def test_ticks_name_both_ends_and_do_not_touch(lower: float, span: float) -> None:
    upper = lower + span
    ticks = legend_ticks(lower, upper)
    assert ticks[0] == lower
    assert ticks[-1] == upper
    gaps = [second - first for first, second in pairwise(ticks)]
    assert min(gaps) >= 0.079 * (upper - lower)
    assert len(ticks) <= 8


def test_a_scale_without_extent_has_one_tick() -> None:
    assert legend_ticks(2.0, 2.0) == [2.0]


def test_a_threshold_that_is_not_finite_marks_nothing(legend: ColourLegend) -> None:
    plain = legend.grab().toImage()
    legend.set_threshold(math.inf)
    assert legend.grab().toImage() == plain
    legend.set_threshold(0.5)
    assert legend.grab().toImage() != plain


def test_a_threshold_beyond_the_scale_is_marked_at_its_end(legend: ColourLegend) -> None:
    plain = legend.grab().toImage()
    legend.set_threshold(99.0)
    marked = legend.grab().toImage()
    top = legend.fontMetrics().height() // 2 + 1
    rows = [y for y in range(300) if any(plain.pixel(x, y) != marked.pixel(x, y) for x in range(20))]
    assert rows
    assert max(abs(y - top) for y in rows) <= 5

"""The panes go where there is room, and the legend stays with the error map."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.pane_grid import PaneGrid


@pytest.fixture
def grid(qtbot: QtBot) -> PaneGrid:
    widget = PaneGrid(("Original", "Reconstruction", "Error map"), "unit")
    qtbot.addWidget(widget)
    widget.resize(900, 450)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_a_wide_image_stacks_the_panes_and_a_square_one_puts_them_in_a_row(grid: PaneGrid) -> None:
    grid.set_image_size((1200, 300))
    assert len({pane.x() for pane in grid.panes}) == 1
    grid.set_image_size((300, 300))
    assert len({pane.y() for pane in grid.panes}) == 1


def test_all_panes_follow_the_window_at_one_size(grid: PaneGrid) -> None:
    grid.resize(1001, 503)
    assert len({pane.pane_size for pane in grid.panes}) == 1
    assert grid.pane_size == grid.panes[0].pane_size
    assert grid.panes[2].geometry().right() < grid.legend.x()


def test_one_pane_alone_hides_the_others_and_their_captions(grid: PaneGrid) -> None:
    grid.set_alone(1, with_legend=False)
    assert [pane.isVisible() for pane in grid.panes] == [False, True, False]
    assert [caption.isVisible() for caption in grid.captions] == [False, True, False]
    assert not grid.legend.isVisible()
    assert grid.pane_size[0] == 900
    grid.set_alone(None, with_legend=True)
    assert all(pane.isVisible() for pane in grid.panes)
    assert grid.legend.isVisible()

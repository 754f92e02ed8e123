"""What the panes paint of one image."""

from __future__ import annotations

from anomaly_gui.ui.widgets.picture_layers import layers_of
from tests.ui.widgets.sample_pictures import sample_pictures


def test_there_is_a_layer_for_each_part_that_there_is() -> None:
    every = layers_of(sample_pictures(), "Grey", own_scale=False)
    assert all(every.panes)
    assert every.overlay is not None
    assert layers_of(sample_pictures(reconstruction=None), "Grey", own_scale=False).panes[1] is None


def test_the_brightest_colour_is_told_as_a_share_of_the_runs_scale() -> None:
    assert layers_of(sample_pictures(), "Grey", own_scale=False).top == 1.0
    assert layers_of(sample_pictures(), "Grey", own_scale=True).top == 1.0

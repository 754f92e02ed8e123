"""What is painted of a mask follows every change, in every size, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from anomaly_gui.imaging.mask_areas import Box
from anomaly_gui.ui.widgets.mask_layer import MaskLayer

RED = QColor(255, 0, 0)


def alphas(layer: MaskLayer, level: int) -> np.ndarray:
    picture = layer.layer.levels[level]
    rows = [[picture.pixelColor(x, y).alpha() for x in range(picture.width())] for y in range(picture.height())]
    return np.array(rows)


def test_what_is_masked_is_translucent_with_an_opaque_edge(qapp: object) -> None:
    mask = np.zeros((7, 9), bool)
    mask[1:6, 2:7] = True
    shown = alphas(MaskLayer(mask, RED), 0)
    edge, inside, halo = shown[1, 2], shown[3, 4], shown[0, 2]
    assert edge == shown[5, 6] == shown[3, 2]
    assert edge > inside > 0
    assert 0 < halo == shown[3, 7] < edge
    assert shown[0, 0] == shown[3, 0] == 0


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from([(300, 411), (129, 640)]))
def test_an_update_gives_what_a_new_layer_would_show(qapp: object, seed: int, size: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.random(size) < 0.02
    layer = MaskLayer(mask, RED)
    for _ in range(3):
        top, left = int(rng.integers(size[0] - 1)), int(rng.integers(size[1] - 1))
        box = Box(top, left, int(rng.integers(top + 1, size[0] + 1)), int(rng.integers(left + 1, size[1] + 1)))
        mask[box.slices] = rng.random() < 0.5
        layer.update(box)
    fresh = MaskLayer(mask, RED)
    assert len(layer.layer.levels) > 1
    for changed, made in zip(layer.layer.levels, fresh.layer.levels, strict=True):
        assert changed == made


@pytest.mark.parametrize("place", [(0, 0), (2049, 1000), (4095, 4094)])
def test_a_dot_is_seen_in_the_smallest_copy(qapp: object, place: tuple[int, int]) -> None:
    mask = np.zeros((4096, 4095), bool)
    layer = MaskLayer(mask, RED)
    row, column = place
    mask[row, column] = True
    layer.update(Box(row, column, row + 1, column + 1))
    last = layer.layer.levels[-1]
    across, down = 4095 / last.width(), 4096 / last.height()
    assert last.pixelColor(int(column / across), int(row / down)).red() > 200


def test_another_colour_leaves_the_mask_as_it_is_and_follows_it_on(qapp: object) -> None:
    mask = np.zeros((5, 6), bool)
    layer = MaskLayer(mask, RED)
    layer.set_colour(QColor(0, 0, 255))
    mask[2, 3] = True
    layer.update(Box(2, 3, 3, 4))
    assert layer.layer.levels[0].pixelColor(3, 2).blue() > 200

from __future__ import annotations

import numpy as np
import pytest

from anomaly_gui.imaging.machined_part import Scene, render
from anomaly_gui.imaging.planted_defects import AREA_PX, KINDS, DefectKind, plant


def flat_scene(size_px: int) -> Scene:
    return Scene(np.full((size_px, size_px), 0.5), np.ones((size_px, size_px), dtype=np.bool_))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_a_defect_changes_its_mask_and_lies_on_the_face(kind: DefectKind, seed: int) -> None:
    rng = np.random.default_rng(seed)
    before = render(rng, 192, 1.0)
    after, mask = plant(rng, before, kind, contrast=0.4)
    change = np.abs(after.brightness - before.brightness) / before.brightness
    assert mask.any()
    assert not (mask & ~before.face).any()
    assert change[mask].mean() > 10 * change[~mask].mean()


def test_a_dot_is_five_pixels_wide_at_every_size() -> None:
    for size_px in (96, 512):
        _, mask = plant(np.random.default_rng(3), flat_scene(size_px), "dot", 0.5)
        rows, columns = np.nonzero(mask)
        assert {int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1} <= {5, 6}


def test_an_area_reaches_500_by_100_on_a_large_image_and_fits_a_small_one() -> None:
    areas = []
    for seed in range(12):
        _, mask = plant(np.random.default_rng(seed), flat_scene(1400), "area", 0.5)
        areas.append(int(mask.sum()))
    full = AREA_PX[0] * AREA_PX[1]
    assert 0.6 * full < max(areas) < 1.15 * full
    _, small = plant(np.random.default_rng(0), flat_scene(128), "area", 0.5)
    assert small.sum() < 0.05 * small.size


@pytest.mark.parametrize("kind", KINDS)
def test_contrast_sets_how_much_the_brightness_changes(kind: DefectKind) -> None:
    scene = flat_scene(160)
    faint, mask = plant(np.random.default_rng(7), scene, kind, contrast=0.05)
    strong, _ = plant(np.random.default_rng(7), scene, kind, contrast=0.5)
    faint_change = np.abs(faint.brightness - 0.5)[mask].mean()
    assert np.abs(strong.brightness - 0.5)[mask].mean() == pytest.approx(10 * faint_change, rel=0.01)

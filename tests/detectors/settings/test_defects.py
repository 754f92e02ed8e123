from __future__ import annotations

from anomaly_gui.detectors.combined import Combined
from anomaly_gui.detectors.settings.defects import ArtificialDefectsSettings, CombinedSettings, RestoreSettings


def test_the_part_that_learns_from_artificial_defects_can_be_left_out() -> None:
    assert Combined(CombinedSettings(input_px=128, defect_steps=0), 1, 0).finder is None
    assert Combined(CombinedSettings(input_px=128, defect_steps=2), 1, 0).finder is not None
    assert Combined(CombinedSettings(input_px=128, defect_steps=2, tile_px=128), 1, 0).finder is None


def test_few_images_still_give_enough_steps() -> None:
    assert ArtificialDefectsSettings().minimum_steps >= 200
    assert RestoreSettings().minimum_steps >= 500

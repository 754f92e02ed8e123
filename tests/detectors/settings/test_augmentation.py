from __future__ import annotations

import msgspec
import pytest

from anomaly_gui.detectors.registry import DETECTORS
from anomaly_gui.detectors.settings import AUGMENTATIONS, AugmentationSettings, GradientSettings


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_each_is_off_unless_asked_for_and_says_what_it_does(name: str) -> None:
    assert not getattr(AugmentationSettings(), name)
    described = msgspec.json.schema(AugmentationSettings)["$defs"]["AugmentationSettings"]["properties"][name]
    assert described["title"]
    assert len(described["description"]) > 80


@pytest.mark.parametrize("name", ["flip_horizontally", "flip_vertically"])
def test_a_flip_warns_of_parts_that_have_a_right_way_round(name: str) -> None:
    described = msgspec.json.schema(AugmentationSettings)["$defs"]["AugmentationSettings"]["properties"][name]
    assert "mirrored part is good" in described["description"]


@pytest.mark.parametrize("entry", DETECTORS.values(), ids=list(DETECTORS))
def test_no_preset_switches_one_on(entry: object) -> None:
    for values in entry.presets.values():  # type: ignore[attr-defined]
        assert not set(values) & set(AUGMENTATIONS)


def test_what_learns_by_gradient_is_offered_all_of_them() -> None:
    assert set(AUGMENTATIONS) <= set(GradientSettings.__struct_fields__)

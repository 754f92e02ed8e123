from __future__ import annotations

import msgspec
import pytest

from anomaly_gui.detectors.registry import DETECTORS
from anomaly_gui.detectors.settings.backbone import BackboneFile, BackbonePixels


@pytest.mark.parametrize("name", list(DETECTORS))
def test_exactly_those_that_look_through_a_backbone_let_it_be_chosen(name: str) -> None:
    entry = DETECTORS[name]
    described = msgspec.inspect.type_info(entry.settings)
    assert isinstance(described, msgspec.inspect.StructType)
    fields = {field.name: field for field in described.fields}
    assert ("backbone" in fields) == ("backbone_pixels" in fields) == entry.needs_backbone
    if entry.needs_backbone:
        assert (fields["backbone"].default, fields["backbone_pixels"].default) == ("", "imagenet")
        assert fields["backbone"].type == msgspec.inspect.type_info(BackboneFile)
        assert fields["backbone_pixels"].type == msgspec.inspect.type_info(BackbonePixels)

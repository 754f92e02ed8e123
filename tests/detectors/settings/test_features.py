from __future__ import annotations

import msgspec
import pytest

from anomaly_gui.detectors.backbone.network import BLOCK_COUNT
from anomaly_gui.detectors.settings import FeatureSettings


@pytest.mark.parametrize("kind", [FeatureSettings, *FeatureSettings.__subclasses__()])
def test_every_choice_of_layers_is_one_the_backbone_has(kind: type[FeatureSettings]) -> None:
    described = msgspec.json.schema(kind)["$defs"][kind.__name__]["properties"]["layers"]
    for choice in described["enum"]:
        assert all(0 <= int(layer) < BLOCK_COUNT for layer in choice.split("+"))

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from anomaly_gui.detectors.backbone import weights
from anomaly_gui.detectors.backbone.network import BLOCK_COUNT, Trunk


def random_weights() -> dict[str, Tensor]:
    """A backbone that has learnt nothing, with activations of a size as if it had."""
    random = torch.Generator().manual_seed(0)
    made = {}
    for name, value in Trunk([BLOCK_COUNT - 1]).state_dict().items():
        fan_in = value[0].numel() if value.ndim == 4 else 100
        made[name] = torch.randn(value.shape, generator=random) * math.sqrt(2 / fan_in)
    return made


_RANDOM = random_weights()


@pytest.fixture(autouse=True)
def _random_backbone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests need no package with weights."""
    monkeypatch.setattr(weights, "weights", lambda: _RANDOM)

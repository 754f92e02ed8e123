"""The backbone that a detector's settings ask for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from anomaly_gui.detectors.backbone import session, weights
from anomaly_gui.detectors.backbone.network import Trunk
from anomaly_gui.detectors.backbone.onnx_file import opened
from anomaly_gui.detectors.backbone.onnx_trunk import OnnxTrunk
from anomaly_gui.detectors.settings.backbone import BackboneSettings

AnyTrunk = Trunk | OnnxTrunk
"""(N, 3, S, S) in [0, 1] → one map for each of its taps, of ceil(S / stride_of(tap)) cells on a side."""


def make_trunk(settings: BackboneSettings, taps: Sequence[int], side: int) -> AnyTrunk:
    """For pictures of *side* px. Raises InputError for a file that does not fit.

    The packaged one has no weights of use before take_weights().
    """
    if not settings.backbone:
        return Trunk(taps)
    return OnnxTrunk(opened(Path(settings.backbone)), taps, side, settings.backbone_pixels)


def take_weights(trunk: AnyTrunk) -> None:
    """Raises InputError if the package is missing or not the one expected; a file holds its own."""
    if isinstance(trunk, Trunk):
        known = weights.weights()
        trunk.load_state_dict({name: known[name] for name in trunk.state_dict()})


@torch.no_grad()
def tapped(trunk: AnyTrunk, images: Tensor) -> tuple[Tensor, ...]:
    """What trunk(images) gives, (N, 3, S, S) on the trunk's device, on a CPU by onnxruntime."""
    if isinstance(trunk, Trunk) and images.device.type == "cpu":
        return session.run(trunk, images)
    made: tuple[Tensor, ...] = trunk(images)
    return made

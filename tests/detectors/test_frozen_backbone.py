from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from anomaly_gui.detectors.artificial_defects import ArtificialDefects
from anomaly_gui.detectors.backbone import weights
from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.feature_autoencoder import FeatureAutoencoder
from anomaly_gui.detectors.frozen_backbone import FrozenBackboneDetector
from anomaly_gui.detectors.settings.defects import ArtificialDefectsSettings, FeatureAutoencoderSettings
from anomaly_gui.progress import Cancelled, CancelToken, ignore_events
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import gradient_loop

MADE = {
    "feature-ae": lambda: FeatureAutoencoder(
        FeatureAutoencoderSettings(input_px=64, width=8, epochs=1, minimum_steps=0), 1, seed=1
    ),
    "artificial-defects": lambda: ArtificialDefects(
        ArtificialDefectsSettings(input_px=64, width=8, epochs=1, minimum_steps=0), 1, seed=1
    ),
}


@pytest.fixture(params=MADE)
def detector(request: pytest.FixtureRequest) -> FrozenBackboneDetector:
    made: FrozenBackboneDetector = MADE[request.param]()
    return made


def fit(made: FrozenBackboneDetector, folder: Path, cancel: CancelToken | None = None) -> object:
    pixels = np.random.default_rng(0).normal(0.5, 0.02, (6, 1, 64, 64)).astype(np.float32)
    return made.fit(
        FitContext(
            training=CachedBatches(pixels[:4], 4, seed=1),
            validation=CachedBatches(pixels[4:], 2, seed=1),
            preview=None,
            preview_ids=(),
            seed=1,
            checkpoint=folder / "checkpoint",
            emit=ignore_events,
            cancel=cancel or CancelToken(),
            gradient_loop=gradient_loop,
        )
    )


def test_the_head_is_trained_and_the_backbone_is_not(detector: FrozenBackboneDetector, tmp_path: Path) -> None:
    before = {name: value.clone() for name, value in detector.model.head.named_parameters()}
    fit(detector, tmp_path)
    known = weights.weights()
    assert all(torch.equal(value, known[name]) for name, value in detector.model.trunk.state_dict().items())
    assert any(not torch.equal(value, before[name]) for name, value in detector.model.head.named_parameters())


def test_its_state_holds_the_backbone_too(detector: FrozenBackboneDetector, tmp_path: Path) -> None:
    fit(detector, tmp_path)
    assert {name.split(".")[0] for name in detector.state()} == {"trunk", "head"}


def test_asked_to_stop_before_it_starts_it_does_not_read_the_backbone(
    detector: FrozenBackboneDetector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(weights, "weights")
    cancel = CancelToken()
    cancel.cancel()
    assert isinstance(fit(detector, tmp_path, cancel), Cancelled)


def test_grey_images_are_shown_to_the_backbone_in_three_channels(
    detector: FrozenBackboneDetector, tmp_path: Path
) -> None:
    fit(detector, tmp_path)
    grey = torch.rand(2, 1, 64, 64)
    for ours, theirs in zip(detector.tapped(grey), detector.model.trunk(grey.expand(-1, 3, -1, -1)), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-3 * float(theirs.abs().max()))

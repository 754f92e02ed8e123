from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from anomaly_gui.detectors.backbone import weights
from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.feature_autoencoder import FeatureAutoencoder
from anomaly_gui.detectors.settings.defects import FeatureAutoencoderSettings
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import gradient_loop


def striped(count: int, seed: int) -> np.ndarray:
    """(count, 1, 64, 64): upright stripes with a little noise."""
    stripes = 0.5 + 0.2 * np.sin(np.arange(64) / 3)
    noise = np.random.default_rng(seed).normal(0, 0.02, (count, 1, 64, 64))
    return (stripes + noise).clip(0, 1).astype(np.float32)


@pytest.fixture
def fitted(tmp_path: Path) -> FeatureAutoencoder:
    values = {"input_px": 64, "width": 16, "latent_channels": 4, "epochs": 15, "minimum_steps": 0, "patience": 15}
    made = FeatureAutoencoder(msgspec.convert(values, FeatureAutoencoderSettings), 1, seed=1)
    pixels = striped(24, seed=0)
    made.fit(
        FitContext(
            training=CachedBatches(pixels[:16], 4, seed=1),
            validation=CachedBatches(pixels[16:], 4, seed=1),
            preview=None,
            preview_ids=(),
            seed=1,
            checkpoint=tmp_path / "checkpoint",
            emit=ignore_events,
            cancel=CancelToken(),
            gradient_loop=gradient_loop,
        )
    )
    return made


def test_what_was_never_seen_stands_out_where_it_is(fitted: FeatureAutoencoder) -> None:
    image = torch.from_numpy(striped(1, seed=9))
    spoilt = image.clone()
    spoilt[:, :, 36:52, 8:24] = spoilt[:, :, 36:52, 8:24].transpose(2, 3)
    change = fitted.predict(spoilt).anomaly_map[0] - fitted.predict(image).anomaly_map[0]
    assert change[36:52, 8:24].mean() > 1.5 * change[:20, 40:].abs().mean()


def test_its_picture_is_drawn_from_features_alone_and_shows_the_part(fitted: FeatureAutoencoder) -> None:
    image = torch.from_numpy(striped(1, seed=9))
    picture = fitted.predict(image).reconstruction
    assert picture is not None
    assert (picture - image).square().mean() < (image - image.mean()).square().mean()


def test_the_picture_does_not_change_what_is_learnt_of_features(fitted: FeatureAutoencoder) -> None:
    head = fitted.model.head.train()
    head.zero_grad()
    _, _, picture = head(fitted.tapped(torch.from_numpy(striped(4, seed=3))))
    picture.sum().backward()
    assert all(parameter.grad is None for parameter in head.encode.parameters())
    assert any(parameter.grad is not None for parameter in head.draw.parameters())


def test_the_backbone_is_not_trained(fitted: FeatureAutoencoder) -> None:
    known = weights.weights()
    assert all(torch.equal(value, known[name]) for name, value in fitted.model.trunk.state_dict().items())

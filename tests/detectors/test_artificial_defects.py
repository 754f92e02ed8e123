from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import torch

from anomaly_gui.detectors.artificial_defects import ArtificialDefects
from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.settings.defects import ArtificialDefectsSettings
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import gradient_loop


def detector() -> ArtificialDefects:
    values = {"input_px": 64, "width": 8, "epochs": 25, "minimum_steps": 0, "patience": 25}
    return ArtificialDefects(msgspec.convert(values, ArtificialDefectsSettings), 1, seed=1)


def fit(made: ArtificialDefects, folder: Path) -> None:
    pixels = np.random.default_rng(0).normal(0.5, 0.02, (24, 1, 64, 64)).astype(np.float32)
    made.fit(
        FitContext(
            training=CachedBatches(pixels[:16], 4, seed=1),
            validation=CachedBatches(pixels[16:], 4, seed=1),
            preview=None,
            preview_ids=(),
            seed=1,
            checkpoint=folder / "checkpoint",
            emit=ignore_events,
            cancel=CancelToken(),
            gradient_loop=gradient_loop,
        )
    )


def test_a_dark_spot_stands_out_where_it_is(tmp_path: Path) -> None:
    made = detector()
    fit(made, tmp_path)
    image = torch.full((1, 1, 64, 64), 0.5)
    spoilt = image.clone()
    spoilt[:, :, 36:48, 12:24] = 0.1
    change = made.predict(spoilt).anomaly_map[0] - made.predict(image).anomaly_map[0]
    inside = change[36:48, 12:24].mean()
    assert inside > 0.1
    assert inside > 3 * change[:20, 36:].abs().mean()


def test_the_backbone_is_not_trained(tmp_path: Path) -> None:
    made = detector()
    fit(made, tmp_path)
    from anomaly_gui.detectors.backbone import weights

    known = weights.weights()
    assert all(torch.equal(value, known[name]) for name, value in made.model.trunk.state_dict().items())

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


def detector(**settings: object) -> ArtificialDefects:
    values = {"input_px": 64, "width": 8, "epochs": 25, "minimum_steps": 0, "patience": 25, **settings}
    return ArtificialDefects(msgspec.convert(values, ArtificialDefectsSettings), 1, seed=1)


def fit(made: ArtificialDefects, folder: Path, *, half: bool = False) -> None:
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
            half=half,
        )
    )


def test_a_dark_spot_stands_out_where_it_is(tmp_path: Path) -> None:
    made = detector(epochs=80, patience=80)
    fit(made, tmp_path)
    image = torch.from_numpy(np.random.default_rng(1).normal(0.5, 0.02, (4, 1, 64, 64)).astype(np.float32))
    spoilt = image.clone()
    spoilt[:, :, 36:48, 12:24] = 0.1
    good, bad = made.predict(image).anomaly_map, made.predict(spoilt).anomaly_map
    inside = bad[:, 36:48, 12:24].mean((1, 2))
    assert (inside > bad[:, :20, 36:].mean((1, 2)) + 0.3).all()
    assert (bad.amax((1, 2)) > good.amax((1, 2)) + 0.1).all()


def test_the_backbone_is_not_trained(tmp_path: Path) -> None:
    made = detector()
    fit(made, tmp_path)
    from anomaly_gui.detectors.backbone import weights

    known = weights.weights()
    assert all(torch.equal(value, known[name]) for name, value in made.model.trunk.state_dict().items())


def test_it_learns_with_products_of_bfloat16_on_a_backbone_that_was_not_asked_before(tmp_path: Path) -> None:
    made = detector(epochs=1)
    fit(made, tmp_path, half=True)
    assert {value.dtype for value in made.state().values() if value.is_floating_point()} == {torch.float32}

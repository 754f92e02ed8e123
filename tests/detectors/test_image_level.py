from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from torch import Tensor

from anomaly_gui.detectors.backbone.network import Trunk
from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.dbscan import Core, Dbscan
from anomaly_gui.detectors.image_level import ImageLevelModel
from anomaly_gui.detectors.settings import DbscanSettings
from anomaly_gui.errors import InputError
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import gradient_loop


class Fixed(Core):
    """Scores as told."""

    def forward(self, images: Tensor) -> Tensor:
        return torch.tensor([0.5, 2.0, 8.0])[: len(images)]


def fit(made: Dbscan, count: int) -> Dbscan:
    pixels = np.random.default_rng(0).random((count, 1, 32, 32), dtype=np.float32)
    batches = CachedBatches(pixels, 4, seed=1)
    made.fit(
        FitContext(
            training=batches,
            validation=batches,
            preview=None,
            preview_ids=(),
            seed=1,
            checkpoint=Path("never written"),
            emit=ignore_events,
            cancel=CancelToken(),
            gradient_loop=gradient_loop,
        )
    )
    return made


def detector(**settings: object) -> Dbscan:
    values = {"input_px": 32, "layers": "10", "components": 6, "neighbours": 2, **settings}
    return Dbscan(msgspec.convert(values, DbscanSettings), 1, seed=1)


def test_the_highest_patch_of_a_map_is_the_image_s_score() -> None:
    """In standard deviations of the training images: (0.5 − 1) / 2, (2 − 1) / 2, (8 − 1) / 2."""
    made = ImageLevelModel(Trunk([4]), 48, 1, Fixed())
    made.centre.fill_(1)
    made.spread_of_scores.fill_(2)
    made.whitening.resize(40)
    made.whitening.projection.copy_(torch.eye(40))
    made.resize(1, 40)
    seen: list[Tensor] = []
    made.spread = lambda values: (seen.append(values), values)[1]  # type: ignore[method-assign]
    made.judge((torch.rand(3, 40, 6, 6, generator=torch.Generator().manual_seed(0)),))
    torch.testing.assert_close(seen[0].amax((1, 2)), torch.tensor([-0.25, 0.5, 3.5]))
    low = seen[0].amin((1, 2))
    assert float(low[0]) > -1.25
    assert 0 < float(low[2]) < 3.5


def test_the_map_is_highest_where_patches_differ_most() -> None:
    made = ImageLevelModel(Trunk([4]), 48, 1, Fixed())
    made.whitening.resize(40)
    made.whitening.projection.copy_(torch.eye(40))
    made.resize(1, 40)
    tap = torch.zeros(3, 40, 6, 6)
    tap[:, :, 4, 1] = 1
    _, anomaly_map = made.judge((tap,))
    for one in anomaly_map:
        row, column = divmod(int(one.argmax()), 48)
        assert 24 <= row < 48
        assert 0 <= column < 24
        assert float(one[0, 47]) == float(one.min())


def test_an_image_that_is_all_known_has_a_finite_map() -> None:
    made = ImageLevelModel(Trunk([4]), 48, 1, Fixed())
    _, anomaly_map = made.judge((torch.zeros(3, 40, 6, 6),))
    assert torch.isfinite(anomaly_map).all()


def test_few_images_get_few_components() -> None:
    assert fit(detector(), 9).model.image_whitening.projection.shape == (112, 3)
    assert fit(detector(), 30).model.image_whitening.projection.shape == (112, 6)


def test_too_few_images_are_refused_with_the_number_wanted() -> None:
    detector().require_images(8)
    with pytest.raises(InputError, match=r"there are 7.*at least 8"):
        detector().require_images(7)


def test_training_images_score_0_on_average_and_spread_by_1() -> None:
    """What unseen images like them would score: DBSCAN's core is not counted as its own neighbour."""
    made = fit(detector(noise_share=0.0), 40)
    fresh = torch.from_numpy(np.random.default_rng(1).random((40, 1, 32, 32), dtype=np.float32))
    scores = made.predict(fresh).anomaly_map.amax((1, 2))
    assert torch.equal(scores, made.anomaly_map(fresh).amax((1, 2)))
    assert abs(float(scores.mean())) < 1.5
    assert 0.3 < float(scores.std()) < 3

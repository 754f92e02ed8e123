from __future__ import annotations

import numpy as np
import pytest
import torch

from anomaly_gui.detectors.backbone.network import Trunk
from anomaly_gui.detectors.memory_model import ALIKE, NEIGHBOURS, SHARE, MemoryModel


def model(entries: torch.Tensor, images: torch.Tensor) -> MemoryModel:
    made = MemoryModel(Trunk([4]), 64, 1)
    made.whitening.resize(entries.shape[1])
    made.whitening.projection.copy_(torch.eye(40)[:, : entries.shape[1]])
    made.resize(*entries.shape)
    made.fill(entries)
    assert made.learn_spacing(images, lambda _: True)
    return made


def vectors(count: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(0, 1, (count, 5)).astype(np.float32))


def test_spacing_is_the_mean_distance_to_the_nearest_of_other_images() -> None:
    entries, images = vectors(2500), torch.arange(2500) % 7
    found = model(entries, images).spacing

    for number in (0, 1, 1023, 1024, 2499):
        distances = (entries[images != images[number]] - entries[number]).norm(dim=1)
        assert float(found[number]) == pytest.approx(float(distances.sort().values[:ALIKE].mean()), rel=1e-3)


@pytest.mark.parametrize("images", [[0, 0, 0, 0], [0, 0, 0, 1]])
def test_few_entries_or_images_leave_no_spacing_that_is_not_finite(images: list[int]) -> None:
    entries = vectors(4)
    found = model(entries, torch.tensor(images)).spacing

    alone = float((entries[3] - entries[0]).norm()) if len(set(images)) > 1 else 0.0
    assert float(found[0]) == pytest.approx(alone, rel=1e-3)
    assert found.isfinite().all()


def test_where_good_patches_differ_from_each_other_the_same_distance_counts_less() -> None:
    """Of two looks one is lively: there, the same distance is usual."""
    calm, lively = vectors(200) * 0.01, vectors(200, 1) + 50
    made = model(torch.cat([calm, lively]), torch.arange(400) % 10)
    features = torch.zeros(1, 8, 8, 40)
    features[0, 0, 0, :5] = torch.full((5,), 0.5)
    features[0, 0, 1, :5] = 50 + torch.full((5,), 0.5)
    made.counted = torch.ones(8, 8, dtype=torch.bool)
    made.counted[0, 2] = False
    features[0, 0, 2, :5] = 7

    odd, index = made.search(features)

    powers = (made.entries - features[0, 0, 0, :5]).square().sum(1) - SHARE * made.spacing.square()
    expected = float(((powers.sort().values[:NEIGHBOURS] + 1).sqrt() - 1).mean())
    assert float(odd[0, 0, 0]) == pytest.approx(expected, rel=0.05)
    assert int(index[0, 0, 1]) >= 200
    assert float(odd[0, 0, 1]) < float(odd[0, 0, 0])
    assert float(odd[0, 0, 2]) == 0
    assert (odd >= 0).all()


def test_learning_the_spacing_stops_when_asked_to() -> None:
    made = model(vectors(20), torch.arange(20))
    assert not made.learn_spacing(torch.arange(20), lambda _: False)

from __future__ import annotations

import numpy as np
import torch
from sklearn.cluster import KMeans

from anomaly_gui.detectors.clustering import ROUNDS, k_means


def always(_done: int) -> bool:
    return True


def heaps(each: int = 60) -> torch.Tensor:
    random = torch.Generator().manual_seed(0)
    middles = torch.tensor([[0.0, 0.0], [5.0, 0.0], [0.0, 5.0], [5.0, 5.0]])
    return torch.cat([middle + 0.3 * torch.randn(each, 2, generator=random) for middle in middles])


def spent(vectors: torch.Tensor, centres: torch.Tensor) -> float:
    return float(torch.cdist(vectors, centres).min(1).values.square().sum())


def test_each_heap_gets_its_mean() -> None:
    vectors = heaps()
    centres = k_means(vectors, 4, 0, always)
    assert centres is not None
    means = vectors.reshape(4, -1, 2).mean(1)
    assert float(torch.cdist(means, centres).min(1).values.max()) < 1e-5


def test_it_is_about_as_good_as_scikit_learn_s() -> None:
    vectors = torch.randn(400, 5, generator=torch.Generator().manual_seed(3))
    centres = k_means(vectors, 20, 0, always)
    assert centres is not None
    theirs = KMeans(20, n_init=3, random_state=0).fit(vectors.numpy()).inertia_
    assert spent(vectors, centres) < 1.15 * theirs


def test_a_centre_without_vectors_stays_finite() -> None:
    vectors = torch.cat([torch.zeros(50, 2), torch.ones(50, 2)])
    centres = k_means(vectors, 5, 0, always)
    assert centres is not None
    assert np.isfinite(centres.numpy()).all()
    assert spent(vectors, centres) == 0


def test_it_stops_when_told() -> None:
    asked: list[int] = []

    def thrice(done: int) -> bool:
        asked.append(done)
        return len(asked) < 3

    assert k_means(torch.randn(300, 4), 20, 0, thrice) is None
    assert len(asked) == 3
    assert max(asked) < ROUNDS

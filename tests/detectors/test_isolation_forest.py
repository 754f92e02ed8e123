from __future__ import annotations

import msgspec
import numpy as np
import pytest
import torch
from sklearn.ensemble import IsolationForest as Grower

from anomaly_gui.detectors.isolation_forest import SAMPLES, Forest, IsolationForest, usual_path
from anomaly_gui.detectors.settings import IsolationForestSettings


def grown(images: np.ndarray, trees: int = 30) -> Grower:
    samples = min(SAMPLES, len(images))
    return Grower(n_estimators=trees, max_samples=samples, random_state=3).fit(images)


def copied(grower: Grower, softness: float) -> Forest:
    forest = Forest(len(grower.estimators_), softness)
    for number, tree in enumerate(grower.estimators_):
        forest.take(number, tree.tree_)
    forest.usual.fill_(usual_path(grower.max_samples_))
    return forest


@pytest.mark.parametrize("count", [8, 100, 400])
def test_with_hard_splits_it_scores_as_scikit_learn_does(count: int) -> None:
    random = np.random.default_rng(0)
    grower = grown(random.normal(size=(count, 5)).astype(np.float32))
    asked = (2 * random.normal(size=(200, 5))).astype(np.float32)
    seen = copied(grower, 1e-9)(torch.from_numpy(asked))
    np.testing.assert_allclose(seen.numpy(), -grower.score_samples(asked), rtol=1e-5)


def test_soft_splits_keep_the_order_but_for_near_ties() -> None:
    random = np.random.default_rng(0)
    grower = grown(random.normal(size=(300, 5)).astype(np.float32), trees=200)
    asked = (2 * random.normal(size=(200, 5))).astype(np.float32)
    seen = copied(grower, 0.05)(torch.from_numpy(asked)).numpy()
    assert np.corrcoef(seen, -grower.score_samples(asked))[0, 1] > 0.999


def test_the_last_bit_of_a_value_cannot_flip_a_score() -> None:
    """Exactly on a split: hard ones jump, ours moves by as little as the value does."""
    grower = grown(np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32))
    forest = copied(grower, 0.05)
    split = float(grower.estimators_[0].tree_.threshold[0])
    axis = int(grower.estimators_[0].tree_.feature[0])
    near = torch.zeros(2, 2)
    near[:, axis] = torch.tensor([split - 1e-6, split + 1e-6])
    below, above = forest(near).tolist()
    assert abs(above - below) / below < 1e-5
    hard = copied(grower, 1e-9)(near).tolist()
    assert abs(hard[1] - hard[0]) / hard[0] > 1e-4


def test_outliers_score_higher() -> None:
    images = torch.randn(100, 4, generator=torch.Generator().manual_seed(0))
    made = IsolationForest(msgspec.convert({"trees": 50}, IsolationForestSettings), 1, seed=0)
    scores = made.fit_scorer(images, seed=0)
    assert float(made._forest(torch.full((1, 4), 6.0))) > float(scores.max())


@pytest.mark.parametrize(("count", "path"), [(1, 0.0), (2, 1.0), (256, 10.2448)])
def test_usual_paths_are_those_of_the_paper(count: int, path: float) -> None:
    assert usual_path(count) == pytest.approx(path, abs=1e-3)

from __future__ import annotations

import numpy as np
import pytest

from anomaly_gui.evaluation.projection import principal_plane


def test_points_spread_along_the_directions_in_which_the_features_vary_most() -> None:
    rng = np.random.default_rng(0)
    hidden = rng.normal(0, 1, (400, 2)) * (3, 1)
    features = hidden @ rng.normal(0, 1, (2, 30)) + rng.normal(0, 0.01, (400, 30))
    points, shares = principal_plane(features.astype(np.float32))
    assert sum(shares) == pytest.approx(1, abs=0.01)
    assert shares[0] > shares[1]
    assert abs(np.corrcoef(points[:, 0], points[:, 1])[0, 1]) < 1e-3


def test_it_agrees_with_another_implementation() -> None:
    from sklearn.decomposition import PCA

    features = np.random.default_rng(1).normal(0, 1, (60, 9)) * np.arange(1, 10)
    scaled = (features - features.mean(axis=0)) / features.std(axis=0)
    theirs = PCA(2).fit(scaled)
    points, shares = principal_plane(features)
    assert shares == pytest.approx(tuple(theirs.explained_variance_ratio_))
    assert np.abs(points) == pytest.approx(np.abs(theirs.transform(scaled)), abs=1e-4)


def test_what_does_not_vary_counts_for_nothing_and_few_points_are_points() -> None:
    flat = np.zeros((5, 3), np.float32)
    points, shares = principal_plane(flat)
    assert not points.any()
    assert shares == (0.0, 0.0)
    assert principal_plane(flat[:1])[0].shape == (1, 2)
    assert principal_plane(np.arange(4.0)[:, None])[0].shape == (4, 2)

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from anomaly_gui.evaluation.pixels import aupro, pixel_auroc, pixel_f1

COUNTS = st.lists(st.integers(0, 6), min_size=8, max_size=8).map(np.array)


@given(COUNTS, COUNTS)
def test_that_areas_are_those_of_the_pixels_one_by_one(good: np.ndarray, defective: np.ndarray) -> None:
    values = np.repeat(np.arange(8), good).tolist() + np.repeat(np.arange(8), defective).tolist()
    labels = [0] * good.sum() + [1] * defective.sum()
    if good.sum() and defective.sum():
        assert pixel_auroc(good, defective) == pytest.approx(metrics.roc_auc_score(labels, values))
    else:
        assert pixel_auroc(good, defective) is None
    best = pixel_f1(good, defective)
    if defective.sum() == 0:
        assert best is None
        return
    by_hand = [metrics.f1_score(labels, np.asarray(values) >= level) for level in range(8)]
    assert best is not None
    assert best[0] == pytest.approx(max(by_hand))
    assert by_hand[best[1]] == pytest.approx(best[0])


def reference_aupro(good: np.ndarray, regions: np.ndarray, limit: float) -> float:
    """The curve piece by piece, each cut at the limit."""
    points = [(0.0, 0.0)]
    for level in range(good.size - 1, -1, -1):
        points.append((good[level:].sum() / good.sum(), float(np.mean([r[level:].sum() / r.sum() for r in regions]))))
    area = 0.0
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x0 >= limit or x0 == x1:
            continue
        cut = min(x1, limit)
        area += (cut - x0) * (y0 + y0 + (y1 - y0) * (cut - x0) / (x1 - x0)) / 2
    return area / limit


@given(COUNTS, st.lists(COUNTS, min_size=1, max_size=3).map(np.array), st.sampled_from([0.05, 0.3, 1.0]))
def test_that_per_region_overlap_is_integrated_to_the_limit(
    good: np.ndarray, regions: np.ndarray, limit: float
) -> None:
    if good.sum() == 0 or (regions.sum(axis=1) == 0).any():
        return
    found = aupro(good, regions, limit)
    assert found is not None
    assert 0 <= found <= 1 + 1e-12
    assert found == pytest.approx(reference_aupro(good, regions, limit))


def test_that_a_perfect_map_reaches_one() -> None:
    assert aupro(np.array([9, 0]), np.array([[0, 3], [0, 1]])) == pytest.approx(1.0)


def test_that_a_small_region_weighs_as_much_as_a_large_one() -> None:
    good = np.array([100, 0])
    assert aupro(good, np.array([[0, 1000], [1, 0]])) == pytest.approx(0.575, abs=1e-9)


def test_that_there_is_no_overlap_without_regions() -> None:
    assert aupro(np.array([1, 1]), np.empty((0, 2), int)) is None

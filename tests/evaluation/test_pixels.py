from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from sklearn import metrics

from anomaly_gui.evaluation.pixels import PixelTable, aupro, first_bin_below, pixel_auroc, pixel_f1

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


@given(COUNTS, COUNTS)
def test_that_the_table_counts_pixels_at_every_level(good: np.ndarray, defective: np.ndarray) -> None:
    table = PixelTable(good, defective)
    precision, recall, f1 = table.rates()
    for level in range(8):
        counts = table.at(level)
        assert (counts.tp, counts.fp) == (defective[level:].sum(), good[level:].sum())
        assert (counts.fn, counts.tn) == (defective[:level].sum(), good[:level].sum())
        for found, drawn in ((counts.recall, recall), (counts.f1, f1)):
            assert found == pytest.approx(drawn[level]) if found is not None else np.isnan(drawn[level])
        if counts.precision is not None:
            assert counts.precision == pytest.approx(precision[level])


def test_that_the_first_level_without_a_large_region_is_found() -> None:
    largest = np.array([[90.0, 40, 8, 2, 0], [70, 50, 9, 0, 0]])
    assert [first_bin_below(largest, size) for size in (100, 51, 50, 9, 1)] == [0, 1, 2, 3, 4]
    assert first_bin_below(largest[:, :2], 10) is None


def overlap_one_by_one(maps: list[np.ndarray], masks: list[np.ndarray], limit: float) -> float:
    """AUPRO from the maps themselves: every value a threshold, every region found anew."""
    regions = []
    for one, mask in zip(maps, masks, strict=True):
        labels, count = ndimage.label(mask, np.ones((3, 3)))
        regions += [one[labels == number + 1] for number in range(count)]
    good = np.concatenate([one[~mask] for one, mask in zip(maps, masks, strict=True)])
    points = [(0.0, 0.0)]
    for level in np.unique(np.concatenate([one.ravel() for one in maps]))[::-1]:
        points.append((float((good >= level).mean()), float(np.mean([(part >= level).mean() for part in regions]))))
    x, y = (np.array(axis) for axis in zip(*points, strict=True))
    fine = np.linspace(0, limit, 200_001)
    return float(np.trapezoid(np.interp(fine, x, y), fine) / limit)


@pytest.mark.parametrize("limit", [0.3, 0.05])
def test_that_overlap_of_histograms_is_that_of_the_maps_themselves(limit: float) -> None:
    rng = np.random.default_rng(4)
    maps, masks = [], []
    for _ in range(3):
        mask = np.zeros((20, 20), np.bool_)
        mask[2:5, 3:9] = mask[12:18, 12:14] = True
        masks.append(mask)
        maps.append(rng.integers(0, 40, (20, 20)) + 15 * mask)
    bins = np.arange(57)
    good = sum(np.histogram(one[~mask], bins)[0] for one, mask in zip(maps, masks, strict=True))
    regions = []
    for one, mask in zip(maps, masks, strict=True):
        labels, count = ndimage.label(mask)
        regions += [np.histogram(one[labels == number + 1], bins)[0] for number in range(count)]
    assert aupro(good, np.array(regions), limit) == pytest.approx(overlap_one_by_one(maps, masks, limit), abs=1e-3)


def test_that_overlap_is_what_adeval_makes_of_the_same_maps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed without what it asks for, which would replace the headless OpenCV: pip install --no-deps adeval."""
    adeval = pytest.importorskip("adeval")
    monkeypatch.setattr(np, "trapz", np.trapezoid, raising=False)  # Newer numpy has it under this name alone.
    rng = np.random.default_rng(7)
    edges = np.linspace(0, 1, 769)
    other = adeval.EvalAccumulator(0.0, 1.0, nstrips=768)
    good, regions = np.zeros(768, np.int64), []
    for number in range(6):
        mask = np.zeros((64, 64), np.uint8)
        if number % 3:
            mask[5:15, 8:30] = mask[40 : 44 + number, 40:46] = 1
        seen = np.clip(rng.beta(2, 6, mask.shape) + 0.3 * mask * rng.random(mask.shape), 0, 0.999).astype(np.float32)
        other.add_anomap(seen, mask)
        labels, count = ndimage.label(mask, np.ones((3, 3)))
        good += np.histogram(seen[mask == 0], edges)[0]
        regions += [np.histogram(seen[labels == region + 1], edges)[0] for region in range(count)]
    with np.errstate(invalid="ignore"):  # It was shown no scores of images.
        expected = other.summary()["p_aupro"]
    assert 0.1 < expected < 0.9
    assert aupro(good, np.array(regions), 0.3) == pytest.approx(expected, abs=2e-3)

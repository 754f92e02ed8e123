from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.evaluation.curves import auroc
from anomaly_gui.evaluation.intervals import auroc_interval, wilson


def test_that_no_miss_in_thirty_still_allows_eleven_percent() -> None:
    low, high = wilson(30, 30) or (0.0, 0.0)
    assert low == pytest.approx(0.8865, abs=1e-4)
    assert high == 1.0


def test_that_the_interval_is_wilsons_own_example() -> None:
    # 10 of 100: (0.0552, 0.1744), as in Newcombe (1998), table I's method 3.
    assert wilson(10, 100) == (pytest.approx(0.0552, abs=1e-4), pytest.approx(0.1744, abs=1e-4))


def test_that_nothing_counted_has_no_interval() -> None:
    assert wilson(0, 0) is None


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_that_the_interval_holds_the_share(counted: tuple[int, int]) -> None:
    successes, n = counted
    low, high = wilson(successes, n) or (2.0, -1.0)
    assert 0 <= low <= successes / n <= high <= 1


def test_that_areas_of_few_images_are_not_trusted_however_perfect() -> None:
    perfect = auroc_interval(1.0, 10, 10)
    assert perfect is not None
    assert perfect[1] == 1.0
    assert 0.7 < perfect[0] < 0.95
    assert auroc_interval(0.9, 0, 10) is None
    assert auroc_interval(0.9, 10, 0) is None


def test_that_an_area_and_its_mirror_image_have_mirrored_intervals() -> None:
    for area in (0.5, 0.73, 0.98):
        low, high = auroc_interval(area, 30, 12) or (0, 0)
        assert low < area < high
        mirrored = auroc_interval(1 - area, 30, 12)
        assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_that_nineteen_of_twenty_intervals_hold_the_area() -> None:
    rng = np.random.default_rng(0)
    true, held = NormalDist().cdf(1 / math.sqrt(2)), 0
    for _ in range(400):
        scores = np.concatenate([rng.normal(0, 1, 25), rng.normal(1, 1, 20)])
        defective = np.arange(45) >= 25
        low, high = auroc_interval(auroc(scores, defective) or 0.0, 25, 20) or (0, 0)
        held += low <= true <= high
    assert held >= 0.92 * 400

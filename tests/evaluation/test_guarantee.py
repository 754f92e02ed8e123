from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from anomaly_gui.evaluation.guarantee import Guarantee, good_images_needed, guarantee, most_above, rate_bound

COUNTED = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
RATES = st.sampled_from([0.001, 0.01, 0.02, 0.05, 0.1, 0.5])


@pytest.mark.parametrize(("rate", "images"), [(0.05, 59), (0.02, 149), (0.01, 299)])
def test_that_a_promise_needs_so_many_good_images(rate: float, images: int) -> None:
    assert good_images_needed(rate) == images
    assert most_above(images, rate) == 0
    assert most_above(images - 1, rate) is None


@given(COUNTED, st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_that_the_bound_is_that_of_clopper_and_pearson(counted: tuple[int, int], confidence: float) -> None:
    above, n = counted
    expected = 1.0 if above == n else float(stats.beta.ppf(confidence, above + 1, n - above))
    assert rate_bound(above, n, confidence) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("above", "n"), [(0, 100_000), (5_000, 100_000), (99_990, 100_000)])
def test_that_the_bound_holds_for_many_images(above: int, n: int) -> None:
    assert rate_bound(above, n) == pytest.approx(float(stats.beta.ppf(0.95, above + 1, n - above)), rel=1e-6)


@given(st.integers(0, 400), RATES)
def test_that_as_many_lie_above_as_the_promise_allows(count: int, rate: float) -> None:
    keeping = [k for k in range(count + 1) if stats.binom.cdf(k, count, rate) <= 0.05]
    assert most_above(count, rate) == (max(keeping) if keeping else None)


@given(RATES, st.integers(0, 5))
def test_that_no_fewer_images_would_do(rate: float, above: int) -> None:
    needed = good_images_needed(rate, above=above)
    assert stats.binom.cdf(above, needed, rate) <= 0.05
    assert stats.binom.cdf(above, needed - 1, rate) > 0.05


def test_that_images_at_the_threshold_or_without_a_score_lie_above() -> None:
    said = guarantee(np.float32([1, 2, 3, np.nan]), 3.0)
    assert said == Guarantee(4, 2, pytest.approx(float(stats.beta.ppf(0.95, 3, 2))))


def test_that_nothing_is_promised_without_images() -> None:
    assert guarantee(np.empty(0, np.float32), 1.0) == Guarantee(0, 0, 1.0)


def test_that_the_promise_is_kept_on_the_line_as_often_as_it_says() -> None:
    """A threshold above the highest of 59: its false alarm rate exceeds 5 % in at most 1 of 20 trials."""
    rng = np.random.default_rng(0)
    highest = rng.uniform(size=(20_000, 59)).max(axis=1)
    assert (1 - highest > 0.05).mean() == pytest.approx(0.95**59, abs=0.005)

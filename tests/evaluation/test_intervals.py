from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.evaluation.intervals import wilson


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

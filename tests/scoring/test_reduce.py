from __future__ import annotations

import math

import numpy as np
import pytest

from anomaly_gui.scoring.reduce import BIN_EDGES, area_edge, reduce, region_level
from anomaly_gui.scoring.settings import ScoringSettings

RAMP = np.arange(10_000, dtype=np.float32).reshape(100, 100)
ALL = ("max", "top", "area", "region", "mean")


def test_that_each_reduction_is_what_it_says() -> None:
    assert reduce(RAMP, ScoringSettings(reduction="max")) == 9999
    assert reduce(RAMP, ScoringSettings(reduction="mean")) == pytest.approx(4999.5)
    assert reduce(RAMP, ScoringSettings(reduction="top", top_per_10000=10)) == pytest.approx(9994.5)
    assert reduce(RAMP / 100, ScoringSettings(reduction="area", area_level=50)) == pytest.approx(0.5, abs=0.01)


def test_that_a_region_of_some_size_is_asked_for_wherever_it_lies() -> None:
    spots = np.zeros((20, 30), np.float32)
    spots[3, 4] = 9
    spots[10, 5:25] = 7
    spots[17:20, 27:30] = 5
    by_side = [region_level(spots, side) for side in (1, 2, 3, 4)]
    assert by_side == [9, 5, 5, 0]
    assert reduce(spots, ScoringSettings(reduction="region", region_side_px=3)) == 5
    assert region_level(spots[:2, :2], 9) == 0


def test_that_the_default_does_not_drown_a_dot() -> None:
    dot = np.zeros((512, 512), np.float32)
    dot[100, 100] = 30
    assert reduce(dot, ScoringSettings()) == 30


@pytest.mark.parametrize("reduction", ALL)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_that_a_map_that_is_not_finite_has_no_finite_score(reduction: str, bad: float) -> None:
    broken = RAMP.copy()
    broken[3, 3] = bad
    assert math.isnan(reduce(broken, ScoringSettings(reduction=reduction)))  # type: ignore[arg-type]


def test_that_area_levels_fall_on_bin_edges() -> None:
    assert np.float32(area_edge(3.0)) in BIN_EDGES
    assert area_edge(3.0) == pytest.approx(3.0, rel=0.02)


@pytest.mark.parametrize("reduction", ALL)
def test_that_only_what_is_inside_counts(reduction: str) -> None:
    """A map all below 0 beside a high one: outside is neither of them."""
    settings = ScoringSettings(reduction=reduction, top_per_10000=500, area_level=0)  # type: ignore[arg-type]
    quiet = np.random.default_rng(0).normal(-3, 1, (20, 30)).astype(np.float32)
    joined = np.concatenate([quiet, np.full((20, 10), 50, np.float32)], axis=1)
    inside = np.zeros(joined.shape, np.bool_)
    inside[:, :30] = True
    assert reduce(joined, settings, inside) == pytest.approx(reduce(quiet, settings), rel=1e-6)
    joined[3, 35] = np.nan
    assert math.isfinite(reduce(joined, settings, inside))
    assert math.isnan(reduce(joined, settings, ~inside))
    assert math.isnan(reduce(joined, settings, np.zeros_like(inside)))

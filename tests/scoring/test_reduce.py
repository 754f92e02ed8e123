from __future__ import annotations

import math

import numpy as np
import pytest

from anomaly_gui.scoring.reduce import BIN_EDGES, area_edge, reduce
from anomaly_gui.scoring.settings import ScoringSettings

RAMP = np.arange(10_000, dtype=np.float32).reshape(100, 100)
ALL = ("max", "top", "area", "region", "mean")


def test_that_each_reduction_is_what_it_says() -> None:
    assert reduce(RAMP, ScoringSettings(reduction="max")) == 9999
    assert reduce(RAMP, ScoringSettings(reduction="mean")) == pytest.approx(4999.5)
    assert reduce(RAMP, ScoringSettings(reduction="top", top_per_10000=10)) == pytest.approx(9994.5)
    assert reduce(RAMP / 100, ScoringSettings(reduction="area", area_level=50)) == pytest.approx(0.5, abs=0.01)


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

from __future__ import annotations

import numpy as np
import pytest

from anomaly_gui.evaluation.outliers import FEWEST, robust_z


def test_distances_are_counted_in_robust_standard_deviations_from_the_median() -> None:
    values = np.arange(21.0)  # median 10, median absolute deviation 5
    assert robust_z(values, 0.1)[-1] == pytest.approx(10 / (1.4826 * 5))
    assert robust_z(values, 0.1)[0] == pytest.approx(-10 / (1.4826 * 5))


def test_outliers_do_not_hide_one_another() -> None:
    values = np.concatenate([np.random.default_rng(0).normal(0, 1, 60), [50.0] * 20])
    assert (robust_z(values, 0.1)[60:] > 10).all()


def test_among_equals_nothing_stands_out_by_less_than_the_least_spread() -> None:
    values = np.full(30, 0.5)
    values[3] = 0.505
    assert np.abs(robust_z(values, 0.01)).max() == pytest.approx(0.5)


def test_few_values_have_no_middle() -> None:
    values = np.zeros(FEWEST - 1)
    values[0] = 100
    assert not robust_z(values, 0.1).any()

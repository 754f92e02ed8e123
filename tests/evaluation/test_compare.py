"""Two runs over the same images."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.evaluation.compare import (
    FEWEST_OF_A_CLASS,
    auroc_difference,
    best_f1,
    differences,
    f1_by_share,
)
from anomaly_gui.evaluation.confusion import DEFECTIVE, at, decided
from anomaly_gui.evaluation.curves import auroc, candidate_thresholds
from anomaly_gui.progress import CancelToken
from tests.evaluation.labelled_scores import Labelled, labelled

THREE_COLUMNS = st.lists(
    st.tuples(st.integers(-5, 5).map(float), st.sampled_from([-1.0, 0.5, 2.0, float("nan")]), st.booleans()),
    min_size=1,
    max_size=30,
)


def _columns(rows: list[tuple[float, float, bool]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        np.array([row[0] for row in rows], np.float32),
        np.array([row[1] for row in rows], np.float32),
        np.array([row[2] for row in rows], np.bool_),
    )


def _two_runs(spread: float, seed: int = 1, n: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The second tells good from defective by *spread* more than the first."""
    draw = np.random.default_rng(seed)
    defective = np.arange(n) % 2 == 0
    first = draw.normal(size=n) + defective
    return first.astype(np.float32), (first + spread * defective).astype(np.float32), defective


@given(labelled(), st.integers(0, 3))
@settings(max_examples=60)
def test_a_run_beside_itself_or_its_like_in_rank_differs_by_exactly_nothing(case: Labelled, seed: int) -> None:
    scores, defective = case
    for other in (scores, scores * 2 + 7):
        found = auroc_difference(scores, other, defective, resamples=30, seed=seed)
        if found is None:
            assert auroc(scores, defective) is None
            continue
        assert found.difference == 0
        if found.interval is not None:
            assert (found.interval, found.second_better) == ((0.0, 0.0), 0.0)
        assert not found.is_shown


@given(THREE_COLUMNS)
@settings(max_examples=60)
def test_turning_the_two_around_turns_the_interval_around(rows: list[tuple[float, float, bool]]) -> None:
    first, second, defective = _columns(rows)
    one, other = (auroc_difference(*pair, defective, resamples=40) for pair in ((first, second), (second, first)))
    if one is None or other is None:
        assert one is other
        return
    assert one.difference == -other.difference
    if one.interval is None or other.interval is None:
        assert min(defective.sum(), (~defective).sum()) < FEWEST_OF_A_CLASS
        return
    assert one.interval == pytest.approx((-other.interval[1], -other.interval[0]), abs=1e-9)


def test_a_resample_is_the_area_of_the_images_that_were_drawn() -> None:
    from anomaly_gui.evaluation.compare import _drawn, _Ranked

    draw = np.random.default_rng(0)
    scores = draw.integers(0, 6, 25).astype(np.float32)
    scores[3] = np.nan
    defective = np.arange(25) % 3 == 0
    good_weights, defect_weights = _drawn(draw, 20, int((~defective).sum())), _drawn(draw, 20, int(defective.sum()))
    areas = _Ranked(scores, defective).areas(good_weights, defect_weights)
    for row in range(20):
        good = np.repeat(scores[~defective], good_weights[row].astype(int))
        defects = np.repeat(scores[defective], defect_weights[row].astype(int))
        flags = np.arange(len(good) + len(defects)) >= len(good)
        assert areas[row] == pytest.approx(auroc(np.concatenate([good, defects]), flags))


def test_a_plain_improvement_is_shown_and_a_slight_one_is_not() -> None:
    found = auroc_difference(*_two_runs(2.0))
    assert found is not None
    assert found.interval is not None
    assert found.is_shown
    assert found.interval[0] < found.difference < found.interval[1]
    assert found.second_better is not None
    assert found.second_better > 0.99
    first, _, defective = _two_runs(0.0)
    slight = auroc_difference(first, _two_runs(0.0, seed=2)[0], defective)
    assert slight is not None
    assert slight.difference != 0
    assert not slight.is_shown


def test_the_interval_is_that_of_a_normal_difference_where_there_are_many_images() -> None:
    draw = np.random.default_rng(3)
    defective = np.arange(2000) % 2 == 0
    first, second = (draw.normal(size=2000) + defective for _ in range(2))
    found = auroc_difference(first, second, defective)
    assert found is not None
    assert found.interval is not None
    # Hanley and McNeil (1982) for independent scores of equal strength.
    area = 0.76
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = (area * (1 - area) + 999 * (q1 - area**2) + 999 * (q2 - area**2)) / 1000**2
    assert found.interval[1] - found.interval[0] == pytest.approx(2 * 1.96 * np.sqrt(2 * variance), rel=0.1)


def test_the_seed_decides_what_is_drawn() -> None:
    case = _two_runs(0.3)
    assert auroc_difference(*case) == auroc_difference(*case)
    assert auroc_difference(*case) != auroc_difference(*case, seed=1)


def test_one_class_has_no_area_and_a_handful_no_interval() -> None:
    scores = np.arange(20, dtype=np.float32)
    assert auroc_difference(scores, scores, np.zeros(20, np.bool_)) is None
    found = auroc_difference(scores, -scores, np.arange(20) < FEWEST_OF_A_CLASS - 1)
    assert found is not None
    assert (found.interval, found.second_better, found.is_shown) == (None, None, False)


@given(THREE_COLUMNS, st.floats(-6, 6), st.floats(-2, 3), st.one_of(st.none(), st.floats(-9, 3)))
@settings(max_examples=100)
def test_every_image_is_right_in_both_or_listed_once_under_what_became_of_it(
    rows: list[tuple[float, float, bool]], one: float, other: float, recheck: float | None
) -> None:
    first, second, defective = _columns(rows)
    answers = decided(first, one), decided(second, other, recheck)
    found = differences(*answers, defective)
    before, after = at(first, defective, one), at(second, defective, other)
    assert before.fn - after.fn == len(found.fixed) - len(found.newly_missed)
    assert after.fp - before.fp == len(found.new_alarms) - len(found.alarms_gone)
    assert after.fn == len(found.still_missed) + len(found.newly_missed)
    assert before.fp == len(found.still_alarms) + len(found.alarms_gone)
    flips = np.flatnonzero((answers[0] == DEFECTIVE) != (answers[1] == DEFECTIVE))
    listed = [*found.fixed, *found.newly_missed, *found.new_alarms, *found.alarms_gone]
    assert sorted(listed) == flips.tolist()
    assert {*found.rechecked_otherwise.tolist()} == {
        n for n in np.flatnonzero(answers[0] != answers[1]).tolist() if n not in flips
    }


@given(labelled(min_size=1))
@settings(max_examples=100)
def test_f1_by_share_passes_through_every_threshold(case: Labelled) -> None:
    scores, defective = case
    share, f1 = f1_by_share(scores, defective)
    assert share[0] == 0
    assert share[-1] == 1
    assert (np.diff(share) > 0).all()
    drawn = {round(float(x), 9): float(y) for x, y in zip(share, f1, strict=True)}
    for threshold in candidate_thresholds(scores):
        counts = at(scores, defective, float(threshold))
        y = drawn[round((counts.tp + counts.fp) / len(scores), 9)]
        assert np.isnan(y) if counts.f1 is None else y == pytest.approx(counts.f1)
    best = best_f1(scores, defective)
    assert best == (pytest.approx(np.nanmax(f1)) if defective.any() else None)


def test_once_cancelled_no_interval_is_worked_out() -> None:
    cancel = CancelToken()
    cancel.cancel()
    found = auroc_difference(*_two_runs(2.0), cancel=cancel)
    assert found is not None
    assert (found.interval, found.second_better) == (None, None)

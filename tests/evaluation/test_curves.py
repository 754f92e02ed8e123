from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from anomaly_gui.evaluation import curves
from anomaly_gui.evaluation.confusion import DEFECTIVE, GOOD, RECHECK, ThreeWay, at, decided
from tests.evaluation.labelled_scores import FINITE, Labelled, labelled


@given(labelled())
def test_that_the_table_counts_as_a_pass_over_all_scores_does(data: Labelled) -> None:
    scores, defective = data
    table = curves.ScoreTable(scores, defective)
    for threshold in (-np.inf, -3.1, 0.0, 0.25, 2.0, 100.0, np.inf):
        assert table.at(threshold) == at(scores, defective, threshold)


@given(labelled(FINITE))
def test_that_areas_agree_with_scikit_learn(data: Labelled) -> None:
    scores, defective = data
    if not defective.any():
        assert curves.auroc(scores, defective) is None
        assert curves.average_precision(scores, defective) is None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = metrics.average_precision_score(defective, scores)
    assert curves.average_precision(scores, defective) == pytest.approx(expected)
    if defective.all():
        assert curves.auroc(scores, defective) is None
    else:
        assert curves.auroc(scores, defective) == pytest.approx(metrics.roc_auc_score(defective, scores))


def test_that_a_score_that_is_not_finite_ranks_highest() -> None:
    defective = np.array([True, False])
    assert curves.auroc(np.float32([np.nan, 9]), defective) == 1
    assert curves.auroc(np.float32([9, np.nan]), defective) == 0


@given(labelled(min_size=1))
def test_that_the_roc_curve_runs_from_nothing_to_everything(data: Labelled) -> None:
    scores, defective = data
    curve = curves.roc(scores, defective)
    if defective.any():
        assert curve.recall[0] == 0
        assert curve.recall[-1] == 1
        assert (np.diff(curve.recall) >= 0).all()
    else:
        assert np.isnan(curve.recall).all()
    if defective.any() and not defective.all():
        area = np.trapezoid(curve.recall, curve.false_alarm_rate)
        assert area == pytest.approx(curves.auroc(scores, defective))


@given(labelled())
def test_that_candidates_reach_every_set_of_decisions_once(data: Labelled) -> None:
    scores, _ = data
    candidates = curves.candidate_thresholds(scores)
    distinct = np.unique(scores[np.isfinite(scores)])
    assert (np.diff(candidates) > 0).all()
    assert [int((distinct < t).sum()) for t in candidates] == list(range(len(distinct) + 1))


@given(labelled(min_size=1))
def test_that_the_sweep_agrees_with_counts_at_each_threshold(data: Labelled) -> None:
    scores, defective = data
    sweep = curves.threshold_sweep(scores, defective)
    for i, threshold in enumerate(sweep.thresholds):
        counts = at(scores, defective, float(threshold))
        for found, expected in (
            (sweep.recall[i], counts.recall),
            (sweep.precision[i], counts.precision),
            (sweep.f1[i], counts.f1),
            (sweep.false_alarm_rate[i], counts.false_alarm_rate),
        ):
            assert (np.isnan(found) and expected is None) or found == pytest.approx(expected)


RATES = st.sampled_from([0.0, 0.05, 0.3, 0.5, 0.95, 1.0])


def reachable(scores: np.ndarray, defective: np.ndarray) -> list[tuple[float, float]]:
    """(False alarm rate, recall) of every decision that some threshold gives, and of calling nothing defective."""
    called = [np.zeros(len(scores), np.bool_)]
    called += [~(scores < level) | ~np.isfinite(scores) for level in [*scores[np.isfinite(scores)], np.inf]]
    return [(float(c[~defective].mean()), float(c[defective].mean())) for c in called]


@given(labelled(min_size=2), RATES)
def test_that_recall_at_a_false_alarm_rate_is_the_best_of_all_thresholds(data: Labelled, rate: float) -> None:
    scores, defective = data
    found = curves.recall_at_false_alarms(scores, defective, rate)
    if defective.all() or not defective.any():
        assert found is None
    else:
        expected = max(recall for alarms, recall in reachable(scores, defective) if alarms <= rate)
        assert found == pytest.approx(expected)


@given(labelled(min_size=2), RATES)
def test_that_false_alarms_at_a_recall_are_the_fewest_of_all_thresholds(data: Labelled, recall: float) -> None:
    scores, defective = data
    alarms = curves.false_alarms_at_recall(scores, defective, recall)
    if defective.all() or not defective.any():
        assert alarms is None
    else:
        expected = min(rate for rate, reached in reachable(scores, defective) if reached >= recall)
        assert alarms == pytest.approx(expected)


def test_that_a_good_image_without_a_finite_score_leaves_no_recall_at_few_false_alarms() -> None:
    scores, defective = np.float32([np.nan, 1, 9, 8]), np.array([False, False, True, True])
    assert curves.recall_at_false_alarms(scores, defective, 0.05) == 0
    assert curves.recall_at_false_alarms(scores, defective, 0.5) == 1
    assert curves.false_alarms_at_recall(scores, defective, 0.95) == 0.5


@given(labelled(), st.sampled_from([None, -2.0, 0.0, 0.25, 1.0, 9.0]), st.sampled_from([-1.0, 0.25, 1.0]))
def test_that_three_answers_are_counted_as_one_by_one(data: Labelled, recheck: float | None, threshold: float) -> None:
    scores, defective = data
    answers = decided(scores, threshold, recheck)
    counts = [int((answers[of] == answer).sum()) for of in (defective, ~defective) for answer in (2, 1, 0)]
    assert (DEFECTIVE, RECHECK, GOOD) == (2, 1, 0)
    assert curves.ScoreTable(scores, defective).at_band(recheck, threshold) == ThreeWay(*counts)


@given(labelled(FINITE, min_size=1))
def test_that_precision_and_recall_agree_with_scikit_learn(data: Labelled) -> None:
    scores, defective = data
    curve = curves.precision_recall(scores, defective)
    if defective.all() or not defective.any():
        assert np.isnan(curve.precision).all()
        assert np.isnan(curve.recall).all()
        return
    precision, recall, thresholds = metrics.precision_recall_curve(defective, scores)
    assert curve.thresholds == pytest.approx(thresholds[::-1])
    # Its last point, precision 1 at no recall, is a convention.
    assert curve.precision == pytest.approx(precision[-2::-1])
    assert curve.recall == pytest.approx(recall[-2::-1])


def test_that_a_score_that_is_not_finite_begins_the_curve_of_precision_and_recall() -> None:
    curve = curves.precision_recall(np.float32([np.nan, 1, 2]), np.array([True, False, True]))
    assert curve.thresholds.tolist() == [np.inf, 2, 1]
    assert curve.recall.tolist() == [0.5, 1, 1]

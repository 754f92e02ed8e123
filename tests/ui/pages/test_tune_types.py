"""Recall by defect type agrees with counting."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.evaluation.confusion import called_defective
from anomaly_gui.evaluation.intervals import wilson
from anomaly_gui.jobs.evaluate import UNTYPED, ScoredImages
from anomaly_gui.ui.pages.tune_types import TypeTable

DEFECTS = st.lists(
    st.tuples(
        st.sampled_from(["", "crack", "dent"]),
        st.one_of(st.integers(0, 5).map(float), st.sampled_from([math.nan, -math.inf])),
    ),
    max_size=15,
)


def scored(defects: list[tuple[str, float]], good: int = 2) -> ScoredImages:
    scores = np.array([0.5] * good + [score for _, score in defects], np.float32)
    return ScoredImages(
        np.arange(len(scores)),
        scores,
        np.arange(len(scores)) >= good,
        np.empty(0, np.float32),
        ("",) * good + tuple(name for name, _ in defects),
    )


@settings(max_examples=100, deadline=None)
@given(defects=DEFECTS, threshold=st.one_of(st.floats(-1, 7), st.just(math.inf)))
def test_bars_agree_with_counting_decisions_one_by_one(defects: list[tuple[str, float]], threshold: float) -> None:
    bars = {bar.name: bar for bar in TypeTable(scored(defects)).bars(threshold)}
    assert set(bars) == {name or UNTYPED for name, _ in defects}
    for name, bar in bars.items():
        own = np.array([score for kind, score in defects if (kind or UNTYPED) == name], np.float32)
        assert (bar.found, bar.count) == (int(called_defective(own, threshold).sum()), len(own))
        assert bar.interval == wilson(bar.found, bar.count)


def test_a_types_images_are_its_own_and_those_missed_come_first() -> None:
    table = TypeTable(scored([("crack", 3.0), ("dent", 1.0), ("crack", math.nan), ("crack", 1.0)]))
    assert table.images("crack").tolist() == [5, 2, 4]
    assert table.missed("crack", 2.0) == 1


def test_without_types_all_defects_are_one_group() -> None:
    images = scored([("", 1.0), ("", 3.0)])
    table = TypeTable(ScoredImages(images.ids, images.scores, images.defective, images.good_scores))
    assert table.names == [UNTYPED]
    assert table.bars(2.0)[0].found == 1
    assert TypeTable(scored([])).bars(1.0) == []

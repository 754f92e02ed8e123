from __future__ import annotations

import statistics
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.jobs.study import summary
from anomaly_gui.jobs.study.records import Cell, CellResult, Machine, RocPoints, failed
from anomaly_gui.jobs.study.summary import AUROC, COST, Row, Spread, best_of, mean_roc, recall_at, spread
from tests.jobs.study.made_results import figures, plan, result

PEAK = next(column for column in COST if column.key == "peak_bytes")


def cells(*aurocs: float | None, detector: str = "conv-ae") -> tuple[CellResult, ...]:
    return tuple(result(Cell("a", detector, seed), figures(auroc=value)) for seed, value in enumerate(aurocs))


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=6))
def test_a_spread_is_that_of_the_seeds_that_have_the_figure(values: list[float | None]) -> None:
    known = [value for value in values if value is not None]
    found = spread(values)
    if not known:
        assert found is None
        return
    assert found is not None
    assert (found.n, found.low, found.high) == (len(known), min(known), max(known))
    assert found.mean == pytest.approx(np.mean(known))
    if len(known) == 1:
        assert found.deviation is None
    else:
        assert found.deviation == pytest.approx(np.std(known, ddof=1), abs=1e-12)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((), "n/a"),
        ((None, None), "n/a"),
        ((0.9,), "0.900"),
        ((0.9, None), "0.900"),
        ((0.9, 0.8), "0.850 (0.800–0.900)"),
        ((0.9, 0.8, 0.7), "0.800 ± 0.100"),
        ((0.0,), "0.000"),
    ],
)
def test_one_seed_has_no_spread_two_have_a_range_and_three_a_deviation(
    values: tuple[float | None, ...], text: str
) -> None:
    assert AUROC.text(AUROC.of(cells(*values))) == text


def test_units_are_those_of_the_title() -> None:
    assert PEAK.text(PEAK.of(cells(0.5))) == "400"


def test_the_better_end_depends_on_the_column() -> None:
    spreads = [Spread(0.2, None, 0.2, 0.2, 1), None, Spread(0.7, None, 0.7, 0.7, 1)]
    assert best_of(AUROC, spreads) == 0.7
    assert best_of(PEAK, spreads) == 0.2
    assert best_of(AUROC, spreads[:2]) is None


def test_a_row_counts_the_seeds_that_its_figures_come_from() -> None:
    broken = failed(Cell("a", "conv-ae", 1), "2025-01-31", "Out of luck.")
    row = Row("a", "conv-ae", (*cells(0.9), broken), 3)
    assert row.seeds == "1 of 3"
    assert AUROC.text(AUROC.of(row.judged)) == "0.900"
    assert Row("a", "conv-ae", cells(0.9, 0.8), 2).seeds == "2"


def test_the_same_trouble_of_several_seeds_is_said_once() -> None:
    results = tuple(failed(Cell("a", "gan", seed), "", "Too few." if seed != 1 else "Odd.") for seed in range(3))
    assert Row("a", "gan", results, 3).remarks() == ["gan, seeds 0, 2: Too few.", "gan, seed 1: Odd."]


def test_types_are_spread_over_seeds_too() -> None:
    (hole,) = Row("a", "conv-ae", cells(0.9, 0.8), 2).types()
    assert (hole.name, hole.n) == ("hole", 3)
    assert hole.recall == Spread(0.5, 0.0, 0.5, 0.5, 2)


def test_a_type_that_one_detector_has_no_figures_of_is_not_available() -> None:
    failed_row = Row("a", "gan", (failed(Cell("a", "gan", 0), "", "No."),), 1)
    table = summary.type_table([Row("a", "conv-ae", cells(0.9), 1), failed_row])
    assert table == (["Detector", "hole (3)"], [["conv-ae", "0.500 / 0.750"], ["gan", "n/a"]])
    assert summary.type_table([failed_row]) is None


ROCS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6).map(
    lambda rows: RocPoints(
        [0.0, *sorted(rate for rate, _ in rows), 1.0], [0.0, *sorted(recall for _, recall in rows), 1.0]
    )
)


@given(st.lists(ROCS, min_size=1, max_size=4), st.floats(0, 1))
def test_the_mean_curve_is_the_mean_at_every_false_alarm_rate(curves: list[RocPoints], rate: float) -> None:
    mean = mean_roc(curves)
    assert mean is not None
    assert recall_at(mean, rate) == pytest.approx(statistics.fmean(recall_at(curve, rate) for curve in curves))


def test_without_curves_there_is_no_mean() -> None:
    assert mean_roc([]) is None
    assert Row("a", "conv-ae", (), 1).roc() is None


def test_the_head_names_everything_once_and_what_differs_twice(tmp_path: Path) -> None:
    other = Machine(device="GPU H100", cores=16, threads=8, versions={"torch": "2.14"})
    results = [*cells(0.9, 0.8), result(Cell("a", "conv-ae", 2), machine=other, date_utc="2025-02-03T00:00:00Z")]
    head = dict(summary.head(plan(tmp_path, "a"), results))
    assert head["Date"] == "2025-01-31 to 2025-02-03"
    assert head["Device"] == "CPU x86_64 AVX2; GPU H100"
    assert head["Versions"] == "torch 2.13 and 2.14"


def test_the_head_of_nothing_is_not_available(tmp_path: Path) -> None:
    head = dict(summary.head(plan(tmp_path, "a"), []))
    assert head["Date"] == head["Device"] == head["Versions"] == "n/a"


def test_the_command_says_all_and_no_folder_but_its_name(tmp_path: Path) -> None:
    made = plan(tmp_path, "a", "b c", minutes=5.0, subset=60, settings={"epochs": "3"}, seeds=2)
    command = summary.command(made)
    assert command == (
        "anomaly-gui study a 'b c' --detectors conv-ae --seeds 2 --preset fast --minutes 5 --subset 60 "
        "--set epochs=3 --out out"
    )
    assert "--detectors all" in summary.command(plan(tmp_path, "a", detectors=("all",), settings={}))


def test_counts_come_from_any_training_that_worked() -> None:
    assert summary.counts([Row("a", "gan", (), 1)]) == "No training has worked yet."
    assert summary.counts([Row("a", "gan", (), 1), Row("a", "conv-ae", cells(0.9), 1)]).startswith(
        "Test images: 3 good, 3 defective"
    )

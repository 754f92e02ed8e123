"""Pins belong to a run and survive what a project remembers."""

from __future__ import annotations

import json

import numpy as np
import pytest

from anomaly_gui.evaluation.curves import ScoreTable
from anomaly_gui.ui.pages.tune_pins import Pins, row_at, scores_of


def test_pins_belong_to_their_run_and_come_by_letter() -> None:
    pins = Pins()
    pins.pin("1", "B", 2.0)
    pins.pin("1", "A", 3.0)
    pins.pin("2", "A", 9.0)
    assert list(pins.of("1").items()) == [("A", 3.0), ("B", 2.0)]
    assert pins.free("1") == "C"
    assert pins.free("3") == "A"
    pins.pin("1", "C", 1.0)
    assert pins.free("1") is None
    pins.remove("1", "B")
    pins.remove("3", "B")
    assert pins.free("1") == "B"


def test_what_is_remembered_is_recalled() -> None:
    pins = Pins()
    pins.pin("1", "A", 3.0)
    pins.pin("12", "C", -1.5)
    again = Pins.recalled(json.loads(json.dumps(pins.remembered())))
    assert again.of("1") == {"A": 3.0}
    assert again.of("12") == {"C": -1.5}


def test_pins_of_another_scoring_are_put_away_and_come_back() -> None:
    smoother = {"smooth_sigma_px": 4.0, "reduction": "max"}
    assert scores_of(1, None) == "1"
    assert scores_of(1, smoother) == scores_of(1, dict(reversed(smoother.items()))) != scores_of(2, smoother)
    pins = Pins()
    pins.pin(scores_of(1, None), "A", 3.0)
    pins.pin(scores_of(1, smoother), "A", 1.0)
    again = Pins.recalled(json.loads(json.dumps(pins.remembered())))
    assert again.of(scores_of(1, None)) == {"A": 3.0}
    assert again.of(scores_of(1, smoother)) == {"A": 1.0}


@pytest.mark.parametrize("kept", [None, 3, [], {"1": 2}, {"x": {"A": 1.0}}, {"1": {"Z": 1.0, "A": "high"}}])
def test_what_cannot_be_read_is_no_pin(kept: object) -> None:
    assert Pins.recalled(kept).of("1") == {}


def test_a_row_tells_what_the_threshold_gives() -> None:
    table = ScoreTable(np.array([1.0, 2.0, 3.0], np.float32), np.array([False, True, True]))
    row = row_at("A", 2.5, table, 2)
    assert (row.name, row.threshold, row.found, row.missed, row.false_alarms) == ("A", "2.50", 1, 1, 0)
    assert (row.recall, row.precision) == (0.5, 1.0)
    assert row_at("A", 9.0, table, 2).precision is None

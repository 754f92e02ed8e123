"""Rates come with an interval, or are undefined."""

from __future__ import annotations

from anomaly_gui.evaluation.confusion import Confusion
from anomaly_gui.evaluation.intervals import wilson
from anomaly_gui.ui.pages.tune_rates import f1_interval, shown_rates


def test_each_rate_has_wilsons_interval_of_what_it_counts() -> None:
    shown = {rate.name: rate for rate in shown_rates(Confusion(tp=8, fp=3, fn=2, tn=17))}
    assert shown["recall"].interval == wilson(8, 10)
    assert shown["false_alarm_rate"].interval == wilson(3, 20)
    assert shown["precision"].interval == wilson(8, 11)
    assert shown["specificity"].interval == wilson(17, 20)


def test_what_is_undefined_has_no_interval() -> None:
    shown = {rate.name: rate for rate in shown_rates(Confusion(tp=0, fp=3, fn=0, tn=17))}
    for name in ("recall", "precision", "f1"):
        assert (shown[name].value, shown[name].interval) == (None, None)


def test_the_interval_of_f1_holds_it_and_narrows_with_more_images() -> None:
    few, many = f1_interval(8, 2), f1_interval(800, 200)
    assert few is not None
    assert many is not None
    value = 2 * 8 / (2 * 8 + 2)
    assert few[0] < value < few[1]
    assert few[0] < many[0] < value < many[1] < few[1]
    assert f1_interval(0, 0) is None

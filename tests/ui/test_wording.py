"""Figures keep their width and say what they do not know."""

from __future__ import annotations

import math

import pytest

from anomaly_gui.ui.wording import (
    FIGURE_SPACE,
    area_text,
    change_text,
    counted,
    listed,
    percent_interval_text,
    percent_text,
    score_decimals,
    score_text,
    share_text,
)


@pytest.mark.parametrize("share", [None, 0.0, 0.004, 0.0999, 0.5, 0.99999, 1.0])
def test_a_rate_is_always_seven_characters_wide(share: float | None) -> None:
    assert len(percent_text(share)) == 7


def test_an_undefined_rate_is_neither_zero_nor_one() -> None:
    assert percent_text(None).strip("\u2007 ") == "n/a"


def test_an_interval_keeps_its_upper_end_in_place() -> None:
    assert percent_interval_text((0.881, 0.963)).replace(FIGURE_SPACE, "") == "88 – 97 %"
    assert len(percent_interval_text((0.0, 0.032))) == len(percent_interval_text((0.881, 0.963)))
    assert percent_interval_text((0.0012, 0.0031)).replace(FIGURE_SPACE, "") == "0.1 – 0.4 %"


def test_that_no_decimal_is_shown_that_the_images_do_not_bear() -> None:
    def plain(share: float, interval: tuple[float, float]) -> str:
        return percent_text(share, interval).strip(FIGURE_SPACE)

    assert plain(28 / 30, (0.787, 0.982)) == "93 %"
    assert plain(0.9333, (0.930, 0.937)) == "93.3 %"
    assert plain(0.996, (0.97, 0.999)) == "99.6 %", "it is not all"
    assert plain(1.0, (0.887, 1.0)) == "100 %"
    assert area_text(0.8312, (0.79, 0.868)) == "0.83 (0.79 – 0.87)"
    assert area_text(0.8312, (0.79, 0.868), alone=True) == "0.83"
    assert area_text(0.9991, (0.97, 1.0)) == "0.999 (0.970 – 1.000)"
    assert area_text(None, None) == "n/a"
    assert percent_interval_text(None) == ""


def test_decimals_tell_a_thousandth_of_the_range_apart() -> None:
    assert score_decimals(0.0, 10.0) == 2
    assert score_decimals(0.0, 0.01) == 5
    assert score_decimals(0.0, 5000.0) == 0
    assert score_decimals(3.0, 3.0) == 3
    assert score_decimals(0.0, math.inf) == 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "n/a"),
        (math.nan, "not a number"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (-0.001, "0.00"),
        (-1.5, "−1.50"),
        (2.345, "2.35"),
    ],
)
def test_a_score_is_written_with_its_sign_or_what_there_is_instead(value: float | None, text: str) -> None:
    assert score_text(value, 2) in (text, "2.34" if text == "2.35" else text)


def test_changes_are_told_as_more_and_fewer() -> None:
    assert change_text(3, 11) == "3 more found, 11 more false alarms"
    assert change_text(-1, -1) == "1 fewer found, 1 fewer false alarm"
    assert change_text(0, 2) == "none more found, 2 more false alarms"
    assert change_text(0, 0) == "no decision changes"


def test_counts_and_lists_read_as_sentences_do() -> None:
    assert counted(1, "image") == "1 image"
    assert counted(1200, "image") == "1,200 images"
    assert counted(2, "miss", "misses") == "2 misses"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a"]) == "a"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (0.0001, "less than 0.1 %"),
        (0.0042, "0.4 %"),
        (0.43, "43 %"),
        (0.996, "99.6 %"),
        (0.9999, "more than 99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_in_a_sentence_is_neither_nothing_nor_all_where_it_is_not(share: float, text: str) -> None:
    assert share_text(share) == text

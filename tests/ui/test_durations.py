from __future__ import annotations

import math

import pytest

from anomaly_gui.ui.durations import duration_text, rate_text, time_left_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (125, "2 min 5 s"),
        (3600, "1 h"),
        (4800, "1 h 20 min"),
        (-3, "0 s"),
    ],
)
def test_a_duration_in_words(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (math.inf, ""),
        (math.nan, ""),
        (3, "a few seconds left"),
        (41, "45 s left"),
        (61, "about 1 min 30 s left"),
        (119, "about 2 min left"),
        (700, "about 12 min left"),
        (7300, "about 2 h 2 min left"),
    ],
)
def test_a_time_left_is_rounded_up_and_silent_when_unknown(seconds: float | None, text: str) -> None:
    assert time_left_text(seconds) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (None, ""),
        (0.0, ""),
        (math.inf, ""),
        (1234.5, "1,234 images/s"),
        (4.23, "4.2 images/s"),
        (0.056, "0.06 images/s"),
    ],
)
def test_a_rate_has_two_or_three_digits(rate: float | None, text: str) -> None:
    assert rate_text(rate) == text

"""How long something takes, in words."""

from __future__ import annotations

import math

_MINUTE_S, _HOUR_S = 60, 3600


def duration_text(seconds: float) -> str:
    """ "8 s", "2 min 5 s", "1 h 20 min"."""
    whole = max(0, round(seconds))
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        minutes, rest = divmod(whole, _MINUTE_S)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, rest = divmod(whole, _HOUR_S)
    minutes = rest // _MINUTE_S
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def time_left_text(seconds: float | None) -> str:
    """A time left, rounded so that it does not flicker: "about 2 min left"; empty if it is not known."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    if seconds < 5:
        return "a few seconds left"
    if seconds < _MINUTE_S:
        return f"{5 * math.ceil(seconds / 5)} s left"
    if seconds < 10 * _MINUTE_S:
        return f"about {duration_text(30 * math.ceil(seconds / 30))} left"
    return f"about {duration_text(_MINUTE_S * math.ceil(seconds / _MINUTE_S))} left"


def rate_text(rate: float | None, unit: str = "images") -> str:
    """ "118 images/s", "4.2 images/s"; empty if it is not known."""
    if rate is None or not math.isfinite(rate) or rate <= 0:
        return ""
    digits = 0 if rate >= 20 else 1 if rate >= 1 else 2
    return f"{rate:,.{digits}f} {unit}/s"

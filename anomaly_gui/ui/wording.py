"""Figures in words: few digits, always the same width, and "n/a" where there is no figure."""

from __future__ import annotations

import math

FIGURE_SPACE = "\u2007"
"""As wide as a digit, so that a number that gets shorter does not move its neighbours."""
NO_FIGURE = "n/a"


def score_decimals(low: float, high: float) -> int:
    """Decimals (0…6) that tell a thousandth of the range of scores apart."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return 3
    return min(6, max(0, math.ceil(3 - math.log10(span))))


def score_text(value: float | None, decimals: int) -> str:
    """A score, or what there is instead of one."""
    if value is None:
        return NO_FIGURE
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:.{decimals}f}"
    # "-0.00" is a zero that was rounded from below.
    return text.replace("-", "−") if float(text) else f"{0:.{decimals}f}"


def percent_text(share: float | None) -> str:
    """A share in [0, 1] as per cent, seven characters wide."""
    text = NO_FIGURE if share is None else f"{100 * share:.1f} %"
    return text.rjust(7, FIGURE_SPACE)


def percent_interval_text(interval: tuple[float, float] | None) -> str:
    """An interval of shares as "88.1 – 96.3 %", to be aligned right; empty without one."""
    if interval is None:
        return ""
    low, high = (f"{100 * bound:.1f}".rjust(4, FIGURE_SPACE) for bound in interval)
    return f"{low} – {high} %"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """ "1 image", "1,200 images"."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def listed(parts: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def change_text(found_more: int, alarms_more: int) -> str:
    """What another threshold changes: "3 more found, 11 more false alarms"."""
    if not found_more and not alarms_more:
        return "no decision changes"
    return f"{_difference(found_more)} found, {_difference(alarms_more)} " + (
        "false alarm" if abs(alarms_more) == 1 else "false alarms"
    )


def _difference(count: int) -> str:
    if count == 0:
        return "none more"
    return f"{abs(count):,} {'more' if count > 0 else 'fewer'}"


def size_text(byte_count: float) -> str:
    """ "812 bytes", "1.4 MB"."""
    if byte_count < 1000:
        return counted(round(byte_count), "byte")
    for unit in ("kB", "MB"):
        byte_count /= 1000
        if byte_count < 1000:
            return f"{byte_count:.1f} {unit}"
    return f"{byte_count / 1000:.1f} GB"


def status_text(status: str) -> str:
    """A run's status as the window says it."""
    return {"running": "training"}.get(status, status)

"""Figures in words: few digits, always the same width, and "n/a" where there is no figure."""

from __future__ import annotations

import math

FIGURE_SPACE = "\u2007"
"""As wide as a digit, so that a number that gets shorter does not move its neighbours."""
NO_FIGURE = "n/a"
_WIDE = 0.02


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


def percent_text(share: float | None, interval: tuple[float, float] | None = None) -> str:
    """A share in [0, 1] as per cent, seven characters wide; without the decimal if its 95 % *interval* is wide."""
    if share is None:
        return NO_FIGURE.rjust(7, FIGURE_SPACE)
    rounded = round(100 * share)
    # 99.6 % is not all.
    all_or_none = rounded in (0, 100) and 100 * share != rounded
    whole = interval is not None and _is_wide(interval) and not all_or_none
    return (f"{rounded} %" if whole else f"{100 * share:.1f} %").rjust(7, FIGURE_SPACE)


def share_text(share: float) -> str:
    """A share in [0, 1] within a sentence: "43 %", "0.4 %", "less than 0.1 %"; never 0 or 100 for what is not."""
    if 0 < share < 0.001:
        return "less than 0.1 %"
    if 0.999 < share < 1:
        return "more than 99.9 %"
    shown = f"{100 * share:.0f}" if 0.1 <= share <= 0.99 or share in (0, 1) else f"{100 * share:.1f}"
    return f"{shown} %"


def percent_interval_text(interval: tuple[float, float] | None) -> str:
    """An interval of shares as "88 – 97 %", rounded outwards, to be aligned right; "0.2 – 1.1 %" if it is narrow.

    Empty without one.
    """
    if interval is None:
        return ""
    scale = 1 if _is_wide(interval) else 10
    # 0.07 · 100 is a little more than 7.
    low = math.floor(100 * scale * interval[0] + 1e-9) / scale
    high = math.ceil(100 * scale * interval[1] - 1e-9) / scale
    decimals, width = (0, 2) if scale == 1 else (1, 4)
    return " – ".join(f"{bound:.{decimals}f}".rjust(width, FIGURE_SPACE) for bound in (low, high)) + " %"


def area_text(area: float | None, interval: tuple[float, float] | None, *, alone: bool = False) -> str:
    """An area under a curve with as many decimals as its interval bears: "0.83 (0.79 – 0.87)"; *alone*: "0.83"."""
    if area is None or interval is None:
        return NO_FIGURE if area is None else f"{area:.3f}"
    decimals = 2 if _is_wide(interval) else 3
    if round(area, decimals) == 1 != area:  # 0.996 is not 1.
        decimals = 3
    shown = f"{area:.{decimals}f}"
    low, high = (f"{bound:.{decimals}f}" for bound in interval)
    return shown if alone else f"{shown} ({low} – {high})"


def _is_wide(interval: tuple[float, float]) -> bool:
    """Whether a tenth of a per cent says nothing."""
    return interval[1] - interval[0] > _WIDE


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

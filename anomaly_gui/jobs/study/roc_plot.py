"""ROC curves in one plot, as SVG that takes its colours from the page around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from anomaly_gui.jobs.study.records import RocPoints

COLOURS_LIGHT = ("#1f6fd6", "#cc4a0c", "#23803a", "#8f35ad", "#b3205a", "#0a7281", "#8d5b00", "#555d68")
COLOURS_DARK = ("#78adff", "#ff9a6b", "#72d88a", "#d996f2", "#ff8db2", "#56cfdf", "#eec155", "#c3c9d2")
"""Of --c0 to --c7; more curves take them again, in dashes."""
_DASHES = ("", "7 4", "2 4")

_SIDE = 380
_LEFT, _TOP, _BELOW = 56, 14, 46
_LEGEND_LEFT, _LEGEND_WIDTH, _LEGEND_STEP = _LEFT + _SIDE + 28, 300, 22
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class Line:
    """One curve, and what the legend says beside its name."""

    name: str
    figure: str
    points: RocPoints


def plot(title: str, lines: Sequence[Line]) -> str:
    """An <svg> element with every line and a legend; *title* is what a screen reader says."""
    height = max(_TOP + _SIDE + _BELOW, _TOP + (len(lines) + 1) * _LEGEND_STEP)
    width = _LEGEND_LEFT + _LEGEND_WIDTH
    parts = [
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(title)}">',
        *_axes(),
        *(_curve(number, line) for number, line in enumerate(lines)),
        f'<text class="faint" x="{_LEGEND_LEFT}" y="{_TOP + 12}">Detector, image AUROC</text>',
        *(_legend(number, line) for number, line in enumerate(lines)),
        "</svg>",
    ]
    return "\n".join(parts)


def _axes() -> list[str]:
    parts = [f'<path class="chance" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>']
    for tick in _TICKS:
        parts += [
            f'<path class="grid" d="M{_x(tick)} {_y(0)}V{_y(1)}M{_x(0)} {_y(tick)}H{_x(1)}"/>',
            f'<text class="faint" x="{_x(tick)}" y="{_y(0) + 18}" text-anchor="middle">{tick:.0%}</text>',
            f'<text class="faint" x="{_x(0) - 8}" y="{_y(tick) + 4}" text-anchor="end">{tick:.0%}</text>',
        ]
    middle = _TOP + _SIDE / 2
    return [
        *parts,
        f'<text x="{_x(0.5)}" y="{_y(0) + 38}" text-anchor="middle">False alarm rate</text>',
        f'<text x="14" y="{middle:g}" text-anchor="middle" transform="rotate(-90 14 {middle:g})">Recall</text>',
    ]


def _curve(number: int, line: Line) -> str:
    """A staircase: a recall holds until the next false alarm."""
    points = zip(line.points.false_alarm_rate, line.points.recall, strict=True)
    steps = "".join(f"H{_x(rate)}V{_y(recall)}" for rate, recall in points)
    name = escape(f"{line.name}, {line.figure}")
    return f'<path class="curve" {_stroke(number)} d="M{_x(0)} {_y(0)}{steps}H{_x(1)}"><title>{name}</title></path>'


def _legend(number: int, line: Line) -> str:
    y = _TOP + 12 + (number + 1) * _LEGEND_STEP
    return (
        f'<path class="curve" {_stroke(number)} d="M{_LEGEND_LEFT} {y - 4}h30"/>'
        f'<text x="{_LEGEND_LEFT + 40}" y="{y}">{escape(line.name)}, {escape(line.figure)}</text>'
    )


def _stroke(number: int) -> str:
    colours = len(COLOURS_LIGHT)
    dashes = _DASHES[number // colours % len(_DASHES)]
    return f'style="stroke: var(--c{number % colours})"' + (f' stroke-dasharray="{dashes}"' if dashes else "")


def _x(rate: float) -> float:
    return round(_LEFT + float(rate) * _SIDE, 1)


def _y(recall: float) -> float:
    return round(_TOP + (1.0 - recall) * _SIDE, 1)

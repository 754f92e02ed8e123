"""Figures and rules as the Tune page's panels take them. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rate:
    """One rate as it is shown."""

    name: str
    title: str
    sentence: str
    value: float | None
    """In [0, 1]; None where undefined."""
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class ShownFigures:
    """Everything that moves with the threshold."""

    found: int
    missed: int
    false_alarms: int
    passed: int
    rates: tuple[Rate, ...]
    band: ShownBand | None = None
    """With a recheck line."""


@dataclass(frozen=True)
class Remark:
    """A sentence about the figures."""

    sentence: str
    grave: bool = False
    """Whether it must catch the eye."""
    leads_to: str = ""
    """The view beside the threshold that tells more; empty for none."""


@dataclass(frozen=True)
class ShownRule:
    """One rule as a button with its parameter."""

    name: str
    title: str
    sentence: str
    parameter_title: str = ""
    low: float | None = None
    """Range and start of the parameter; None for a rule without one."""
    high: float = 1.0
    start: float = 0.5
    factor: float = 1.0
    """The parameter is shown multiplied by this: 100 for shares."""
    suffix: str = ""
    takes_type: bool = False
    """A defect type."""
    takes_costs: bool = False
    """Prices and the line's share of defective parts."""


@dataclass(frozen=True)
class Flip:
    """One image that the threshold only just decides, or decides differently since a move."""

    image_id: int
    defective: bool
    """Its label."""
    sentence: str
    """Score and decision, for a tooltip."""


@dataclass(frozen=True)
class ShownFlips:
    """Images for the strip of thumbnails."""

    first: list[Flip] = field(default_factory=list)
    total: int = 0
    """How many there are in all; 0 where that says nothing."""


@dataclass(frozen=True)
class ShownBand:
    """The three answers, by label."""

    found: int
    """Defective images called defective,"""
    rechecked_defects: int
    """to be rechecked,"""
    missed: int
    """and called good."""
    alarms: int
    """Good images called defective,"""
    rechecked_good: int
    """to be rechecked,"""
    passed: int
    """and called good."""
    sentence: str
    """How much work the band is, and what it still misses."""


@dataclass(frozen=True)
class TypeBar:
    """Recall of one defect type."""

    name: str
    found: int
    count: int
    interval: tuple[float, float]
    """Of the recall, Wilson, 95 %."""

    @property
    def recall(self) -> float:
        return self.found / self.count


@dataclass(frozen=True)
class PinRow:
    """One threshold in the table that compares them."""

    name: str
    """The pin's letter, or a word for the present threshold."""
    threshold: str
    found: int
    missed: int
    false_alarms: int
    recall: float | None
    precision: float | None

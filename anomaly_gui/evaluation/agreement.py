"""How well people judge images, and how well they agree: figures of an attribute gauge study.

Figures and limits as in AIAG, Measurement Systems Analysis, 4th edition (2010), chapter III, section C.
"Unsure" is an answer of its own: it is never correct, so it lowers the effectiveness; it is no miss and no
false alarm either, as such a part is neither shipped nor scrapped; and two who are both unsure agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

from anomaly_gui.evaluation.confusion import ThreeWay
from anomaly_gui.evaluation.intervals import wilson

Answer = Literal["good", "defect", "unsure"]
ANSWERS: tuple[Answer, ...] = ("good", "defect", "unsure")
Grade = Literal["very good", "acceptable", "marginal", "unacceptable"]
RateName = Literal["effectiveness", "miss rate", "false alarm rate"]

LIMITS: dict[RateName, tuple[float, float]] = {
    "effectiveness": (0.90, 0.80),
    "miss rate": (0.02, 0.05),
    "false alarm rate": (0.05, 0.10),
}
"""The last share that is acceptable, and the last that is marginal: of effectiveness the least, of errors the most."""
KAPPA_LIMITS = (0.9, 0.7)
"""From here on very good, and acceptable."""


@dataclass(frozen=True)
class Rate:
    """A share that was counted."""

    count: int
    of: int

    @property
    def share(self) -> float | None:
        """In [0, 1]; None over nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson, 95 %; None over nothing."""
        return wilson(self.count, self.of)


@dataclass(frozen=True)
class Appraisal:
    """One reviewer's answers in one trial, against the labels."""

    counts: ThreeWay
    """"Rechecked" are those that the reviewer was unsure of."""
    kappa: float | None
    """Cohen's, of the answers and the labels."""

    @property
    def defects(self) -> int:
        return self.counts.found + self.counts.rechecked_defects + self.counts.missed

    @property
    def good(self) -> int:
        return self.counts.alarms + self.counts.rechecked_good + self.counts.passed

    @property
    def unsure(self) -> int:
        return self.counts.rechecked_defects + self.counts.rechecked_good

    @property
    def effectiveness(self) -> Rate:
        """Correct answers of all."""
        return Rate(self.counts.found + self.counts.passed, self.defects + self.good)

    @property
    def miss_rate(self) -> Rate:
        """Defects called good, of all defects."""
        return Rate(self.counts.missed, self.defects)

    @property
    def false_alarm_rate(self) -> Rate:
        """Good images called defective, of all good images."""
        return Rate(self.counts.alarms, self.good)

    @property
    def rates(self) -> dict[RateName, Rate]:
        return {
            "effectiveness": self.effectiveness,
            "miss rate": self.miss_rate,
            "false alarm rate": self.false_alarm_rate,
        }


def appraise(answers: Sequence[Answer], defective: Sequence[bool]) -> Appraisal:
    """Count *answers* (N,) against labels (N,). Raises ValueError if they are not equally many."""
    counted = Counter(zip(answers, map(bool, defective), strict=True))
    counts = ThreeWay(
        found=counted["defect", True],
        rechecked_defects=counted["unsure", True],
        missed=counted["good", True],
        alarms=counted["defect", False],
        rechecked_good=counted["unsure", False],
        passed=counted["good", False],
    )
    return Appraisal(counts, kappa(answers, ["defect" if is_defect else "good" for is_defect in defective]))


def kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Cohen's kappa of two lists of answers (N,) on the same images: 1 is full agreement, 0 is that of chance.

    None without images, and where both gave one and the same answer throughout: chance alone explains that.
    J. Cohen, A coefficient of agreement for nominal scales (1960). Raises ValueError for lists of unequal length.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} answers do not belong together")
    total = len(first)
    of_first, of_second = Counter(first), Counter(second)
    # Whole numbers up to the last step: 1 is exactly 1, and an undefined figure is known for certain.
    by_chance = sum(count * of_second[answer] for answer, count in of_first.items())
    if by_chance == total * total:
        return None
    agreed = sum(a == b for a, b in zip(first, second, strict=True))
    return (total * agreed - by_chance) / (total * total - by_chance)


def cross_table(first: Sequence[Answer], second: Sequence[Answer]) -> dict[tuple[Answer, Answer], int]:
    """How often the one said this and the other that, for each pair of answers."""
    counted = Counter(zip(first, second, strict=True))
    return {(a, b): counted[a, b] for a in ANSWERS for b in ANSWERS}


def rate_grade(name: RateName, share: float | None) -> Grade | None:
    """What the study's limits say of a share in [0, 1]; None of one that is undefined."""
    if share is None:
        return None
    acceptable, marginal = LIMITS[name]
    if name == "effectiveness":
        return "acceptable" if share >= acceptable else "marginal" if share >= marginal else "unacceptable"
    return "acceptable" if share <= acceptable else "marginal" if share <= marginal else "unacceptable"


def kappa_grade(value: float | None) -> Grade | None:
    """What the study's limits say of a kappa; None of one that is undefined."""
    if value is None:
        return None
    very_good, acceptable = KAPPA_LIMITS
    return "very good" if value >= very_good else "acceptable" if value >= acceptable else "unacceptable"

"""Thresholds that are kept to be compared: A, B and C. No Qt."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from anomaly_gui.evaluation.curves import ScoreTable
from anomaly_gui.ui.widgets.shown_figures import PinRow
from anomaly_gui.ui.wording import score_text

LETTERS = ("A", "B", "C")
_SCORES = re.compile(r"\d+(:[0-9a-f]+)?")


def scores_of(run_id: int, scoring: object) -> str:
    """Names the scores that a threshold is of: the run's, and by which scoring (JSON) if not as it was trained."""
    if scoring is None:
        return str(run_id)
    return f"{run_id}:{hashlib.sha256(json.dumps(scoring, sort_keys=True).encode()).hexdigest()[:12]}"


class Pins:
    """Pinned thresholds by letter, for each run and scoring; remembered with the project.

    Thresholds of other scores are put away: they come back with their scoring.
    """

    def __init__(self) -> None:
        self._known: dict[str, dict[str, float]] = {}

    def of(self, scores: str) -> Mapping[str, float]:
        """Letter → threshold, in the order of the letters; *scores* are those of scores_of()."""
        known = self._known.get(scores, {})
        return {letter: known[letter] for letter in LETTERS if letter in known}

    def free(self, scores: str) -> str | None:
        """The first letter that is not taken."""
        return next((letter for letter in LETTERS if letter not in self.of(scores)), None)

    def pin(self, scores: str, letter: str, value: float) -> None:
        """Keep *value* under *letter*, instead of what was there."""
        self._known.setdefault(scores, {})[letter] = value

    def remove(self, scores: str, letter: str) -> None:
        self._known.get(scores, {}).pop(letter, None)

    def remembered(self) -> dict[str, dict[str, float]]:
        """For JSON."""
        return {scores: dict(pins) for scores, pins in self._known.items() if pins}

    @classmethod
    def recalled(cls, kept: Any) -> Pins:
        """What remembered() gave; whatever else it holds is passed over."""
        made = cls()
        for scores, pins in kept.items() if isinstance(kept, dict) else ():
            known = isinstance(pins, dict) and _SCORES.fullmatch(str(scores))
            for letter, value in pins.items() if known else ():
                if letter in LETTERS and isinstance(value, int | float) and math.isfinite(value):
                    made.pin(str(scores), letter, float(value))
        return made


def row_at(name: str, value: float, table: ScoreTable, decimals: int) -> PinRow:
    """What a threshold gives, for the table that compares them."""
    counts = table.at(value)
    return PinRow(name, score_text(value, decimals), counts.tp, counts.fn, counts.fp, counts.recall, counts.precision)

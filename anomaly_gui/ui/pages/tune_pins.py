"""Thresholds that are kept to be compared: A, B and C. No Qt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from anomaly_gui.evaluation.curves import ScoreTable
from anomaly_gui.ui.widgets.shown_figures import PinRow
from anomaly_gui.ui.wording import score_text

LETTERS = ("A", "B", "C")


class Pins:
    """Pinned thresholds by letter, for each run; remembered with the project."""

    def __init__(self) -> None:
        self._runs: dict[int, dict[str, float]] = {}

    def of(self, run_id: int) -> Mapping[str, float]:
        """Letter → threshold, in the order of the letters."""
        known = self._runs.get(run_id, {})
        return {letter: known[letter] for letter in LETTERS if letter in known}

    def free(self, run_id: int) -> str | None:
        """The first letter that is not taken."""
        return next((letter for letter in LETTERS if letter not in self.of(run_id)), None)

    def pin(self, run_id: int, letter: str, value: float) -> None:
        """Keep *value* under *letter*, instead of what was there."""
        self._runs.setdefault(run_id, {})[letter] = value

    def remove(self, run_id: int, letter: str) -> None:
        self._runs.get(run_id, {}).pop(letter, None)

    def remembered(self) -> dict[str, dict[str, float]]:
        """For JSON."""
        return {str(run_id): dict(pins) for run_id, pins in self._runs.items() if pins}

    @classmethod
    def recalled(cls, kept: Any) -> Pins:
        """What remembered() gave; whatever else it holds is passed over."""
        made = cls()
        for run_id, pins in kept.items() if isinstance(kept, dict) else ():
            for letter, value in pins.items() if isinstance(pins, dict) and str(run_id).isdecimal() else ():
                if letter in LETTERS and isinstance(value, int | float) and math.isfinite(value):
                    made.pin(int(run_id), letter, float(value))
        return made


def row_at(name: str, value: float, table: ScoreTable, decimals: int) -> PinRow:
    """What a threshold gives, for the table that compares them."""
    counts = table.at(value)
    return PinRow(name, score_text(value, decimals), counts.tp, counts.fn, counts.fp, counts.recall, counts.precision)

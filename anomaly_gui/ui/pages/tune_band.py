"""What a recheck line does to the answers, in figures and words. No Qt."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from anomaly_gui.evaluation.confusion import Scores, ThreeWay
from anomaly_gui.evaluation.curves import ScoreTable
from anomaly_gui.evaluation.intervals import wilson
from anomaly_gui.ui.widgets.shown_figures import ShownBand
from anomaly_gui.ui.wording import NO_FIGURE, counted, percent_interval_text, percent_text

_FIRST_SHARE = 0.1
"""A new line leaves about this share of all images to be rechecked: what somebody may have time for."""


def first_line(scores: Scores, threshold: float, midway: Callable[[float], float]) -> float:
    """Where a new recheck line is put; *midway* moves a threshold to the middle between two scores."""
    finite = np.sort(scores[np.isfinite(scores)].astype(np.float64))
    below = int(np.searchsorted(finite, threshold, side="left"))
    if below == 0:
        return highest_below(threshold, threshold)
    first = max(0, below - math.ceil(_FIRST_SHARE * len(scores)))
    return highest_below(midway(float(finite[first])), threshold)


def highest_below(line: float, threshold: float) -> float:
    """*line*, or the highest number below *threshold* where it would reach that."""
    return min(line, math.nextafter(threshold, -math.inf))


def shown_band(table: ScoreTable, recheck: float | None, threshold: float) -> ShownBand | None:
    """The three answers counted; None without a line."""
    if recheck is None:
        return None
    band = table.at_band(recheck, threshold)
    return ShownBand(
        found=band.found,
        rechecked_defects=band.rechecked_defects,
        missed=band.missed,
        alarms=band.alarms,
        rechecked_good=band.rechecked_good,
        passed=band.passed,
        sentence=_sentence(band),
    )


def _sentence(band: ThreeWay) -> str:
    """The price of the band, and what even rechecking does not find."""
    defects = band.found + band.rechecked_defects + band.missed
    work = f"To be rechecked: {_percent(band.recheck_rate)} of the images. "
    if not defects:
        return work + "No defect is labelled: what is still missed cannot be told."
    interval = percent_interval_text(wilson(band.missed, defects)).strip().replace("\u2007", "")
    return work + f"Still missed: {_percent(band.missed / defects)} of the defects ({interval})."


def _percent(share: float | None) -> str:
    return NO_FIGURE if share is None else percent_text(share).strip("\u2007 ")


def change_of_band(table: ScoreTable, now: float | None, then: float | None, threshold: float) -> str:
    """What another recheck line changes: "3 more defects and 11 fewer good images to recheck"."""
    new, old = table.at_band(now, threshold), table.at_band(then, threshold)
    defects, good = new.rechecked_defects - old.rechecked_defects, new.rechecked_good - old.rechecked_good
    if not defects and not good:
        return "The recheck line changes no answer."
    return f"To be rechecked: {_more(defects, 'defect')}, {_more(good, 'good image')}."


def _more(count: int, what: str) -> str:
    return counted(abs(count), f"{'more' if count >= 0 else 'fewer'} {what}")

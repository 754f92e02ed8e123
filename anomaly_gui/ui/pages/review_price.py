"""What it would cost to decide one image otherwise, told before the threshold is moved. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

from anomaly_gui.evaluation.curves import ScoreTable
from anomaly_gui.evaluation.thresholds import just_above, just_below
from anomaly_gui.jobs.evaluate import ScoredImages
from anomaly_gui.project.records import Threshold
from anomaly_gui.ui.pages.tune_images import ImagesByScore
from anomaly_gui.ui.widgets.shown_figures import ShownFlips
from anomaly_gui.ui.wording import counted, score_text


@dataclass(frozen=True)
class Price:
    """Another threshold, and what comes of it."""

    value: float
    sentence: str
    """ "Catches this and 2 more; 14 more false alarms"."""
    remark: str
    """What else there is to know; may be empty."""
    flips: ShownFlips
    """The images whose decision changes, nearest to the new threshold first."""


def price_of(scored: ScoredImages, score: float, present: Threshold, decimals: int) -> Price | None:
    """Of catching an image below the threshold, or of letting one above it pass.

    None for a score that is not finite: no threshold decides it.
    """
    if not math.isfinite(score):
        return None
    catches = score < present.value
    value = (just_below if catches else just_above)(scored.scores, score)
    table = ScoreTable(scored.scores, scored.defective)
    now, then = table.at(present.value), table.at(value)
    flips = ImagesByScore(scored, decimals).between(value, present.value, value, _kept(present, value))
    sentence = (
        _catching(then.tp - now.tp, then.fp - now.fp) if catches else _passing(now.fp - then.fp, then.fn - now.fn)
    )
    return Price(value, sentence, _remark(present, value, decimals), flips)


def _catching(found: int, alarms: int) -> str:
    """*found* counts the image itself, if it is one of the labelled defects."""
    others = f" and {found - 1:,} more" if found > 1 else ""
    return f"Catches this{others}; {_more(alarms, 'false alarm')}"


def _passing(passed: int, missed: int) -> str:
    others = f" and {passed - 1:,} more" if passed > 1 else ""
    return f"Lets this{others} pass; {_more(missed, 'missed defect')}"


def _more(count: int, what: str) -> str:
    return f"{count:,} more {what if count == 1 else what + 's'}" if count else f"no more {what}s"


def _kept(present: Threshold, value: float) -> float | None:
    return present.recheck if present.recheck is not None and present.recheck < value else None


def _remark(present: Threshold, value: float, decimals: int) -> str:
    move = f"Threshold from {score_text(present.value, decimals)} to {score_text(value, decimals)}"
    parts = [move]
    if present.rule != "manual":
        parts.append("it no longer follows its rule")
    if present.recheck is not None and _kept(present, value) is None:
        parts.append("the recheck line goes, which is not below it")
    return "; ".join(parts) + "."


def flips_title(price: Price) -> str:
    return f"{counted(price.flips.total, 'decision')} would change"

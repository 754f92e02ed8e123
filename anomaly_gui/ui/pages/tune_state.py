"""What the Tune page shows at a threshold, worked out from scores and labels. No Qt."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.evaluation.curves import Curve, ScoreTable, auroc, average_precision, precision_recall, roc
from anomaly_gui.evaluation.intervals import auroc_interval
from anomaly_gui.evaluation.thresholds import RULES, Rule, neighbours, sentence_of, why_not
from anomaly_gui.jobs.evaluate import ScoredImages, rule_of, threshold_by_rule
from anomaly_gui.project.records import Threshold
from anomaly_gui.ui.pages.tune_band import change_of_band, first_line, highest_below, shown_band
from anomaly_gui.ui.pages.tune_images import ImagesByScore
from anomaly_gui.ui.pages.tune_rates import shown_rates
from anomaly_gui.ui.pages.tune_remarks import remark_on
from anomaly_gui.ui.pages.tune_rules import Live, note_on_rule
from anomaly_gui.ui.pages.tune_targets import ClickTargets
from anomaly_gui.ui.pages.tune_types import TypeTable
from anomaly_gui.ui.widgets.score_bins import ScoreBins, bin_scores
from anomaly_gui.ui.widgets.shown_figures import Remark, ShownFigures, ShownFlips, TypeBar
from anomaly_gui.ui.wording import change_text, counted, score_decimals, score_text


class TuneState:
    """Scores of one run with a threshold that moves over them.

    Three thresholds: *value* is the one that all views show; *saved* is what the project holds; *before*
    is what it held before the last change, so that the price of that change can still be told. *recheck*
    is the recheck line that is shown. *caution* is said before anything about the figures.
    """

    def __init__(self, scored: ScoredImages, saved: Threshold | None, caution: str = "") -> None:
        self.scored = scored
        self.caution = caution
        self.table = ScoreTable(scored.scores, scored.defective)
        self.bins: ScoreBins = bin_scores(scored.scores, scored.defective)
        self.decimals = score_decimals(self.bins.low, self.bins.high)
        self.auroc = auroc(scored.scores, scored.defective)
        self.auroc_interval = (
            None if self.auroc is None else auroc_interval(self.auroc, self.good_count, self.defect_count)
        )
        self.average_precision = average_precision(scored.scores, scored.defective) if self.good_count else None
        self.types = TypeTable(scored)
        self.images = ImagesByScore(scored, self.decimals)
        self.targets = ClickTargets(scored.scores, self.table)
        self.saved = saved
        self.before: float | None = None
        self.followed_from: float | None = None
        """Where the threshold was before its rule followed the last relabelling."""
        self.chosen_type: str | None = None
        """Whose images the strip shows instead of those that a move decides."""
        self.value = saved.value if saved else (self.bins.low + self.bins.high) / 2
        self._line = saved.recheck if saved else None

    def _auroc_interval(self) -> tuple[float, float] | None:
        """95 %; None with one class only."""
        return None if self.auroc is None else auroc_interval(self.auroc, self.good_count, self.defect_count)

    @property
    def good_count(self) -> int:
        return len(self.table.good)

    @property
    def defect_count(self) -> int:
        return len(self.table.defects)

    # Moving

    def move_to(self, value: float) -> None:
        """Show another threshold; nothing is saved."""
        if math.isfinite(value):
            self.value = value

    @property
    def recheck(self) -> float | None:
        """The recheck line; None where there is none, or where the threshold was moved below it."""
        return self._line if self._line is not None and self._line < self.value else None

    def move_recheck_to(self, line: float | None) -> None:
        """Show another recheck line, which never reaches the threshold; None for none. Nothing is saved."""
        if line is None:
            self._line = None
        elif math.isfinite(line):
            self._line = highest_below(line, self.value)

    def first_recheck(self) -> float:
        """Where a new recheck line is put."""
        return first_line(self.scored.scores, self.value, self.targets.at)

    def take_saved(self, saved: Threshold | None) -> None:
        """The project holds another threshold: a drag ended, a rule was applied, or an undo."""
        if saved is None:
            return
        if self.saved is not None and saved.value != self.saved.value:
            self.before = self.saved.value
            self.followed_from = None
        self.saved = saved
        self.value = saved.value
        self._line = saved.recheck

    def keep_comparison(self, older: TuneState) -> None:
        """Go on comparing with what *older*, the state before a relabelling, compared with.

        Nothing is compared with thresholds of other scores.
        """
        self.chosen_type = older.chosen_type if older.chosen_type in self.types.names else None
        if not self._scores_as(older):
            return
        self.before = older.before
        if older.rule is not None and older.rule == self.rule and older.saved is not None:
            moved = self.saved is not None and older.saved.value != self.saved.value
            self.followed_from = older.saved.value if moved else older.followed_from

    def _scores_as(self, older: TuneState) -> bool:
        _, here, there = np.intersect1d(self.scored.ids, older.scored.ids, return_indices=True)
        return np.array_equal(self.scored.scores[here], older.scored.scores[there], equal_nan=True)

    @property
    def compared_with(self) -> float | None:
        """The threshold that changes are counted against: the saved one while moving, then the one before."""
        if self.saved is None or self.value != self.saved.value:
            return self.saved.value if self.saved else None
        return self.before

    def stepped(self, direction: int) -> float:
        """The next threshold below (-1) or above (1) at which a decision changes; the same one at an end."""
        lower, higher = neighbours(self.scored.scores, self.value)
        wanted = lower if direction < 0 else higher
        return self.value if wanted is None else wanted

    def stepped_by_percent(self, direction: int) -> float:
        return self.value + direction * (self.bins.high - self.bins.low) / 100

    def by_rule(self, rule: Rule) -> Threshold:
        """The threshold that a rule gives. Raises InputError where it gives none."""
        return threshold_by_rule(rule, self.scored.evidence, self.saved)

    @property
    def rule(self) -> Rule | None:
        """The rule that the saved threshold came from; None if it was set by hand."""
        return rule_of(self.saved) if self.saved is not None else None

    @property
    def defect_types(self) -> list[str]:
        return self.scored.evidence.types

    # Figures

    def figures(self) -> ShownFigures:
        """Counts and rates at the present threshold."""
        counts = self.table.at(self.value)
        band = shown_band(self.table, self.recheck, self.value)
        return ShownFigures(counts.tp, counts.fn, counts.fp, counts.tn, shown_rates(counts), band)

    def operating_point(self, value: float | None) -> tuple[float, float] | None:
        """False alarm rate and recall at a threshold; None where one of them is undefined."""
        if value is None:
            return None
        counts = self.table.at(value)
        if counts.recall is None or counts.false_alarm_rate is None:
            return None
        return counts.false_alarm_rate, counts.recall

    def roc_points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """False alarm rates and recalls; empty where one class is missing."""
        if self.auroc is None:
            return np.empty(0), np.empty(0)
        curve = roc(self.scored.scores, self.scored.defective)
        return curve.false_alarm_rate, curve.recall

    def precision_recall_point(self, value: float | None) -> tuple[float, float] | None:
        """Recall and precision at a threshold; None where one of them is undefined."""
        if value is None:
            return None
        counts = self.table.at(value)
        if counts.recall is None or counts.precision is None:
            return None
        return counts.recall, counts.precision

    def precision_recall_points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Recalls and precisions; empty where one class is missing."""
        if self.auroc is None:
            return np.empty(0), np.empty(0)
        curve = precision_recall(self.scored.scores, self.scored.defective)
        return curve.recall, curve.precision

    def bars(self) -> list[TypeBar]:
        """Recall of each defect type at the present threshold."""
        return self.types.bars(self.value)

    def rates_at(self, thresholds: Curve) -> tuple[Curve, Curve, Curve]:
        """Precision, recall and F1 (K,) each at thresholds (K,); NaN where undefined."""
        found, alarms = self.table.called(thresholds)
        defects = np.float64(self.defect_count)
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = found / (found + alarms)
            precision = shares if defects and self.good_count else np.full(len(found), np.nan)
            recall = found / defects
            f1 = 2 * found / (found + alarms + defects) if defects else np.full(len(found), np.nan)
        return precision, recall, f1

    def flipped(self) -> ShownFlips:
        """Images whose decision differs from that before, nearest to the line that moved first."""
        other = self.compared_with
        if other is not None and other != self.value:
            return self.images.between(self.value, other, self.value, self.recheck)
        if self._band_moved:
            now, then = self._line_or_threshold(self.recheck), self._line_or_threshold(self._saved_line)
            return self.images.between(now, then, self.value, self.recheck)
        return ShownFlips()

    def nearest(self) -> ShownFlips:
        """Images with a finite score, nearest to the threshold first: the least certain decisions."""
        return self.images.nearest(self.value, self.recheck)

    def of_type(self, name: str) -> ShownFlips:
        """All defects of a type, those missed first, lowest score first."""
        places = self.types.images(name)
        return ShownFlips(self.images.flips(places, self.value, self.recheck), len(places))

    def shown_images(self) -> ShownFlips:
        """A type that was asked for; or what the move changes, or else what the threshold only just decides."""
        if self.chosen_type is not None:
            return self.of_type(self.chosen_type)
        return self.flipped() if self.has_flips else self.nearest()

    @property
    def images_title(self) -> str:
        if self.chosen_type is not None:
            missed = self.types.missed(self.chosen_type, self.value)
            return f"{self.chosen_type}: {missed:,} missed, {len(self.types.images(self.chosen_type)) - missed:,} found"
        return "Decisions that change" if self.has_flips else "Nearest to the threshold"

    @property
    def has_flips(self) -> bool:
        """Whether a decision differs from that before."""
        other = self.compared_with
        if other is None or other == self.value:
            now, then = (self.table.at_band(line, self.value) for line in (self.recheck, self._saved_line))
            return self._band_moved and now != then
        at_now, at_then = self.table.at(self.value), self.table.at(other)
        return (at_now.tp, at_now.fp) != (at_then.tp, at_then.fp)

    @property
    def _saved_line(self) -> float | None:
        return self.saved.recheck if self.saved is not None else None

    @property
    def _band_moved(self) -> bool:
        """Whether the recheck line alone is not where the project has it."""
        return self.saved is not None and self.value == self.saved.value and self.recheck != self._saved_line

    def _line_or_threshold(self, line: float | None) -> float:
        return self.value if line is None else line

    def sentence_of(self, image_id: int) -> str:
        """Score and decision of one of the images."""
        places = np.flatnonzero(self.scored.ids == image_id)
        return self.images.flips(places, self.value, self.recheck)[0].sentence

    # Sentences

    @property
    def change_sentence(self) -> str:
        """The price of the move: "3 more found, 11 more false alarms"."""
        if self._band_moved:
            return change_of_band(self.table, self.recheck, self._saved_line, self.value)
        other = self.compared_with
        if other is None or other == self.value:
            return "Move the threshold to see what it would change."
        now, then = self.table.at(self.value), self.table.at(other)
        what = change_text(now.tp - then.tp, now.fp - then.fp)
        return f"Against {score_text(other, self.decimals)}: {what}."

    @property
    def basis_sentence(self) -> str:
        """Which images the figures rest on."""
        good, defective = self.good_count, self.defect_count
        if not good + defective:
            return "No labelled image was held out of training: there are no figures yet."
        images = counted(good + defective, "image")
        return f"{images} that training never saw: {good:,} good, {defective:,} defective."

    @property
    def remark(self) -> Remark:
        """What to keep in mind about the figures."""
        if self.caution:
            return Remark(self.caution, grave=True)
        saved = self.saved
        from_good = saved is not None and saved.value == self.value and _looks_at_good_alone(saved.rule)
        return remark_on(
            self.table.at(self.value),
            self.auroc,
            held_out=len(self.scored.good_scores) if from_good else None,
            all_equal=self.targets.are_equal,
        )

    @property
    def rule_note(self) -> str:
        """What the rule that holds promises or costs, and that it follows the labels."""
        if self.saved is None:
            return ""
        return note_on_rule(
            self.saved,
            Live(self.value, self.table.at(self.value), self.recheck is not None),
            self.scored.good_scores,
            followed_from=self.followed_from,
            decimals=self.decimals,
        )

    # Rules

    @staticmethod
    def title_of(rule: Rule) -> str:
        """What the journal says of a threshold by rule."""
        return sentence_of(rule)

    def why_not(self, name: str) -> str:
        """Why a rule cannot be used with these images; empty if it can."""
        return why_not(name, self.scored.evidence)


def _looks_at_good_alone(name: str) -> bool:
    return name in RULES and RULES[name].from_good_alone

"""What the Tune page shows at a threshold, worked out from scores and labels. No Qt."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.evaluation.confusion import Confusion, called_defective
from anomaly_gui.evaluation.curves import Curve, ScoreTable, auroc, roc
from anomaly_gui.evaluation.intervals import wilson
from anomaly_gui.evaluation.thresholds import RULES, Rule, RuleInfo, neighbours, sentence_of, why_not
from anomaly_gui.jobs.evaluate import ScoredImages, rule_of, threshold_by_rule
from anomaly_gui.project.records import Threshold
from anomaly_gui.ui.widgets.score_bins import ScoreBins, bin_scores
from anomaly_gui.ui.widgets.shown_figures import Flip, Rate, Remark, ShownFigures, ShownFlips, ShownRule
from anomaly_gui.ui.wording import change_text, counted, score_decimals, score_text

SEPARATES_FROM = 0.65
"""Area under the ROC curve below which the page says that scores hardly tell good from defective."""
MOST_SHOWN = 100
"""Images handed to the strip of thumbnails: more than any screen has room for."""


class TuneState:
    """Scores of one run with a threshold that moves over them.

    Three thresholds: *value* is the one that all views show; *saved* is what the project holds; *before*
    is what it held before the last change, so that the price of that change can still be told.
    """

    def __init__(self, scored: ScoredImages, saved: Threshold | None) -> None:
        self.scored = scored
        self.table = ScoreTable(scored.scores, scored.defective)
        self.bins: ScoreBins = bin_scores(scored.scores, scored.defective)
        self.decimals = score_decimals(self.bins.low, self.bins.high)
        self.auroc = auroc(scored.scores, scored.defective)
        self.saved = saved
        self.before: float | None = None
        self.value = saved.value if saved else (self.bins.low + self.bins.high) / 2

    @property
    def good_count(self) -> int:
        return int((~self.scored.defective).sum())

    @property
    def defect_count(self) -> int:
        return int(self.scored.defective.sum())

    # Moving

    def move_to(self, value: float) -> None:
        """Show another threshold; nothing is saved."""
        if math.isfinite(value):
            self.value = value

    def take_saved(self, saved: Threshold | None) -> None:
        """The project holds another threshold: a drag ended, a rule was applied, or an undo."""
        if saved is None:
            return
        if self.saved is not None and saved.value != self.saved.value:
            self.before = self.saved.value
        self.saved = saved
        self.value = saved.value

    def keep_comparison(self, older: TuneState) -> None:
        """Go on comparing with what *older*, the state before a relabelling, compared with."""
        self.before = older.before

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
        return ShownFigures(counts.tp, counts.fn, counts.fp, counts.tn, rates_of(counts))

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
        """Images whose decision differs from that before, nearest to the threshold first."""
        other = self.compared_with
        if other is None or other == self.value:
            return ShownFlips()
        low, high = sorted((other, self.value))
        scores = self.scored.scores.astype(np.float64)
        between = np.flatnonzero((scores >= low) & (scores < high))
        order = np.argsort(np.abs(scores[between] - self.value), kind="stable")[:MOST_SHOWN]
        first = [self._flip(place, now_defective=self.value < other) for place in between[order].tolist()]
        return ShownFlips(first, len(between))

    def nearest(self) -> ShownFlips:
        """Images with a finite score, nearest to the threshold first: the least certain decisions."""
        distance = np.abs(self.scored.scores.astype(np.float64) - self.value)
        order = np.argsort(distance, kind="stable")[:MOST_SHOWN]
        finite = order[np.isfinite(distance[order])]
        called = called_defective(self.scored.scores[finite], self.value)
        shown = zip(finite.tolist(), called.tolist(), strict=True)
        return ShownFlips([self._flip(place, now_defective=bad) for place, bad in shown])

    def shown_images(self) -> ShownFlips:
        """What the move changes, or else what the threshold only just decides."""
        return self.flipped() if self.has_flips else self.nearest()

    @property
    def images_title(self) -> str:
        return "Decisions that change" if self.has_flips else "Nearest to the threshold"

    @property
    def has_flips(self) -> bool:
        """Whether a decision differs from that before."""
        other = self.compared_with
        if other is None or other == self.value:
            return False
        now, then = self.table.at(self.value), self.table.at(other)
        return (now.tp, now.fp) != (then.tp, then.fp)

    def sentence_of(self, image_id: int) -> str:
        """Score and decision of one of the images."""
        place = int(np.flatnonzero(self.scored.ids == image_id)[0])
        called = called_defective(self.scored.scores[place : place + 1], self.value)
        return self._flip(place, now_defective=bool(called[0])).sentence

    def _flip(self, place: int, *, now_defective: bool) -> Flip:
        defective = bool(self.scored.defective[place])
        if defective:
            decision = "defect, found" if now_defective else "defect, missed"
        else:
            decision = "good, a false alarm" if now_defective else "good, passed"
        score = score_text(float(self.scored.scores[place]), self.decimals)
        return Flip(int(self.scored.ids[place]), defective, f"{score}: {decision}")

    # Sentences

    @property
    def change_sentence(self) -> str:
        """The price of the move: "3 more found, 11 more false alarms"."""
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
        if not self.defect_count:
            return Remark(
                "No defective image is labelled: recall, precision and F1 cannot be told. "
                "Import defective images on the Data page.",
                grave=True,
            )
        if not self.good_count:
            return Remark(
                "No good image was held out of training: false alarms cannot be told. Import good images "
                "that are not trained on.",
                grave=True,
            )
        return self._remark_on_separation() or self._remark_on_choice()

    def _remark_on_separation(self) -> Remark | None:
        if self.auroc is not None and self.auroc < SEPARATES_FROM:
            return Remark(
                f"Good and defective scores hardly differ (area under the ROC curve {self.auroc:.2f}). "
                "Try a larger input size, more training images or another detector.",
                grave=True,
            )
        counts = self.table.at(self.value)
        if counts.fp > counts.tn:
            return Remark(
                "More than half of the good images are false alarms at this threshold. "
                "A rule that limits false alarms puts it higher.",
                grave=True,
            )
        return None

    def _remark_on_choice(self) -> Remark:
        saved = self.saved
        if saved is not None and saved.value == self.value and _looks_at_good_alone(saved.rule):
            count = counted(len(self.scored.good_scores), "held-out good image")
            return Remark(f"This threshold comes from {count} alone, not from the images below.")
        return Remark(
            "The threshold is chosen on the same images as the figures: expect them to be a little worse on new parts. "
            "Locked test tells by how much."
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


def rates_of(counts: Confusion) -> tuple[Rate, ...]:
    """As the panel of figures shows them, with their intervals."""
    tp, fp, tn, fn = counts.tp, counts.fp, counts.tn, counts.fn
    return (
        Rate(
            "recall",
            "Recall",
            "Share of the defective images that are found",
            counts.recall,
            wilson(tp, tp + fn),
        ),
        Rate(
            "false_alarm_rate",
            "False alarm rate",
            "Share of the good images that are called defective",
            counts.false_alarm_rate,
            wilson(fp, fp + tn),
        ),
        Rate(
            "precision",
            "Precision",
            "Share of the alarms that are right. It depends on how many of the images are defective: on a "
            "line with few defects it is lower than here",
            counts.precision,
            wilson(tp, tp + fp) if counts.precision is not None else None,
        ),
        Rate(
            "specificity",
            "Specificity",
            "Share of the good images that pass",
            counts.specificity,
            wilson(tn, fp + tn),
        ),
        Rate(
            "f1",
            "F1",
            "Balance of precision and recall: their harmonic mean",
            counts.f1,
            f1_interval(tp, fp + fn) if tp + fn else None,
        ),
    )


def f1_interval(found: int, wrong: int) -> tuple[float, float] | None:
    """95 % interval of F1 from true positives and wrong decisions (missed and false alarms).

    F1 = 2J / (1 + J) rises with J = TP / (TP + FP + FN), which is a share of counted images:
    so Wilson's bounds of J are carried over (Hand, Christen and Kirielle 2021, "F*").
    """
    interval = wilson(found, found + wrong)
    if interval is None:
        return None
    low, high = (2 * share / (1 + share) for share in interval)
    return low, high


def shown_rules() -> tuple[ShownRule, ...]:
    """All rules as buttons with fields."""
    return tuple(_shown(info) for info in RULES.values())


def _shown(info: RuleInfo) -> ShownRule:
    if info.parameter_title is None or info.low is None or info.high is None or info.default is None:
        return ShownRule(info.name, info.title, info.sentence, takes_costs=info.takes_costs)
    factor = 100.0 if info.high <= 1 else 1.0
    of_hundred = info.high in (1.0, 100.0) or info.high < 1
    return ShownRule(
        info.name,
        info.title,
        info.sentence,
        info.parameter_title,
        low=info.low,
        high=info.high,
        start=info.default,
        factor=factor,
        suffix=" %" if of_hundred else " ×",
        takes_type=info.takes_type,
    )

"""What the locked test and the cross-validation say. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.confusion import Confusion, at
from anomaly_gui.evaluation.intervals import wilson
from anomaly_gui.evaluation.k_fold import FoldedFigures, cross_validated
from anomaly_gui.evaluation.thresholds import RULES, apply_rule
from anomaly_gui.jobs.evaluate import UNTYPED, ScoredImages, rule_of
from anomaly_gui.jobs.locked_test import LockedTest, Revealed
from anomaly_gui.progress import CancelToken
from anomaly_gui.project.locked_split import LockChoice, lockable
from anomaly_gui.project.records import Image, Threshold
from anomaly_gui.ui.pages.train_state import local_time
from anomaly_gui.ui.pages.tune_rates import f1_interval, shown_rates
from anomaly_gui.ui.widgets.shown_figures import ShownFigures
from anomaly_gui.ui.wording import NO_FIGURE, counted, listed, percent_interval_text, percent_text, score_text

PURPOSE = (
    "A threshold looks better on the images that it was chosen on than on new parts. Locked images choose nothing: "
    "no threshold, no rule, no curve and no review queue sees them. Their figures, looked at once everything is "
    "chosen, are those to expect on the line."
)
QUESTION = (
    "Their figures are honest as long as nothing is changed because of them. If you choose another threshold after "
    "this look, the next one will be too good, as those on the other views are. The journal keeps when you looked, "
    "and at which threshold."
)
FOLDED_PURPOSE = (
    "Where no image can be spared: the rule chooses on four fifths of the labelled images and is counted on the rest, "
    "each image once, ten times over. Nothing is trained again."
)
CHOOSING = "Working out which images to lock …"
_DECIMALS = 4
_CHANGES = {
    "threshold": "the threshold",
    "labels": "locked images or their labels",
    "scores": "scores",
}


@dataclass(frozen=True)
class LabelRow:
    """How many images of one label choose thresholds, and how many are or would be locked."""

    title: str
    tune: int
    locked: int


def label_rows(images: Sequence[Image], locked: Set[int]) -> list[LabelRow]:
    """Good first, then every defect type, of the labelled images that no run trains on."""
    found = lockable(images)
    titles = {image.id: _title(image) for image in found}
    total = Counter(titles.values())
    aside = Counter(titles[image.id] for image in found if image.id in locked)
    names = sorted(total, key=lambda name: (name != "good", name))
    return [LabelRow(name, total[name] - aside[name], aside[name]) for name in names]


def _title(image: Image) -> str:
    return "good" if image.label.kind == "good" else image.label.defect_type or UNTYPED


def lock_text(choice: LockChoice, images: Sequence[Image]) -> str:
    """On the button."""
    chosen = {*choice.ids}
    defective = sum(image.label.kind == "defect" for image in images if image.id in chosen)
    return f"Lock {counted(len(chosen), 'labelled image')}: {len(chosen) - defective:,} good, {defective:,} defective"


def state_sentence(test: LockedTest, locked: int) -> str:
    """What is locked, and how often it was looked at."""
    scored = test.good + test.defective
    if not locked:
        return "No image is locked any more. What was looked at before is kept below."
    if not scored:
        return f"{counted(locked, 'image')} locked, of which this run has scored none: train again to judge them."
    sentence = f"{counted(scored, 'locked image')} of this run: {test.good:,} good, {test.defective:,} defective."
    if test.chosen_with_them:
        sentence += " The threshold was set before they were locked, by them too: set it again before you look."
    looks = len(test.reveals)
    if not looks:
        return f"{sentence} Nobody has looked at their figures yet."
    if looks == 1:
        return f"{sentence} Looked at once."
    return f"{sentence} Looked at {looks} times: the more often one chooses after a look, the less they tell."


def stale_text(revealed: Revealed) -> str:
    """Why figures no longer describe the present state; empty while they do."""
    if not revealed.changed_since:
        return ""
    return f"Stale: {listed([_CHANGES[change] for change in revealed.changed_since])} changed since this look"


def shown_figures(revealed: Revealed) -> ShownFigures:
    counts = revealed.figures.counts
    return ShownFigures(counts.tp, counts.fn, counts.fp, counts.tn, shown_rates(counts))


def reveal_cells(revealed: Revealed) -> tuple[str, str, str, str, str]:
    """When, the threshold, missed, false alarms, and whether that still holds."""
    counts = revealed.figures.counts
    return (
        local_time(revealed.time_utc),
        score_text(revealed.figures.threshold, _DECIMALS),
        _of(counts.fn, counts.tp + counts.fn),
        _of(counts.fp, counts.fp + counts.tn),
        "stale" if revealed.changed_since else "holds",
    )


def _of(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,}" if whole else NO_FIGURE


def refusal(error: InputError) -> str:
    """Why something cannot be, and what to do."""
    return f"{error.cause[:1].upper()}{error.cause[1:]}. {error.next_step}."


# Cross-validation


@dataclass(frozen=True)
class FoldedAnswer:
    """Figures of the saved rule on the images it was chosen on, and on those it was not."""

    seen: Confusion
    folded: FoldedFigures


def why_not_folded(threshold: Threshold | None) -> str:
    """Why there is nothing to cross-validate; empty if there is."""
    rule = rule_of(threshold) if threshold is not None else None
    if rule is None:
        return "The threshold was set by hand: only a rule can choose again on a part of the images. Choose a rule."
    if RULES[rule.name].from_good_alone:
        return (
            "This rule looks at held-out good images alone: the figures on the Threshold view already rest on images "
            "that it was not chosen on."
        )
    return ""


def folded_answer(scored: ScoredImages, threshold: Threshold, cancel: CancelToken | None = None) -> FoldedAnswer:
    """Takes up to a second with many images. Raises InputError where there are too few, or the rule gives nothing."""
    rule = rule_of(threshold)
    assert rule is not None
    evidence = scored.evidence
    folded = cross_validated(rule, evidence, cancel=cancel)
    return FoldedAnswer(at(evidence.scores, evidence.defective, apply_rule(rule, evidence)), folded)


def folded_rows(answer: FoldedAnswer) -> list[tuple[str, str, str, str]]:
    """Title, on the same images, on others, and the 95 % interval of the latter."""
    seen, folded, typical = answer.seen, answer.folded, answer.folded.typical
    lines = (
        ("Recall", seen.recall, folded.recall, wilson(typical.tp, typical.tp + typical.fn)),
        (
            "False alarm rate",
            seen.false_alarm_rate,
            folded.false_alarm_rate,
            wilson(typical.fp, typical.fp + typical.tn),
        ),
        ("F1", seen.f1, folded.f1, f1_interval(typical.tp, typical.fp + typical.fn) if folded.f1 is not None else None),
    )
    return [
        (title, percent_text(one, interval), percent_text(other, interval), percent_interval_text(interval))
        for title, one, other, interval in lines
    ]


def folded_sentence(answer: FoldedAnswer, decimals: int = _DECIMALS) -> str:
    """How steady the rule is."""
    low, high = (score_text(value, decimals) for value in answer.folded.thresholds)
    total = answer.seen.tp + answer.seen.fn + answer.seen.fp + answer.seen.tn
    times = f"{answer.folded.folds} parts, {len(answer.folded.counts)} times over"
    return f"{counted(total, 'image')} in {times}. The rule put the threshold between {low} and {high}."

"""What the comparison of runs shows, in words and curves. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.evaluation.compare import FEWEST_OF_A_CLASS, AurocDifference, Differences
from anomaly_gui.evaluation.confusion import DECISIONS
from anomaly_gui.jobs.compare_runs import Against, ComparedRun, Comparison
from anomaly_gui.ui.widgets.shown_figures import Flip, ShownFlips
from anomaly_gui.ui.wording import NO_FIGURE, counted, score_decimals, score_text

MOST_SHOWN = 100
"""Images handed to the strip of thumbnails: more than any screen has room for."""


@dataclass(frozen=True)
class Category:
    """One way in which two runs' decisions are alike or not."""

    name: str
    title: str
    tip: str
    of: Callable[[Differences], NDArray[np.int64]]


CATEGORIES = (
    Category("fixed", "Fixed", "Defects that were missed and are found now", lambda d: d.fixed),
    Category("newly-missed", "Newly missed", "Defects that were found and are missed now", lambda d: d.newly_missed),
    Category("alarms-gone", "Alarms gone", "False alarms that are good images again", lambda d: d.alarms_gone),
    Category(
        "new-alarms", "New false alarms", "Good images that passed and are false alarms now", lambda d: d.new_alarms
    ),
    Category("still-missed", "Still missed", "Defects that both runs miss", lambda d: d.still_missed),
    Category(
        "still-alarms", "Still false alarms", "Good images that both runs call defective", lambda d: d.still_alarms
    ),
    Category(
        "rechecked",
        "Recheck differs",
        "Called defective by neither run, but to be rechecked in one of them alone",
        lambda d: d.rechecked_otherwise,
    ),
)


@dataclass(frozen=True)
class Choice:
    """Which runs are compared: *base* with each of *others*."""

    base: int
    others: tuple[int, ...]

    @property
    def runs(self) -> tuple[int, ...]:
        return (self.base, *self.others)


def first_choice(scored: Sequence[int], current: int) -> Choice | None:
    """The run looked at, with the one before it, or else the one after; None without two scored runs."""
    if current not in scored or len(scored) < 2:
        return None
    before = [run for run in scored if run < current]
    if before:
        return Choice(max(before), (current,))
    return Choice(current, (min(run for run in scored if run > current),))


def with_base(choice: Choice, base: int) -> Choice:
    """Compare with another run; where that was compared, the two change places."""
    others = tuple(choice.base if run == base else run for run in choice.others)
    return Choice(base, others)


def with_run(choice: Choice, run: int, chosen: bool, most: int) -> Choice:
    """With or without one more run; one at least stays, and no more than *most* are compared."""
    if run == choice.base or chosen == (run in choice.others):
        return choice
    if chosen:
        return choice if len(choice.runs) >= most else Choice(choice.base, tuple(sorted((*choice.others, run))))
    left = tuple(other for other in choice.others if other != run)
    return Choice(choice.base, left) if left else choice


# Figures in words


def figure_cells(run: ComparedRun) -> tuple[str, str, str, str]:
    """AUROC, best F1, missed defects and false alarms."""
    counts = run.counts
    defects, good = counts.tp + counts.fn, counts.fp + counts.tn
    return (
        _three(run.auroc),
        _three(run.best_f1),
        f"{counts.fn:,} of {defects:,}" if defects else NO_FIGURE,
        f"{counts.fp:,} of {good:,}" if good else NO_FIGURE,
    )


def difference_text(found: AurocDifference | None, images: int) -> str:
    """By how much a run ranks better, and whether the images can show it."""
    if found is None:
        return "n/a: it takes good and defective images"
    by = _signed(found.difference)
    if found.interval is None:
        return f"{by}; fewer than {FEWEST_OF_A_CLASS} good or defective images show nothing"
    low, high = found.interval
    reach = f"{_signed(low)} to {_signed(high)}"
    if not found.is_shown:
        return f"no difference that these {counted(images, 'image')} can show ({by}; {reach})"
    return f"{'better' if found.difference > 0 else 'worse'}: {by} ({reach})"


def headline(comparison: Comparison, run_id: int) -> str:
    """What came of one run against the one that all are compared with."""
    run, base = _run(comparison, run_id), comparison.runs[0]
    found = comparison.against[run_id]
    images = len(comparison.ids)
    if found.auroc is None:
        verdict = f"Without both good and defective images nothing tells which of {base.name} and {run.name} is better."
    elif found.auroc.interval is None:
        verdict = (
            f"Fewer than {FEWEST_OF_A_CLASS} good or defective images cannot tell which of {base.name} and "
            f"{run.name} is better."
        )
    elif found.auroc.is_shown:
        low, high = found.auroc.interval
        word = "better" if found.auroc.difference > 0 else "worse"
        verdict = (
            f"{run.name} is {word} than {base.name}: AUROC {_signed(found.auroc.difference)} "
            f"({_signed(low)} to {_signed(high)} at 95 % confidence)."
        )
    else:
        verdict = (
            f"{base.name} and {run.name} show no difference that these {counted(images, 'image')} can tell from chance."
        )
    return f"{verdict} {_decisions_sentence(found)}"


def _decisions_sentence(found: Against) -> str:
    of = found.decisions
    parts = [f"{len(of.fixed):,} fixed", f"{len(of.newly_missed):,} newly missed"]
    parts += [f"{counted(len(of.new_alarms), 'new false alarm')}", f"{len(of.alarms_gone):,} gone"]
    return f"At their own thresholds: {', '.join(parts)}."


def basis_sentence(comparison: Comparison) -> str:
    """Which images all figures rest on."""
    defective = int(comparison.defective.sum())
    good = len(comparison.ids) - defective
    who = "both runs" if len(comparison.runs) == 2 else "all these runs"
    images = counted(len(comparison.ids), "image")
    sentence = f"On the {images} that {who} judged: {good:,} good, {defective:,} defective."
    if comparison.left_out:
        sentence += f" {counted(comparison.left_out, 'image')} that only some judged left out."
    return sentence


# Images


def category_counts(comparison: Comparison, run_id: int) -> dict[str, int]:
    found = comparison.against[run_id].decisions
    return {category.name: len(category.of(found)) for category in CATEGORIES}


def first_category(counts: dict[str, int]) -> str:
    """The first that has images."""
    return next((category.name for category in CATEGORIES if counts[category.name]), CATEGORIES[0].name)


def shown_images(comparison: Comparison, run_id: int, category: str) -> ShownFlips:
    """Images of a category: missed ones with the lowest score first, others with the highest."""
    run = _run(comparison, run_id)
    of = next(one.of for one in CATEGORIES if one.name == category)
    places = of(comparison.against[run_id].decisions)
    scores = np.nan_to_num(run.scores[places].astype(np.float64), nan=np.inf)
    order = np.argsort(scores if "missed" in category else -scores, kind="stable")[:MOST_SHOWN]
    pair = [(one, _decimals(one)) for one in (comparison.runs[0], run)]
    first = []
    for place in places[order].tolist():
        defective = bool(comparison.defective[place])
        said = [f"{one.name}: {_score(one, place, decimals)}, {_answer(one, place)}" for one, decimals in pair]
        sentence = f"Labelled {'defect' if defective else 'good'}. {'; '.join(said)}"
        first.append(Flip(int(comparison.ids[place]), defective, sentence))
    return ShownFlips(first, len(places))


def _answer(run: ComparedRun, place: int) -> str:
    answer = DECISIONS[run.answers[place]]
    return "to be rechecked" if answer == "recheck" else f"called {answer}"


def _decimals(run: ComparedRun) -> int:
    finite = run.scores[np.isfinite(run.scores)]
    return score_decimals(float(finite.min()), float(finite.max())) if len(finite) else 3


def _score(run: ComparedRun, place: int, decimals: int) -> str:
    return f"{score_text(float(run.scores[place]), decimals)} against {score_text(run.threshold.value, decimals)}"


# Curves


def operating_points(run: ComparedRun) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    """Where the run's own threshold lies on its ROC curve, and on that of F1 over the share called defective."""
    counts = run.counts
    rates = counts.false_alarm_rate, counts.recall
    on_roc = None if rates[0] is None or rates[1] is None else (rates[0], rates[1])
    total = counts.tp + counts.fp + counts.fn + counts.tn
    on_f1 = None if counts.f1 is None else ((counts.tp + counts.fp) / total, counts.f1)
    return on_roc, on_f1


def _run(comparison: Comparison, run_id: int) -> ComparedRun:
    return next(run for run in comparison.runs if run.run_id == run_id)


def _three(value: float | None) -> str:
    return NO_FIGURE if value is None else f"{value:.3f}"


def _signed(value: float) -> str:
    """ "+0.031", "−0.002", "0.000"."""
    text = f"{abs(value):.3f}"
    if float(text) == 0:
        return text
    return ("+" if value > 0 else "−") + text

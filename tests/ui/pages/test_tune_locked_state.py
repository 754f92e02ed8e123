"""The locked test and the cross-validation in words."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.confusion import Confusion
from anomaly_gui.evaluation.k_fold import FoldedFigures
from anomaly_gui.jobs.evaluate import ScoredImages
from anomaly_gui.jobs.locked_test import LockedFigures, LockedTest, Revealed
from anomaly_gui.project.locked_split import choose_locked
from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.ui.pages import tune_locked_state as state
from anomaly_gui.ui.pages.tune_locked_state import FoldedAnswer, LabelRow
from tests.project.samples import SCRATCH, image

BEST = Threshold(2.0, "best-f1")


def _revealed(*changed: str, missed: int = 1) -> Revealed:
    figures = LockedFigures(
        threshold=3.2,
        recheck=None,
        rule_sentence="",
        found=4,
        missed=missed,
        false_alarms=2,
        passed=8,
        recall=0.8,
        recall_interval=None,
        false_alarm_rate=0.2,
        false_alarm_interval=None,
        precision=None,
        f1=None,
        auroc=None,
        labels_sha256="",
        scores_sha256="",
    )
    return Revealed("2026-11-23T11:40:00Z", figures, changed)  # type: ignore[arg-type]


def test_labels_are_counted_on_both_sides_good_first() -> None:
    images = [
        *[image(n, split="test") for n in range(1, 9)],
        *[image(n, label=SCRATCH) for n in range(9, 13)],
        image(13, label=Label("defect")),
        image(14),
    ]
    assert state.label_rows(images, {1, 2, 9}) == [
        LabelRow("good", 6, 2),
        LabelRow("(no type)", 1, 0),
        LabelRow("scratch", 3, 1),
    ]
    choice = choose_locked(images)
    good = sum(key <= 8 for key in choice.ids)
    assert state.lock_text(choice, images) == (
        f"Lock {len(choice.ids)} labelled images: {good} good, {len(choice.ids) - good} defective"
    )


def test_looks_are_counted_and_too_many_are_warned_of() -> None:
    def said(looks: int) -> str:
        return state.state_sentence(LockedTest(10, 5, (_revealed(),) * looks), 15)

    assert said(0) == "15 locked images of this run: 10 good, 5 defective. Nobody has looked at their figures yet."
    assert said(1).endswith("Looked at once.")
    assert "Looked at 3 times: the more often" in said(3)
    assert "set it again before you look" not in said(0)
    assert "set it again before you look" in state.state_sentence(LockedTest(10, 5, (), True), 15)
    assert state.state_sentence(LockedTest(0, 0, (_revealed(),)), 0).startswith("No image is locked any more.")
    assert "scored none" in state.state_sentence(LockedTest(0, 0, ()), 15)


def test_a_stale_look_says_why_and_one_that_holds_says_nothing() -> None:
    assert state.stale_text(_revealed()) == ""
    assert state.stale_text(_revealed("threshold", "labels")) == (
        "Stale: the threshold and locked images or their labels changed since this look"
    )
    assert state.reveal_cells(_revealed())[1:] == ("3.2000", "1 of 5", "2 of 10", "holds")
    assert state.reveal_cells(_revealed("scores"))[4] == "stale"
    shown = state.shown_figures(_revealed())
    assert (shown.found, shown.missed, shown.rates[0].value) == (4, 1, 0.8)


@pytest.mark.parametrize(
    ("threshold", "why"),
    [(None, "set by hand"), (Threshold(1.0), "set by hand"), (Threshold(1.0, "good-max-plus"), "good images alone")],
)
def test_what_cannot_be_cross_validated_says_why(threshold: Threshold | None, why: str) -> None:
    assert why in state.why_not_folded(threshold)
    assert state.why_not_folded(BEST) == ""


def _scored(good: int, defects: int) -> ScoredImages:
    draw = np.random.default_rng(0)
    defective = np.arange(good + defects) >= good
    scores = (draw.normal(size=good + defects) + defective).astype(np.float32)
    return ScoredImages(np.arange(good + defects), scores, defective, scores[:3])


def test_a_rule_is_judged_by_its_own_threshold_and_by_others() -> None:
    answer = state.folded_answer(_scored(40, 20), BEST)
    rows = state.folded_rows(answer)
    assert [row[0] for row in rows] == ["Recall", "False alarm rate", "F1"]
    assert rows[2][1] >= rows[2][2], "F1 chosen and counted on the same images cannot be lower"
    assert state.folded_sentence(answer).startswith("60 images in 5 parts, 10 times over. The rule put")
    with pytest.raises(InputError, match="too few"):
        state.folded_answer(_scored(4, 4), BEST)


def test_undefined_figures_are_not_numbers() -> None:
    counts = Confusion(tp=0, fp=2, fn=0, tn=8)
    rows = state.folded_rows(FoldedAnswer(counts, FoldedFigures(5, (counts,), (1.0, 2.0))))
    assert [row[1].strip() for row in rows] == ["n/a", "20 %", "n/a"]
    assert [bool(row[3]) for row in rows] == [False, True, False]

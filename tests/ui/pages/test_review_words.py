"""What is said of an image fits the queue that it is in."""

from __future__ import annotations

import math

import pytest

from anomaly_gui.jobs.score_origin import ScoreOrigin
from anomaly_gui.project.records import Image, Label, Threshold, Verdict
from anomaly_gui.ui.pages import review_words as words
from tests.project.samples import image

CRACK = Label("defect", "crack")
LINE = Threshold(2.0, recheck=1.0)


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (2.41, "2.41 · 0.83 below the threshold"),
        (4.0, "4.00 · 0.76 above the threshold"),
        (math.inf, "∞: called defective"),
        (None, "not scored by this run"),
    ],
)
def test_a_score_is_told_against_the_threshold(score: float | None, text: str) -> None:
    assert words.score_sentence(score, 3.24, 2) == text


@pytest.mark.parametrize(
    ("queue", "shown", "score", "badge"),
    [
        ("missed", image(1, label=CRACK), 1.9, ""),
        ("missed", image(1, label=CRACK), 2.0, "now caught"),
        ("missed", image(1, label=CRACK), math.nan, "now caught"),
        ("missed", image(1), 1.0, "now good"),
        ("missed", image(1, label=CRACK, excluded=True), 1.0, "left out"),
        ("alarms", image(1), 2.0, ""),
        ("alarms", image(1), 1.9, "passes now"),
        ("alarms", image(1, label=CRACK), 2.5, "now crack"),
        ("recheck", image(1), 1.0, ""),
        ("recheck", image(1), 2.0, "now caught"),
        ("recheck", image(1), 0.9, "passes now"),
        ("unlabelled", image(1, label=Label("unlabelled")), None, ""),
        ("unlabelled", image(1, label=Label("unsure")), None, ""),
        ("unlabelled", image(1, label=CRACK), None, "now crack"),
        ("type:crack", image(1, label=CRACK), 9.0, ""),
        ("type:crack", image(1, label=Label("defect")), 9.0, "now defect"),
        ("closest", image(1, label=CRACK), 9.0, ""),
        ("closest", image(1, verdict=Verdict("relabelled")), 9.0, "now good"),
    ],
)
def test_a_badge_says_what_has_changed_since_the_queue_was_started(
    queue: str, shown: Image, score: float | None, badge: str
) -> None:
    assert words.badge(queue, shown, score, LINE) == badge


def test_saying_what_the_label_says_confirms_it() -> None:
    assert words.judgement(image(1, label=CRACK), CRACK) == (Verdict("confirmed"), None)


def test_defective_without_a_type_keeps_the_type() -> None:
    assert words.judgement(image(1, label=CRACK), Label("defect")) == (Verdict("confirmed"), None)


@pytest.mark.parametrize("label", [Label("good"), Label("defect", "dent")])
def test_saying_something_else_relabels(label: Label) -> None:
    assert words.judgement(image(1, label=CRACK), label) == (Verdict("relabelled"), label)


def test_a_first_label_corrects_nothing() -> None:
    for undecided in (Label("unlabelled"), Label("unsure")):
        assert words.judgement(image(1, label=undecided), CRACK) == (Verdict("confirmed"), CRACK)


def test_every_kind_of_verdict_can_be_read() -> None:
    shown = [image(1, label=CRACK, verdict=v) for v in (None, Verdict("confirmed"), Verdict("unsure"))]
    shown += [image(1, verdict=Verdict("confirmed")), image(1, verdict=Verdict("relabelled"))]
    assert len({words.verdict_text(each) for each in shown}) == 5


def test_an_empty_queue_says_why_and_where_to_go() -> None:
    assert words.why_empty("missed", 1.0, 2, defects=0).page == "data"
    assert "All 7 labelled defects are found at 1.00" in words.why_empty("missed", 1.0, 2, defects=7).sentence
    for queue in ("alarms", "closest", "suspicious", "unlabelled", "recheck", "filter", "type:crack"):
        advice = words.why_empty(queue, 1.0, 2, defects=7)
        assert advice.title
        assert advice.sentence


def test_position_says_what_is_left_and_what_was_skipped() -> None:
    assert words.position_sentence(0, 3, 3, 0) == "1 of 3 · 3 left to review"
    assert words.position_sentence(None, 1200, 7, 2) == "1,200 images · 7 left · 2 skipped"
    assert words.position_sentence(None, 0, 0, 0) == "Nothing to review here"


@pytest.mark.parametrize(
    ("factor", "is_score", "text"),
    [
        (None, True, "Score set by 5 × 4 px at x 1,252, y 92"),
        (1, True, "Score set at full size by 5 × 4 px at x 1,252, y 92"),
        (4, True, "Score set at a quarter of the size by 5 × 4 px at x 1,252, y 92"),
        (8, False, "Map highest at 1/8 of the size by 5 × 4 px at x 1,252, y 92"),
    ],
)
def test_where_a_score_comes_from(factor: int | None, is_score: bool, text: str) -> None:
    assert words.origin_text(ScoreOrigin(factor, (1252, 92, 5, 4)), is_score=is_score) == text

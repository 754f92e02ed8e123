"""The queue of missed defects keeps the reviewer's place while it shrinks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.jobs.evaluate import ScoredImages
from anomaly_gui.project.records import Image, Label, Verdict
from anomaly_gui.ui.pages.review_state import (
    ORDERS,
    Miss,
    ReviewState,
    empty_advice,
    find_misses,
    judgement,
    score_sentence,
    verdict_text,
    why_not_here,
)
from tests.project.samples import image

CRACK = Label("defect", "crack")


def miss(number: int, score: float = 1.0, verdict: Verdict | None = None, kind: str = "crack") -> Miss:
    return Miss(image(number, label=Label("defect", kind), verdict=verdict), score)


def queue(*misses: Miss) -> ReviewState:
    state = ReviewState()
    state.set_misses(list(misses))
    return state


def three() -> ReviewState:
    return queue(miss(1, 0.1), miss(2, 0.2), miss(3, 0.3))


def without(state: ReviewState, number: int) -> list[Miss]:
    return [m for m in state.misses if m.image.id != number]


def test_missed_are_defects_with_a_finite_score_below_the_threshold() -> None:
    scored = ScoredImages(
        ids=np.array([1, 2, 3, 4, 5]),
        scores=np.array([1.0, 1.0, 2.0, math.nan, 0.5], np.float32),
        defective=np.array([True, False, True, True, True]),
        good_scores=np.empty(0, np.float32),
    )
    images: dict[int, Image] = {n: image(n, label=CRACK) for n in range(1, 6)}
    assert [m.image.id for m in find_misses(scored, images, 2.0)] == [1, 5]


@pytest.mark.parametrize(
    ("order", "ids"), [("lowest", [2, 3, 1]), ("closest", [1, 3, 2]), ("type", [3, 2, 1]), ("name", [1, 2, 3])]
)
def test_the_queue_is_sorted_as_chosen(order: str, ids: list[int]) -> None:
    state = ReviewState(order)
    state.set_misses([miss(1, 0.9, kind="dent"), miss(2, 0.1, kind="dent"), miss(3, 0.5, kind="crack")])
    assert [m.image.id for m in state.misses] == ids
    assert order in ORDERS


def test_an_order_that_is_not_known_gives_the_first() -> None:
    assert ReviewState("by the moon").order == "lowest"


def test_the_first_missed_defect_is_shown_first() -> None:
    assert three().current == 1


def test_an_image_that_leaves_the_queue_stays_shown_and_going_on_leads_to_what_took_its_place() -> None:
    state = three()
    state.go(1)
    state.set_misses(without(state, 2))
    assert state.current == 2
    assert state.place is None
    assert state.go(1)
    assert state.current == 3


def test_going_back_from_an_image_that_left_leads_to_the_one_before_it() -> None:
    state = three()
    state.go(1)
    state.set_misses(without(state, 2))
    assert state.go(-1)
    assert state.current == 1


def test_at_the_ends_one_stays() -> None:
    state = three()
    assert not state.go(-1)
    assert state.current == 1
    state.go_to(3)
    assert not state.go(1)
    assert state.current == 3


def test_an_image_that_comes_back_takes_its_place_again() -> None:
    state = three()
    state.go(1)
    everything = list(state.misses)
    state.set_misses(without(state, 2))
    state.set_misses(everything)
    assert state.place == 1


def test_next_unreviewed_passes_over_verdicts_and_goes_round_the_end() -> None:
    said = Verdict("confirmed")
    state = queue(miss(1, 0.1), miss(2, 0.2, said), miss(3, 0.3), miss(4, 0.4, said))
    assert state.go_unreviewed(1)
    assert state.current == 3
    assert state.go_unreviewed(1)
    assert state.current == 1
    assert state.go_unreviewed(-1)
    assert state.current == 3


def test_next_unreviewed_finds_nothing_when_all_are_reviewed() -> None:
    state = queue(miss(1, 0.1, Verdict("confirmed")), miss(2, 0.2, Verdict("unsure")))
    assert not state.go_unreviewed(1)
    assert state.current == 1


def test_next_unreviewed_starts_at_what_took_the_place_of_an_image_that_left() -> None:
    state = three()
    state.go(1)
    state.set_misses(without(state, 2))
    assert state.go_unreviewed(1)
    assert state.current == 3


def test_back_leads_through_the_verdicts_latest_first() -> None:
    state = three()
    for number in (1, 2):
        state.go_to(number)
        state.note_verdict(number)
    state.go_to(3)
    assert state.go_back()
    assert state.current == 2
    assert state.go_back()
    assert state.current == 1
    assert not state.go_back()


def test_back_leads_to_an_image_that_left_the_queue() -> None:
    state = three()
    state.note_verdict(1)
    state.set_misses(without(state, 1))
    state.go(1)
    assert state.current == 2
    assert state.go_back()
    assert state.current == 1


def test_the_next_images_are_known_ahead() -> None:
    state = three()
    assert state.upcoming(2) == [2, 3]
    state.set_misses(without(state, 1))
    assert state.upcoming(2) == [2, 3]


def test_an_image_that_left_the_project_makes_room_for_the_first() -> None:
    state = three()
    state.go_to(99)
    state.leave_current()
    assert state.current == 1


def test_position_and_what_is_left_are_said() -> None:
    state = queue(miss(1, 0.1), miss(2, 0.2, Verdict("confirmed")))
    assert state.position_sentence == "1 of 2 · 1 left to review"
    state.set_misses(without(state, 1))
    assert state.position_sentence == "1 missed · 0 left to review"
    assert queue().position_sentence == "No missed defects"


@settings(max_examples=100, deadline=None)
@given(steps=st.lists(st.sampled_from(["next", "previous", "drop", "unreviewed", "back"]), max_size=30))
def test_whatever_one_does_an_image_is_shown_and_the_place_is_its_own(steps: list[str]) -> None:
    state = queue(*(miss(n, n / 10) for n in range(1, 7)))
    for step in steps:
        if step == "drop" and state.current is not None:
            state.note_verdict(state.current)
            state.set_misses(without(state, state.current))
        elif step == "unreviewed":
            state.go_unreviewed(1)
        elif step == "back":
            state.go_back()
        else:
            state.go(1 if step == "next" else -1)
        assert state.current is not None
        if state.place is not None:
            assert state.misses[state.place].image.id == state.current


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (2.41, "2.41 · 0.83 below the threshold"),
        (4.0, "4.00 · 0.76 above the threshold"),
        (math.inf, "∞: called defective"),
        (None, "not scored"),
    ],
)
def test_a_score_is_told_against_the_threshold(score: float | None, text: str) -> None:
    assert score_sentence(score, 3.24, 2) == text


def test_saying_what_the_label_says_confirms_it() -> None:
    assert judgement(image(1, label=CRACK), CRACK) == (Verdict("confirmed"), None)


def test_defective_without_a_type_keeps_the_type() -> None:
    assert judgement(image(1, label=CRACK), Label("defect")) == (Verdict("confirmed"), None)


@pytest.mark.parametrize("label", [Label("good"), Label("defect", "dent")])
def test_saying_something_else_relabels(label: Label) -> None:
    assert judgement(image(1, label=CRACK), label) == (Verdict("relabelled"), label)


def test_an_image_that_is_no_miss_any_more_says_why() -> None:
    assert why_not_here(image(1, label=CRACK), 1.0, 2.0) == ""
    assert "Labelled good" in why_not_here(image(1), 1.0, 2.0)
    assert "Caught" in why_not_here(image(1, label=CRACK), 2.0, 2.0)
    assert "Excluded" in why_not_here(image(1, label=CRACK, excluded=True), None, 2.0)


def test_every_kind_of_verdict_can_be_read() -> None:
    kinds = (None, Verdict("confirmed"), Verdict("relabelled"), Verdict("unsure"))
    assert len({verdict_text(verdict) for verdict in kinds}) == 4


def test_an_empty_queue_says_whether_all_are_found_or_none_is_labelled() -> None:
    assert empty_advice(0, 1.0, 2).page == "data"
    assert "All 7 labelled defects are found at 1.00" in empty_advice(7, 1.0, 2).sentence

"""Where a reviewer stands in a blind review."""

from __future__ import annotations

from anomaly_gui.evaluation.agreement import Answer
from anomaly_gui.project.blind_sample import order_for
from anomaly_gui.project.records import BlindStudy, Judgement
from anomaly_gui.ui.pages.blind_state import (
    MOST_REMEMBERED,
    JudgingState,
    end_sentences,
    next_trial,
    remembered,
    standing,
    study_title,
)

STUDY = BlindStudy(id=1, run=1, seed=3, trials=2, images=(1, 2, 3, 4), started_utc="2026-05-01T08:00:00.000Z")


def said(reviewer: str, images: list[int], trial: int = 1, answer: Answer = "good") -> list[Judgement]:
    return [
        Judgement(study=1, image=image, reviewer=reviewer, answer=answer, time_utc="", trial=trial) for image in images
    ]


def test_images_come_in_the_reviewers_own_order_without_those_that_are_judged() -> None:
    order = order_for(STUDY, "A", 1)
    state = JudgingState(STUDY, "A", 1, said("A", order[:1]) + said("B", order) + said("A", order, trial=2))
    assert (state.current, state.left, state.done, state.total) == (order[1], order[1:], 1, 4)
    state.note_answer(order[1])
    assert state.current == order[2]
    state.note_taken_back(order[1])
    assert state.current == order[1]
    for image in order[1:]:
        state.note_answer(image)
    assert state.current is None


def test_the_next_trial_is_the_first_that_is_not_finished() -> None:
    assert next_trial(STUDY, [], "A") == 1
    first = said("A", [1, 2, 3, 4])
    assert next_trial(STUDY, first, "A") == 2
    assert next_trial(STUDY, first, "B") == 1
    assert next_trial(STUDY, first + said("A", [1, 2, 3, 4], 2), "A") is None


def test_it_says_where_a_reviewer_stands() -> None:
    assert standing(STUDY, [], "") == "Give the name of who judges."
    assert standing(STUDY, [], "A") == "A begins: trial 1 of 2, 0 of 4 images judged."
    assert standing(STUDY, said("A", [2]), "A") == "A goes on: trial 1 of 2, 1 of 4 images judged."
    every = said("A", [1, 2, 3, 4]) + said("A", [1, 2, 3, 4], 2)
    assert standing(STUDY, every, "A").startswith("A has judged everything")
    assert study_title(STUDY, every) == "Review 1 · 4 images · begun 2026-05-01 · A"
    assert study_title(STUDY, []).endswith("nobody yet")


def test_the_end_of_a_trial_tells_what_is_to_come_and_who_must_not_see_the_report() -> None:
    first = said("A", [1, 2, 3, 4])
    assert "Trial 2 shows the same images in another order" in end_sentences(STUDY, first, "A", 1)
    assert "A should not see it" in end_sentences(STUDY, first, "A", 1)
    every = first + said("A", [1, 2, 3, 4], 2)
    assert "should not" not in end_sentences(STUDY, every, "A", 2)
    assert "B should not see it" in end_sentences(STUDY, every + said("B", [1]), "A", 2)


def test_names_are_remembered_once_the_newest_first() -> None:
    assert remembered(["A", "B", "", "A"], " B ") == ["B", "A"]
    assert len(remembered([str(n) for n in range(50)])) == MOST_REMEMBERED

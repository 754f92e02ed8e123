"""A queue stays as it was started, and the reviewer's place in it is never lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.ui.pages.review_state import FrozenQueue, ReviewState


def three() -> FrozenQueue:
    return FrozenQueue([1, 2, 3], "worst", 2.0)


def test_the_first_image_is_shown_first_and_an_empty_queue_shows_none() -> None:
    assert three().current == 1
    assert FrozenQueue([], "worst", 2.0).current is None


def test_at_the_ends_one_stays() -> None:
    queue = three()
    assert not queue.go(-1)
    assert queue.current == 1
    queue.go_to(3)
    assert not queue.go(1)
    assert queue.current == 3


def test_from_an_image_outside_the_queue_one_goes_back_to_where_one_was() -> None:
    queue = three()
    queue.go(1)
    queue.go_to(99)
    assert queue.place is None
    assert queue.go(1)
    assert queue.current == 2


def test_the_next_open_image_is_found_around_the_end() -> None:
    queue, done = FrozenQueue([1, 2, 3, 4], "worst", 2.0), {2, 4}
    assert queue.go_open(1, lambda key: key not in done)
    assert queue.current == 3
    assert queue.go_open(1, lambda key: key not in done)
    assert queue.current == 1
    assert queue.go_open(-1, lambda key: key not in done)
    assert queue.current == 3
    assert not queue.go_open(1, lambda _: False)
    assert queue.current == 3


def test_another_order_keeps_the_image_that_is_shown() -> None:
    queue = three()
    queue.go(1)
    queue.arrange([3, 2, 1], "name")
    assert (queue.current, queue.place, queue.upcoming(2)) == (2, 1, [1])


def test_what_was_judged_is_gone_back_to_latest_first() -> None:
    state = ReviewState()
    for image_id in (1, 2, 1):
        state.note_verdict(image_id)
    assert state.last_judged(but=1) == 2
    assert state.last_judged(but=2) is None


def test_each_queue_of_each_run_keeps_its_own_place() -> None:
    state = ReviewState()
    state.start(1, [1, 2, 3], 2.0).go(1)
    state.choose("alarms")
    assert state.queue(1) is None
    state.start(1, [7, 8], 2.0)
    state.choose("missed")
    found = state.queue(1)
    assert found is not None
    assert found.current == 2
    assert state.queue(2) is None
    state.drop(1)
    assert state.queue(1) is None


def test_queues_that_were_begun_are_remembered_and_images_that_are_gone_are_left_out() -> None:
    state = ReviewState()
    state.set_order("name")
    queue = state.start(4, [1, 2, 3], 2.5)
    queue.go(1)
    queue.skip()
    queue.go(1)
    state.choose("alarms")
    state.start(4, [9], 2.5)
    recalled = ReviewState.recalled(json.loads(json.dumps(state.remembered())), {2, 3, 9})
    assert recalled.name == "alarms"
    assert recalled.queue(4) is None, "nobody had begun with it"
    recalled.choose("missed")
    found = recalled.queue(4)
    assert found is not None
    assert (found.ids, found.current, found.order, found.threshold) == ([2, 3], 3, "name", 2.5)
    assert found.skipped == {2}
    assert recalled.order == "name"


@pytest.mark.parametrize(
    "kept",
    [None, 3, {}, {"queue": "by the moon", "queues": [7]}, {"orders": {"missed": "?"}, "queues": [{"ids": [1]}]}],
)
def test_what_makes_no_sense_is_passed_over(kept: object) -> None:
    made = ReviewState.recalled(kept, {1})
    assert (made.name, made.order, made.queue(1)) == ("missed", "worst", None)


@settings(max_examples=100, deadline=None)
@given(steps=st.lists(st.sampled_from(["next", "previous", "away", "open", "skip", "turn"]), max_size=30))
def test_whatever_one_does_the_images_stay_and_the_place_is_that_of_the_image(steps: list[str]) -> None:
    queue = FrozenQueue(range(1, 7), "worst", 2.0)
    for step in steps:
        if step == "away":
            queue.go_to(99)
        elif step == "open":
            queue.go_open(1, lambda key: key not in queue.skipped)
        elif step == "skip":
            queue.skip()
        elif step == "turn":
            queue.arrange(reversed(queue.ids), "name")
        else:
            queue.go(1 if step == "next" else -1)
        assert sorted(queue.ids) == list(range(1, 7))
        assert queue.current is not None
        if queue.place is not None:
            assert queue.ids[queue.place] == queue.current

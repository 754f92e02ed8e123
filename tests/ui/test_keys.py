from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.ui.keys import Bound, collide, conflicts, keys_text, portable, rightful, span_text

KEYS = st.sampled_from(["G", "X", "W", "W, 1", "W, 2", "W, W", "Ctrl+G", ",", ",, 1", "F5"])
BOUND = st.lists(
    st.tuples(st.sampled_from([None, "tune", "review"]), st.lists(KEYS, max_size=3, unique=True)), max_size=6
).map(lambda made: [Bound(f"action-{n}", page, tuple(keys)) for n, (page, keys) in enumerate(made)])


@pytest.mark.parametrize("key", ["Ctrl+Z", "W, 1", ",", "Ctrl+,, 1", "+", "?", "Shift+[", "Backspace", "F5"])
def test_a_key_is_kept_as_it_is(key: str) -> None:
    assert portable(key) == key


@pytest.mark.parametrize("key", ["", "Foo", "Ctrl+", "G+H", "W, Foo", ", ,"])
def test_what_is_no_key_is_empty(key: str) -> None:
    assert portable(key) == ""


def test_one_writing_for_one_key() -> None:
    assert portable("shift+ctrl+z") == "Ctrl+Shift+Z"


def test_return_and_enter_are_said_once() -> None:
    assert keys_text(["Return", "Enter", "Space", "Left"]) == "Enter, Space, ←"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (["Left", "Right"], "← →"),
        ([str(digit) for digit in range(1, 10)], "1–9"),
        (["W, 1", "W, 2", "W, 3"], "W, 1–3"),
        (["1", "2", "Q"], "1 2 Q"),
        (["1", "3", "4"], "1 3 4"),
        (["F1", "G1"], "F1"),
        (["", "Z"], "Z"),
        ([], ""),
    ],
)
def test_keys_that_belong_together_are_said_as_a_span(keys: list[str], said: str) -> None:
    assert span_text([key for key in keys if portable(key) or not key]) == said


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [("G", "G", True), ("W", "W, 1", True), ("W, 1", "W, 2", False), ("Ctrl+G", "G", False), (",", ",, 1", True)],
)
def test_keys_collide_when_one_begins_as_the_other(one: str, other: str, meet: bool) -> None:
    assert collide(one, other) is meet
    assert collide(other, one) is meet


def test_two_pages_may_use_one_key_but_not_one_that_works_everywhere() -> None:
    tune, review, everywhere = (
        Bound("a", "tune", ("G",)),
        Bound("b", "review", ("G",)),
        Bound("c", None, ("G",)),
    )
    assert conflicts([tune, review]) == []
    assert {(found.name, found.other) for found in conflicts([tune, review, everywhere])} == {("c", "a"), ("c", "b")}


@given(BOUND)
def test_conflicts_are_all_pairs_that_meet_and_collide(bound: list[Bound]) -> None:
    expected = {
        frozenset([(one.name, key), (other.name, key2)])
        for place, one in enumerate(bound)
        for other in bound[:place]
        for key in one.keys
        for key2 in other.keys
        if (one.page is None or other.page is None or one.page == other.page) and collide(key, key2)
    }
    found = conflicts(bound)
    assert {frozenset([(c.name, c.key), (c.other, c.other_key)]) for c in found} == expected
    assert len(found) == len(expected)


@given(BOUND, st.integers(0, 5))
def test_what_the_user_chose_wins_and_no_conflict_is_left(bound: list[Bound], place: int) -> None:
    chosen = {f"action-{place}": ()}
    kept = rightful(bound, chosen)
    after = [Bound(each.name, each.page, kept[each.name]) for each in bound]
    assert conflicts(after) == []
    assert all(set(kept[each.name]) <= set(each.keys) for each in bound)
    for each in bound:
        if each.name in chosen and not conflicts([each]):
            assert kept[each.name] == each.keys

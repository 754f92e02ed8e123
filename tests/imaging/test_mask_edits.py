"""Changes of a mask and the way back, whatever is drawn in whatever order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.imaging import mask_edits
from anomaly_gui.imaging.mask_areas import NOWHERE, Area, Box, brush_area, rectangle_area
from anomaly_gui.imaging.mask_edits import MaskEdits

SIZE = (24, 31)
place = st.tuples(st.floats(-5, 36), st.floats(-5, 29))
areas = st.one_of(
    st.builds(lambda a, b, r: brush_area(a, b, r + 0.5, SIZE), place, place, st.integers(0, 6)),
    st.builds(lambda a, b: rectangle_area(a, b, SIZE), place, place),
)
Change = Callable[[MaskEdits], Box]
changes: st.SearchStrategy[Change] = st.one_of(
    areas.map(lambda area: lambda edits: edits.add(area)),
    areas.map(lambda area: lambda edits: edits.subtract(area)),
    areas.map(lambda area: lambda edits: edits.replace(area)),
    st.sampled_from([MaskEdits.invert, MaskEdits.clear]),
)


def started(seed: int) -> MaskEdits:
    return MaskEdits(np.random.default_rng(seed).random(SIZE) < 0.4)


@given(st.integers(0, 99), st.lists(changes, max_size=8))
def test_undo_restores_every_step_exactly_and_redo_makes_it_again(seed: int, made: list[Change]) -> None:
    edits = started(seed)
    states = [edits.mask.copy()]
    for change in made:
        change(edits)
        if not np.array_equal(edits.mask, states[-1]):
            states.append(edits.mask.copy())
    for before in reversed(states[:-1]):
        assert edits.undo() is not None
        assert np.array_equal(edits.mask, before)
    assert edits.undo() is None
    for after in states[1:]:
        assert edits.redo() is not None
        assert np.array_equal(edits.mask, after)
    assert edits.redo() is None


@given(st.integers(0, 99), changes)
def test_a_change_touches_nothing_outside_the_box_it_tells(seed: int, change: Change) -> None:
    edits = started(seed)
    before = edits.mask.copy()
    box = change(edits)
    outside = np.ones(SIZE, bool)
    outside[box.slices] = False
    assert np.array_equal(edits.mask[outside], before[outside])
    if np.array_equal(before, edits.mask):
        assert not edits.can_undo


@given(st.integers(0, 99), areas)
def test_adding_subtracting_and_replacing_are_what_they_say(seed: int, area: Area) -> None:
    inside = np.zeros(SIZE, bool)
    inside[area.box.slices] = area.inside
    before = started(seed).mask
    added, subtracted, replaced, inverted = started(seed), started(seed), started(seed), started(seed)
    added.add(area)
    subtracted.subtract(area)
    replaced.replace(area)
    inverted.invert()
    assert np.array_equal(added.mask, before | inside)
    assert np.array_equal(subtracted.mask, before & ~inside)
    assert np.array_equal(replaced.mask, inside)
    assert np.array_equal(inverted.mask, ~before)


@given(st.lists(areas, min_size=1, max_size=6))
def test_a_stroke_of_many_parts_is_one_step_and_can_be_cancelled(parts: list[Area]) -> None:
    edits = MaskEdits(np.zeros(SIZE, bool))
    edits.begin()
    for part in parts:
        edits.add(part)
    edits.end()
    drawn = edits.mask.copy()
    edits.begin()
    for part in parts:
        edits.subtract(part)
    edits.cancel()
    assert np.array_equal(edits.mask, drawn)
    if drawn.any():
        assert edits.undo() is not None
    assert not edits.mask.any()
    assert edits.undo() is None


def test_what_was_undone_is_gone_once_something_else_is_drawn() -> None:
    edits = MaskEdits(np.zeros(SIZE, bool))
    edits.add(rectangle_area((1, 1), (3, 3), SIZE))
    edits.undo()
    edits.add(rectangle_area((5, 5), (6, 6), SIZE))
    assert edits.redo() is None
    assert edits.mask.sum() == 4


def test_changing_nothing_is_no_step() -> None:
    edits = MaskEdits(np.zeros(SIZE, bool))
    assert edits.subtract(rectangle_area((1, 1), (3, 3), SIZE)) == NOWHERE
    assert edits.clear() == NOWHERE
    assert not edits.can_undo


def test_the_oldest_steps_are_forgotten_when_they_take_too_much_room() -> None:
    rng = np.random.default_rng(0)
    edits = MaskEdits(np.zeros((200, 200), bool), kept_bytes=30_000)
    for _ in range(20):
        edits.replace(Area(Box(0, 0, 200, 200), rng.random((200, 200)) < 0.5))
    steps = 0
    while edits.undo() is not None:
        steps += 1
    assert 3 <= steps <= 6


def test_a_large_mask_is_changed_in_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mask_edits, "_STRIP_BYTES", 100)
    edits = started(3)
    before = edits.mask.copy()
    assert edits.invert() == edits.everywhere
    edits.replace(rectangle_area((2, 2), (20, 20), SIZE))
    assert edits.mask.sum() == 19 * 19
    edits.undo()
    edits.undo()
    assert np.array_equal(edits.mask, before)

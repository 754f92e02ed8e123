"""The sample of a blind re-review: stratified, reproducible, in an order of its own for everyone."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.errors import InputError
from anomaly_gui.project.blind_sample import Candidate, choose_sample, order_for
from anomaly_gui.project.records import BlindStudy

candidates = st.lists(
    st.tuples(st.booleans(), st.floats(0, 9) | st.just(math.inf) | st.just(math.nan)), min_size=2, max_size=60
).map(lambda made: [Candidate(number, *each) for number, each in enumerate(made, start=1)])


def study(images: tuple[int, ...], seed: int = 0) -> BlindStudy:
    return BlindStudy(id=1, run=1, seed=seed, trials=2, images=images, started_utc="")


@given(candidates, st.integers(2, 80), st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.integers(0, 5))
def test_the_sample_is_half_and_half_as_far_as_it_goes_and_reproducible(
    found: list[Candidate], size: int, hard: float, seed: int
) -> None:
    chosen = choose_sample(found, size, hard, seed)
    assert len(set(chosen)) == len(chosen) == min(size, len(found))
    defects = {each.image for each in found if each.defective}
    n_defect, n_good = len(defects & set(chosen)), len(set(chosen) - defects)
    if n_defect < len(chosen) // 2:
        assert n_defect == len(defects)
    if n_good < len(chosen) // 2:
        assert n_good == len(found) - len(defects)
    assert chosen == choose_sample(random.Random(seed).sample(found, len(found)), size, hard, seed)


def test_the_hard_share_lies_nearest_to_the_threshold() -> None:
    found = [Candidate(n, n % 2 == 0, float(n)) for n in range(1, 201)]
    chosen = choose_sample(found, 40, 0.5, seed=3)
    assert set(range(1, 21)) <= set(chosen)
    assert sum(image > 100 for image in chosen) >= 3
    assert choose_sample(found, 40, 1.0) == tuple(range(1, 41))
    assert choose_sample(found, 40, 0.5, seed=4) != chosen


def test_too_few_images_are_refused() -> None:
    with pytest.raises(InputError, match="too few"):
        choose_sample([Candidate(1, True, 0.0)], 50)


def test_each_reviewer_and_trial_has_an_order_that_a_restart_does_not_change() -> None:
    made = study(tuple(range(1, 51)))
    orders = [order_for(made, name, trial) for name in ("A", "B") for trial in (1, 2)]
    assert all(sorted(order) == list(range(1, 51)) for order in orders)
    assert len({tuple(order) for order in orders}) == 4
    assert order_for(made, "A", 1) == orders[0]
    assert order_for(study(tuple(range(1, 6))), "Anna", 1) == [4, 2, 3, 5, 1]  # Whatever PYTHONHASHSEED is.

"""Strategies: scores with ties and holes, and labels."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

Labelled = tuple[NDArray[np.float32], NDArray[np.bool_]]

FINITE = st.integers(-20, 20).map(lambda n: n / 4)
ANY = st.one_of(FINITE, st.sampled_from([float("nan"), float("inf"), float("-inf")]))


def labelled(values: st.SearchStrategy[float] = ANY, min_size: int = 0) -> st.SearchStrategy[Labelled]:
    """Scores from *values* with random labels, of one class or both."""
    pairs = st.lists(st.tuples(values, st.booleans()), min_size=min_size, max_size=40)
    return pairs.map(
        lambda rows: (np.array([r[0] for r in rows], np.float32), np.array([r[1] for r in rows], np.bool_))
    )

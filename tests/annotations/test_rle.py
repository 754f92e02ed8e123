from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from anomaly_gui.annotations.rle import Rle, checked_rle, compress, decode, encode, expand, marked_pixels
from anomaly_gui.errors import InputError

MASKS = arrays.arrays(bool, arrays.array_shapes(min_dims=2, max_dims=2, max_side=12))


@given(MASKS)
def test_a_mask_comes_back_from_its_runs_and_from_their_string(mask: np.ndarray) -> None:
    rle = encode(mask)
    np.testing.assert_array_equal(decode(rle), mask)
    assert marked_pixels(rle) == mask.sum()
    assert checked_rle(rle.height, rle.width, expand(compress(rle), "it"), "it") == rle


def test_runs_go_down_the_columns_and_begin_with_background() -> None:
    assert encode(np.array([[1, 0], [1, 1]], bool)).counts == (0, 2, 1, 1)
    assert encode(np.array([[0, 0], [0, 1]], bool)).counts == (3, 1)


def test_the_string_is_the_one_that_coco_defines() -> None:
    # By hand from the definition: 6 is "6"; 1 "1"; 40 = 0b01000 | more, 1; the fourth run minus the second.
    assert compress(Rle(1, 98, (6, 1, 40, 51))) == "61X1b1"
    assert expand("61X1b1", "it") == (6, 1, 40, 51)


@given(st.lists(st.integers(0, 2**31), min_size=1, max_size=12))
def test_any_runs_come_back_from_their_string(counts: list[int]) -> None:
    assert expand(compress(Rle(1, 1, tuple(counts))), "it") == tuple(counts)


@pytest.mark.parametrize("text", ["\x00", "~~", "é", "o" * 50, "X"])
def test_a_string_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="compressed mask"):
        expand(text, "it")


@pytest.mark.parametrize(
    ("height", "width", "counts"),
    [(2, 2, (3,)), (2, 2, (5, -1)), (0, 0, ()), (10**9, 10**9, (10**18,)), (-2, -2, (4,))],
)
def test_runs_that_do_not_fill_a_usable_image_are_refused(height: int, width: int, counts: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="it: "):
        checked_rle(height, width, counts, "it")


def test_empty_runs_are_joined() -> None:
    assert checked_rle(2, 3, (1, 0, 2, 3, 0), "it").counts == (3, 3)
    assert checked_rle(2, 2, (0, 0, 0, 4), "it").counts == (0, 4)

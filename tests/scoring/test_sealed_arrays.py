from __future__ import annotations

import numpy as np
import pytest
import safetensors.numpy

from anomaly_gui.scoring.sealed_arrays import seal, unseal

ARRAYS = {"a": np.arange(40, dtype=np.float32).reshape(4, 10), "b": np.array([True, False])}


def test_arrays_come_back_with_their_metadata() -> None:
    arrays, metadata = unseal(seal(ARRAYS, {"format": "2"}))
    assert metadata == {"format": "2"}
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)


def test_every_flipped_bit_is_noticed_or_harmless() -> None:
    data = seal(ARRAYS, {"format": "2"})
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            arrays, _ = unseal(bytes(flipped))
        except ValueError:
            continue
        for name, array in ARRAYS.items():
            np.testing.assert_array_equal(arrays[name], array)


def test_a_file_of_an_older_version_is_read() -> None:
    arrays, metadata = unseal(safetensors.numpy.save(ARRAYS, {"format": "1"}))
    assert metadata == {"format": "1"}
    np.testing.assert_array_equal(arrays["a"], ARRAYS["a"])


@pytest.mark.parametrize("rubbish", [b"", b"\x80\x04K\x01.", b"\xff" * 40, b"\x02\0\0\0\0\0\0\0[]"])
def test_what_is_no_such_file_is_refused(rubbish: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        unseal(rubbish)

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.files import sha256
from anomaly_gui.project.content_cache import FOLDER, ContentCache

RECORD = np.dtype([("value", np.float32), ("grid", np.uint8, (2, 2))])
# A hash that ends in zero bytes: fixed-length strings drop them.
A, B = "ab" * 30 + "0000", sha256(b"b")


def record(value: float) -> np.void:
    made = np.zeros((), RECORD)
    made["value"] = value
    return made[()]


def test_what_was_saved_is_there_for_the_next_one(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, "kind-1", RECORD)
    cache.put(A, record(1))
    assert A in cache
    cache.save()
    cache.put(B, record(2))
    cache.save()
    again = ContentCache(tmp_path, "kind-1", RECORD)
    assert again.records([B, A, B])["value"].tolist() == [2, 1, 2]
    assert sha256(b"c") not in again
    with pytest.raises(KeyError):
        again.records([sha256(b"c")])


@pytest.mark.parametrize("damage", [b"", b"no numpy file", b"\x93NUMPY"])
def test_a_damaged_file_counts_as_empty_and_is_replaced(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "kind-1.npy").write_bytes(damage)
    cache = ContentCache(tmp_path, "kind-1", RECORD)
    assert A not in cache
    cache.put(A, record(1))
    cache.save()
    assert A in ContentCache(tmp_path, "kind-1", RECORD)


def test_records_of_another_format_are_not_read(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, "kind-1", RECORD)
    cache.put(A, record(1))
    cache.save()
    assert A not in ContentCache(tmp_path, "kind-1", np.dtype([("value", np.float64)]))


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file where the folder would be")
    cache = ContentCache(tmp_path, "kind-1", RECORD)
    cache.put(A, record(1))
    cache.save()
    assert cache.records([A])["value"] == [1]

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from anomaly_gui.ui.widgets.thumbnail_store import ThumbnailStore


def test_it_gives_back_what_was_kept(tmp_path: Path) -> None:
    store = ThumbnailStore(tmp_path)
    grey, colour = np.full((9, 12), 60, np.uint8), np.zeros((9, 12, 3), np.uint8)
    colour[:, :, 0] = 200
    store.write("aa1", grey)
    store.write("bb2", colour)
    read_grey, read_colour = store.read("aa1"), store.read("bb2")
    assert read_grey is not None
    assert read_colour is not None
    assert read_grey.shape == (9, 12)
    assert abs(int(read_grey[4, 4]) - 60) <= 2
    assert read_colour[4, 4, 0] > 180
    assert read_colour[4, 4, 2] < 30


def test_what_is_missing_or_damaged_is_none(tmp_path: Path) -> None:
    store = ThumbnailStore(tmp_path)
    assert store.read("aa1") is None
    store.write("aa1", np.zeros((4, 4), np.uint8))
    next(tmp_path.rglob("*.jpg")).write_bytes(b"no picture")
    assert store.read("aa1") is None


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = ThumbnailStore(tmp_path / "file")
    store.write("aa1", np.zeros((4, 4), np.uint8))
    assert store.read("aa1") is None


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    store = ThumbnailStore(tmp_path, limit_bytes=3000)
    for number in range(10):
        store.write(f"k{number}", np.random.default_rng(number).integers(0, 255, (20, 20), np.uint8))
        for path in tmp_path.rglob(f"k{number}.jpg"):
            os.utime(path, (number, number))
    store.prune()
    left = {path.stem for path in tmp_path.rglob("*.jpg")}
    assert "k9" in left
    assert "k0" not in left
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.jpg")) <= 3000

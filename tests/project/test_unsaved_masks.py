"""A mask that is drawn outlives the program, and its neighbours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project.unsaved_masks import UnsavedMasks


def test_what_is_kept_is_read_back_and_forgotten_one_by_one(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    first, second = rng.random((9, 13)) < 0.5, np.zeros((4, 5), bool)
    unsaved = UnsavedMasks(tmp_path)
    assert unsaved.found() == []
    unsaved.keep(12, first)
    unsaved.keep(3, ~first)
    unsaved.keep(3, second)
    (tmp_path / "masks/unsaved/notes.txt").write_text("not ours")
    (tmp_path / "masks/unsaved/.12.png.x1.part").write_bytes(b"half a mask")
    other = UnsavedMasks(tmp_path)
    assert other.found() == [3, 12]
    assert np.array_equal(other.read(12, 9, 13), first)
    assert np.array_equal(other.read(3, 4, 5), second)
    other.forget(12)
    other.forget(99)
    assert other.found() == [3]
    left = sorted(path.name for path in (tmp_path / "masks/unsaved").iterdir())
    assert left == ["3.png", "notes.txt"]


def test_a_mask_of_another_size_and_a_disk_that_refuses_are_said(tmp_path: Path) -> None:
    unsaved = UnsavedMasks(tmp_path)
    unsaved.keep(1, np.ones((3, 3), bool))
    with pytest.raises(InputError, match="3×3"):
        unsaved.read(1, 3, 4)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/masks").write_text("a file where the folder should be")
    with pytest.raises(InputError, match="against a crash"):
        UnsavedMasks(tmp_path / "elsewhere").keep(1, np.ones((3, 3), bool))

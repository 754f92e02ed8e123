"""Good images that look like another one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.jobs import nearest_good
from anomaly_gui.jobs.nearest_good import LIMIT, look_of, looked_through, nearest, small_looks
from anomaly_gui.project.records import Image
from tests.ui.pages.scored_project import scored_project


def never() -> bool:
    return False


@pytest.fixture
def images(tmp_path: Path) -> list[Image]:
    with scored_project(tmp_path) as project:
        return project.images()


@given(st.floats(0.1, 3.0), st.floats(-0.5, 0.5))
def test_brightness_and_contrast_do_not_count(gain: float, offset: float) -> None:
    part = np.random.default_rng(0).random((40, 60, 3)).astype(np.float32)
    other = part[:, ::-1]
    look = look_of(part)
    assert look @ look_of(part * gain + offset) == pytest.approx(1.0, abs=1e-4)
    assert look @ look_of(other) < 0.9


def test_a_flat_image_is_like_nothing() -> None:
    assert not look_of(np.full((10, 10, 1), 0.3, np.float32)).any()


def test_the_most_alike_come_first_and_never_the_image_itself() -> None:
    looks = np.eye(4, 1024, dtype=np.float32)
    wanted = np.zeros(1024, np.float32)
    wanted[:4] = (0.9, 0.1, 0.5, 0.3)
    assert nearest(wanted, np.asarray([10, 11, 12, 13]), looks, 2, but=10) == [12, 13]


def test_looks_are_kept_and_files_that_are_gone_are_left_out(images: list[Image], tmp_path: Path) -> None:
    found = small_looks(tmp_path / "cache", images[:4], never)
    assert found is not None
    Path(images[0].path).unlink()
    Path(images[4].path).unlink()
    again = small_looks(tmp_path / "cache", images[:6], never)
    assert again is not None
    assert again[0].tolist() == [images[n].id for n in (0, 1, 2, 3, 5)]
    np.testing.assert_array_equal(again[1][:4], found[1])


def test_a_damaged_cache_is_made_anew(images: list[Image], tmp_path: Path) -> None:
    (tmp_path / nearest_good._FILE).write_bytes(b"nonsense")
    found = small_looks(tmp_path, images[:3], never)
    assert found is not None
    assert len(found[0]) == 3


def test_stopping_keeps_what_is_done(images: list[Image], tmp_path: Path) -> None:
    asked = iter([False, False, True])
    assert small_looks(tmp_path, images, lambda: next(asked)) is None
    assert len(nearest_good._read(tmp_path / nearest_good._FILE)) == 2


def test_of_very_many_images_an_even_share_is_looked_through(images: list[Image]) -> None:
    assert looked_through(images) == images
    many = [images[0]] * LIMIT + [images[1]] * LIMIT
    chosen = looked_through(many)
    assert len(chosen) == LIMIT
    assert chosen.count(images[0]) == LIMIT // 2

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.thumbnail_store import ThumbnailStore
from anomaly_gui.ui.widgets.thumbnails import Thumbnails, thumbnail
from tests.ui.widgets.sample_images import image, written

SIDE = 20
ONE_BYTES = 20 * 13 * 4


@pytest.fixture
def thumbnails(qtbot: QtBot) -> Iterator[Thumbnails]:
    made = Thumbnails(SIDE, 3 * ONE_BYTES)
    yield made
    made.stop()


def test_a_thumbnail_fits_its_square_and_keeps_its_shape(tmp_path: Path) -> None:
    made = thumbnail(written(tmp_path, 7).path, SIDE, 255)
    assert made.shape == (13, 20)
    assert (made == 7).all()


def test_twelve_bits_are_shown_on_the_scale_of_all_images(tmp_path: Path) -> None:
    part = written(tmp_path, 1, np.full((40, 60), 2048, np.uint16))
    assert (thumbnail(part.path, SIDE, 4095) == 127).all()


def test_it_says_when_a_picture_has_come(qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path) -> None:
    part = written(tmp_path, 5)
    with qtbot.waitSignal(thumbnails.ready) as ready:
        assert thumbnails.picture(part) is None
    assert ready.args == [5]
    pixmap = thumbnails.picture(part)
    assert pixmap is not None
    assert pixmap.toImage().pixelColor(3, 3).red() == 5


def test_what_was_asked_for_last_comes_first(qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path) -> None:
    parts = [written(tmp_path, number) for number in range(8)]
    order: list[int] = []
    thumbnails.ready.connect(order.append)
    # Painted in two goes, before anything was decoded: scrolled from the first four to the others.
    thumbnails._under_way.update({100, 101})
    for part in parts[:4]:
        thumbnails.picture(part)
    qtbot.waitUntil(lambda: thumbnails._painting == 1)
    for part in parts[4:]:
        thumbnails.picture(part)
    thumbnails._under_way.clear()
    thumbnails._under_way.add(100)  # one thread is left, so that the order can be told
    thumbnails._start_next()
    qtbot.waitUntil(lambda: len(order) == 8)
    assert order == [4, 5, 6, 7, 0, 1, 2, 3]


def test_memory_is_bounded_and_the_oldest_go(qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path) -> None:
    parts = [written(tmp_path, number) for number in range(5)]
    for part in parts:
        with qtbot.waitSignal(thumbnails.ready):
            thumbnails.picture(part)
    kept = [thumbnails._kept.get(number) is not None for number in range(5)]
    assert kept == [False, False, True, True, True]


def test_a_file_that_is_gone_says_so_once(qtbot: QtBot, thumbnails: Thumbnails) -> None:
    with qtbot.waitSignal(thumbnails.ready):
        thumbnails.picture(image(3, path="/nowhere/part.png"))
    assert "no such file" in thumbnails.problem(3)
    with qtbot.assertNotEmitted(thumbnails.ready, wait=100):
        assert thumbnails.picture(image(3, path="/nowhere/part.png")) is None


def test_results_for_another_project_are_dropped(qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path) -> None:
    thumbnails.picture(written(tmp_path, 1))
    thumbnails.forget()
    with qtbot.assertNotEmitted(thumbnails.ready, wait=200):
        pass
    assert not thumbnails._kept


def test_a_kept_thumbnail_needs_no_file(qtbot: QtBot, tmp_path: Path) -> None:
    store = ThumbnailStore(tmp_path / "cache")
    part = written(tmp_path, 90)
    for _ in range(2):
        thumbnails = Thumbnails(SIDE, 10 * ONE_BYTES, store)
        with qtbot.waitSignal(thumbnails.ready):
            thumbnails.picture(part)
        assert thumbnails.problem(90) == ""
        thumbnails.stop()
        Path(part.path).unlink(missing_ok=True)

"""Images are read behind the window's back, and only the one asked for last is announced."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QThread, QThreadPool
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets import picture_loader, picture_set
from anomaly_gui.ui.widgets.picture_loader import PictureLoader
from anomaly_gui.ui.widgets.picture_set import PictureRequest, PictureSet, load_pictures


def request_of(folder: Path, image_id: int) -> PictureRequest:
    path = folder / f"{image_id}.png"
    path.write_bytes(cv2.imencode(".png", np.full((8, 8), image_id, np.uint8))[1].tobytes())
    return PictureRequest(image_id, str(path), (8, 8), 255)


@pytest.fixture
def announced(qtbot: QtBot) -> tuple[PictureLoader, list[int]]:
    loader = PictureLoader()
    ids: list[int] = []
    loader.loaded.connect(lambda pictures: ids.append(pictures.request.image_id))
    return loader, ids


def settle(qtbot: QtBot) -> None:
    """Wait for the pool and for what it has posted."""
    QThreadPool.globalInstance().waitForDone()
    qtbot.wait(10)


def test_an_image_is_read_in_another_thread_and_announced(
    announced: tuple[PictureLoader, list[int]],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loader, ids = announced
    window = QThread.currentThread()
    threads = []

    def noted(request: PictureRequest, _begin: object) -> PictureSet:
        threads.append(QThread.currentThread() is window)
        return load_pictures(request)

    monkeypatch.setattr(picture_loader, "load_pictures", noted)
    assert loader.show(request_of(tmp_path, 1)) is None
    qtbot.waitUntil(lambda: ids == [1])
    assert threads == [False]


def test_a_late_result_for_an_image_already_left_is_dropped(
    announced: tuple[PictureLoader, list[int]], tmp_path: Path, qtbot: QtBot
) -> None:
    loader, ids = announced
    for image_id in (1, 2, 3):
        loader.show(request_of(tmp_path, image_id))
    settle(qtbot)
    assert ids == [3]


def test_what_was_fetched_ahead_is_there_at_once(
    announced: tuple[PictureLoader, list[int]], tmp_path: Path, qtbot: QtBot
) -> None:
    loader, ids = announced
    ahead = request_of(tmp_path, 5)
    loader.fetch_ahead(ahead)
    settle(qtbot)
    made = loader.show(ahead)
    assert made is not None
    assert made.original is not None
    settle(qtbot)
    assert ids == []


def test_asking_for_what_is_being_fetched_ahead_announces_it_once(
    announced: tuple[PictureLoader, list[int]], tmp_path: Path, qtbot: QtBot
) -> None:
    loader, ids = announced
    request = request_of(tmp_path, 6)
    loader.fetch_ahead(request)
    assert loader.show(request) is None
    settle(qtbot)
    assert ids == [6]


def test_results_from_before_a_change_are_not_kept(
    announced: tuple[PictureLoader, list[int]], tmp_path: Path, qtbot: QtBot
) -> None:
    loader, ids = announced
    request = request_of(tmp_path, 7)
    loader.show(request)
    loader.forget()
    settle(qtbot)
    assert ids == []
    assert loader.show(request) is None


def test_of_two_readings_of_one_image_the_one_after_the_change_counts(
    announced: tuple[PictureLoader, list[int]],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loader, _ = announced
    sizes: list[tuple[int, int]] = []
    loader.loaded.connect(lambda pictures: sizes.append(pictures.size))
    request = request_of(tmp_path, 7)
    loader.show(request)
    QThreadPool.globalInstance().waitForDone()
    loader.forget()
    monkeypatch.setattr(picture_loader, "load_pictures", lambda asked, _begin: PictureSet(asked, (99, 99)))
    loader.show(request)
    settle(qtbot)
    assert sizes == [(99, 99)]


def test_pictures_beyond_the_limit_are_dropped_oldest_first(
    announced: tuple[PictureLoader, list[int]],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loader, _ = announced
    monkeypatch.setattr(picture_loader, "KEPT_BYTES", 300)
    requests = [request_of(tmp_path, image_id) for image_id in (1, 2, 3)]
    for request in requests:
        loader.fetch_ahead(request)
        settle(qtbot)
    assert loader.show(requests[0]) is None
    assert loader.show(requests[2]) is not None


def test_a_bug_in_reading_one_image_is_said_and_does_not_stop_the_next(
    announced: tuple[PictureLoader, list[int]],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    loader, ids = announced
    problems: list[str] = []
    loader.loaded.connect(lambda pictures: problems.extend(pictures.problems))

    def broken(_request: PictureRequest, _begin: object) -> PictureSet:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(picture_loader, "load_pictures", broken)
        loader.show(request_of(tmp_path, 1))
        settle(qtbot)
    assert "log" in problems[0]
    assert "ZeroDivisionError" in caplog.text
    loader.show(request_of(tmp_path, 2))
    qtbot.waitUntil(lambda: ids == [1, 2])


def test_the_original_of_a_large_image_is_announced_before_the_rest(
    announced: tuple[PictureLoader, list[int]], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader, ids = announced
    begun: list[tuple[int, list[int]]] = []
    loader.begun.connect(lambda part: begun.append((part.request.image_id, list(ids))))
    monkeypatch.setattr(picture_set, "LARGE_PX", 64)

    loader.fetch_ahead(request_of(tmp_path, 2))
    settle(qtbot)
    assert loader.show(request_of(tmp_path, 1)) is None
    qtbot.waitUntil(lambda: ids == [1])

    assert begun == [(1, [])]
    assert loader.show(request_of(tmp_path, 2)) is not None


def test_an_image_on_a_share_that_went_is_shown_when_the_share_is_back(
    announced: tuple[PictureLoader, list[int]], tmp_path: Path, qtbot: QtBot
) -> None:
    loader, ids = announced
    loader._again.setInterval(20)
    (tmp_path / "share").mkdir()
    request = request_of(tmp_path / "share", 1)
    (tmp_path / "share").rename(tmp_path / "unmounted")
    with qtbot.waitSignal(loader.loaded) as first:
        loader.show(request)
    assert first.args is not None
    assert "tried again every few seconds" in first.args[0].problems[0]
    (tmp_path / "unmounted").rename(tmp_path / "share")
    count = len(ids)
    qtbot.waitUntil(lambda: loader.show(request) is not None or len(ids) > count + 50)
    assert loader.show(request) is not None

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.progress import CancelToken
from anomaly_gui.ui import folder_watch
from anomaly_gui.ui.folder_watch import Arrivals, FolderWatch, look_into


def test_a_file_is_told_once_it_did_not_grow_between_two_looks() -> None:
    arrivals = Arrivals()
    assert arrivals.take({"/a.png": (10, 1), "/known.png": (5, 1)}, {"/known.png"}) == ([], True)
    assert arrivals.take({"/a.png": (20, 2)}, set()) == ([], True), "it is still being written"
    assert arrivals.take({"/a.png": (20, 2)}, set()) == (["/a.png"], False)
    assert arrivals.take({"/a.png": (20, 2)}, set()) == ([], False), "it was refused, and is not tried for ever"
    arrivals.take({"/a.png": (30, 3)}, set())
    assert arrivals.take({"/a.png": (30, 3)}, set()) == (["/a.png"], False), "it is another file now"


def test_an_empty_file_is_waited_for() -> None:
    arrivals = Arrivals()
    for _ in range(3):
        assert arrivals.take({"/a.png": (0, 1)}, set()) == ([], True)


def test_a_look_finds_images_below_and_says_which_folder_is_gone(tmp_path: Path) -> None:
    (tmp_path / "day 1").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("a.png", "day 1/b.JPG", ".hidden/c.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    found = look_into([str(tmp_path), str(tmp_path / "none")], CancelToken())
    assert {os.path.relpath(path, tmp_path) for path in found.files} == {"a.png", os.path.join("day 1", "b.JPG")}
    assert set(found.folders) == {str(tmp_path), str(tmp_path / "day 1")}
    assert found.gone == (str(tmp_path / "none"),)


def test_new_files_are_announced_also_where_the_system_tells_nothing(
    qtbot: QtBot, tmp_path: Path, monkeypatch: object
) -> None:
    known = {str(tmp_path / "old.png")}
    (tmp_path / "old.png").write_bytes(b"x")
    watch = FolderWatch(lambda: known)
    watch._again.setInterval(60)
    arrived: list[list[str]] = []
    watch.arrived.connect(arrived.append)
    watch.watch([str(tmp_path)])
    qtbot.waitUntil(lambda: bool(watch._watcher.directories()))
    (tmp_path / "new.png").write_bytes(b"xy")
    qtbot.waitUntil(lambda: arrived == [[str(tmp_path / "new.png")]])
    # As on a network share.
    watch._watcher.blockSignals(True)
    (tmp_path / "later.png").write_bytes(b"xyz")
    watch._poll.setInterval(100)
    qtbot.waitUntil(lambda: arrived[1:] == [[str(tmp_path / "later.png")]])
    watch.stop()
    assert watch.folders == ()
    assert not watch._watcher.directories()
    assert folder_watch.POLL_MS >= 10_000, "a share is not asked all the time"


def test_a_share_that_hangs_is_asked_once_and_again_when_it_answered(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering, looks = threading.Event(), []

    def slow(folders: object, cancel: CancelToken) -> folder_watch.Look:
        looks.append(folders)
        answering.wait(60)
        return look_into(folders, cancel)  # type: ignore[arg-type]

    monkeypatch.setattr(folder_watch, "look_into", slow)
    watch = FolderWatch(set)
    watch._again.setInterval(20)
    try:
        watch.watch([str(tmp_path)])
        for _ in range(5):
            watch.look()
        qtbot.wait(60)
        assert len(looks) == 1
        answering.set()
        qtbot.waitUntil(lambda: len(looks) > 1)
    finally:
        answering.set()
        watch.stop()

"""A place that goes away while it is read is told from a file that is not there, and never waited for long."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.imaging import unreachable
from anomaly_gui.imaging.load import read_file
from anomaly_gui.imaging.unreachable import LeftBehind, Unreachable, unless_it_hangs
from anomaly_gui.progress import CancelToken


@pytest.fixture
def hung(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Every stat() of a file named hung.png waits until the event is set."""
    back, stat = threading.Event(), os.stat

    def waiting(path: object, *more: object, **named: object) -> os.stat_result:
        if str(path).endswith("hung.png"):
            back.wait(20)
        return stat(path, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", waiting)
    monkeypatch.setattr(unreachable, "SILENCE_S", 0.2)
    yield back
    back.set()


def test_a_file_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unreachable, "_CHUNK_BYTES", 7)
    (tmp_path / "a").write_bytes(bytes(range(100)))
    (tmp_path / "empty").touch()
    assert read_file(tmp_path / "a") == bytes(range(100))
    assert read_file(tmp_path / "empty") == b""


def test_a_read_that_hangs_is_given_up_and_works_later(tmp_path: Path, hung: threading.Event) -> None:
    path = tmp_path / "hung.png"
    path.write_bytes(b"x")
    started = time.monotonic()
    with pytest.raises(Unreachable, match=r"cannot be reached \(no answer for 0.2 seconds\)"):
        read_file(path)
    assert time.monotonic() - started < 5
    hung.set()
    assert read_file(path) == b"x"


def test_a_share_that_drops_is_out_of_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    for number in (errno.EIO, errno.ESTALE, errno.EHOSTDOWN):

        def dropped(*_: object, number: int = number, **__: object) -> None:
            raise OSError(number, os.strerror(number), str(path))

        with monkeypatch.context() as patch:
            patch.setattr(os, "stat", dropped)
            with pytest.raises(Unreachable, match="cannot be reached"):
                read_file(path)


def test_a_folder_that_is_gone_is_out_of_reach_and_a_file_that_is_gone_is_not(tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        read_file(tmp_path / "unmounted" / "a.png")
    (tmp_path / "b.png").touch()
    with pytest.raises(InputError, match="no such file") as missing:
        read_file(tmp_path / "a.png")
    assert not isinstance(missing.value, Unreachable)


def test_work_that_hangs_is_left_behind_once_nobody_wants_it(hung: threading.Event) -> None:
    cancel = CancelToken()
    threading.Timer(0.1, cancel.cancel).start()
    with pytest.raises(LeftBehind):
        unless_it_hangs(lambda: hung.wait(20), cancel)


def test_work_that_ends_gives_what_it_made_or_raised() -> None:
    assert unless_it_hangs(lambda: 3, CancelToken()) == 3
    with pytest.raises(ZeroDivisionError):
        unless_it_hangs(lambda: 1 // 0, CancelToken())

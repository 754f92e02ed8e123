"""The first decode of a file happens in another process, whose end costs that file alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import cv2
import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.files import sha256
from anomaly_gui.imaging import first_look
from anomaly_gui.imaging.first_look import look, look_at_sample
from anomaly_gui.imaging.load import load, pixel_sha256
from anomaly_gui.imaging.unreachable import Unreachable
from tests.jobs.tiny_project import picture, write

SPOILT = """
import os, signal, sys, time
from anomaly_gui.imaging import first_look
load_bytes = first_look.load_bytes
def spoilt(data, name, **more):
    if "crash.png" in name: os.kill(os.getpid(), signal.SIGSEGV)
    if "hang.png" in name: time.sleep(60)
    return load_bytes(data, name, **more)
first_look.load_bytes = spoilt
first_look.answer_on_pipes()
"""


@pytest.fixture(autouse=True)
def _no_child_of_another_test() -> Iterator[None]:
    first_look.end_children()
    yield
    first_look.end_children()


@pytest.fixture
def spoilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The decoder crashes or hangs on files of such names."""

    def start(_verb: str, errors: IO[bytes] | int) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        return subprocess.Popen([sys.executable, "-c", SPOILT], stdin=pipe, stdout=pipe, stderr=errors)

    monkeypatch.setattr(first_look, "start_child", start)


def test_it_sees_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "teil_é.png"
    write(path, picture(1, channels=3))
    seen, loaded = look(str(path)), load(path)
    assert (seen.height, seen.width, seen.channels) == loaded.pixels.shape
    assert (seen.format, seen.bit_depth, seen.peak, seen.notes) == ("PNG", 8, loaded.peak, ())
    assert seen.sha256 == sha256(path.read_bytes())
    assert seen.pixel_sha256 == pixel_sha256(loaded.pixels)
    assert seen.file_bytes == path.stat().st_size
    assert seen.modified_ns == path.stat().st_mtime_ns
    assert look_at_sample(str(path), 20).shape == (20, 20, 3)


def test_a_mask_is_looked_at_too(tmp_path: Path) -> None:
    write(tmp_path / "a.png", picture(1))
    for name, marked in (("empty", np.zeros((40, 40), np.uint8)), ("other", np.ones((3, 3), np.uint8))):
        write(tmp_path / name, marked[:, :, None])
    write(tmp_path / "whole", np.full((40, 40, 1), 255, np.uint8))
    said = [look(str(tmp_path / "a.png"), str(tmp_path / name)).mask_refused for name in ("empty", "other", "whole")]
    assert said[0] == "it marks nothing"
    assert "3×3" in said[1]
    assert said[2] == ""


def test_what_cannot_be_used_is_refused_in_the_same_words(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(cv2.imencode(".png", picture(1))[1].tobytes()[:200])
    for path in (tmp_path / "a.png", tmp_path / "missing.png"):
        with pytest.raises(InputError) as here:
            load(path)
        with pytest.raises(InputError) as there:
            look(str(path))
        assert str(there.value) == str(here.value)
    with pytest.raises(Unreachable):
        look(str(tmp_path / "unmounted" / "a.png"))


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.usefixtures("spoilt")
def test_a_file_that_crashes_the_decoder_is_refused_and_the_next_one_is_read(tmp_path: Path) -> None:
    for name in ("crash.png", "a.png"):
        write(tmp_path / name, picture(1))
    look(str(tmp_path / "a.png"))
    with pytest.raises(InputError, match=r"crash\.png: reading it crashed the decoder \(SIGSEGV\)"):
        look(str(tmp_path / "crash.png"))
    assert look(str(tmp_path / "a.png")).width == 40


@pytest.mark.usefixtures("spoilt")
def test_a_file_that_hangs_the_decoder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_look, "LONGEST_S", 2.0)
    write(tmp_path / "hang.png", picture(1))
    with pytest.raises(InputError, match="takes longer than 2 seconds"):
        look(str(tmp_path / "hang.png"))


def test_one_process_serves_many_files_and_goes_when_it_has_long_been_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.png", picture(1))
    look(str(tmp_path / "a.png"))
    (child,) = first_look._idle
    look(str(tmp_path / "a.png"))
    assert first_look._idle == [child]
    first_look._sweep()
    assert first_look._idle == [child], "it was used just now"
    monkeypatch.setattr(first_look, "_IDLE_S", 0.0)
    first_look._sweep()
    assert first_look._idle == []
    assert child._process.poll() is not None
    with pytest.raises(OSError, match="No such process"):
        os.kill(child._process.pid, 0)

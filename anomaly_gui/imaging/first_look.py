"""The first decode of a file that nobody has vouched for: in a process of its own, which may die of it.

Parent and child talk in length-prefixed MessagePack; when a child ends, its file is refused. Children stay for the
next file, and go when none has come for a while.
"""

from __future__ import annotations

import atexit
import os
import signal
import struct
import subprocess
import threading
import time
from contextlib import suppress
from typing import IO

import msgspec
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable, sha256
from anomaly_gui.imaging.load import SAVE_AGAIN, load, load_bytes, pixel_sha256, read_file
from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.imaging.thumbnail import sample
from anomaly_gui.imaging.unreachable import Unreachable
from anomaly_gui.processes import start_child

VERB = "first-look"

LONGEST_S = 60.0
"""For one file; 100 megapixels take a tenth of it."""
_IDLE_S = 30.0
_LENGTH = struct.Struct("<I")


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds, by its pixels."""

    sha256: str
    pixel_sha256: str
    file_bytes: int
    format: str
    width: int
    height: int
    channels: int
    bit_depth: int
    peak: int
    modified_ns: int | None
    notes: tuple[str, ...]
    mask_refused: str = ""
    """Why the mask that was asked about cannot be used; empty: it can."""


class _Question(msgspec.Struct):
    image: bytes
    mask: bytes | None = None
    side_px: int | None = None
    """Asks for a picture to look at, and for nothing else."""


class _Picture(msgspec.Struct):
    shape: tuple[int, ...]
    pixels: bytes


class _Answer(msgspec.Struct, omit_defaults=True):
    seen: Seen | None = None
    picture: _Picture | None = None
    refused: tuple[str, str, str] | None = None
    """The three parts of an InputError."""
    unreachable: bool = False


def look(path: str, mask: str | None = None) -> Seen:
    """Read, decode twice and hash the image at *path*, and see whether *mask*, a path, marks anything in it.

    From any thread, several at a time. Raises InputError for every file that cannot be used, also one that the
    decoder crashes or hangs on, and Unreachable.
    """
    answer = _ask(path, _Question(os.fsencode(path), None if mask is None else os.fsencode(mask)))
    assert answer.seen is not None
    return answer.seen


def look_at_sample(path: str, side_px: int) -> NDArray[np.uint8]:
    """The image at *path* fitted into a square of *side_px*, (h, w) or (h, w, 3). Raises as look() does."""
    answer = _ask(path, _Question(os.fsencode(path), side_px=side_px))
    assert answer.picture is not None
    return np.frombuffer(answer.picture.pixels, np.uint8).reshape(answer.picture.shape)


def _ask(path: str, question: _Question) -> _Answer:
    child = _take_child()
    try:
        answer = child.ask(question)
    except BaseException as error:
        child.end()
        if isinstance(error, EOFError | OSError | msgspec.MsgspecError):
            raise InputError(printable(path), f"reading it {child.how_it_ended()}", SAVE_AGAIN) from error
        raise
    _give_back(child)
    if answer.refused is not None:
        raise (Unreachable if answer.unreachable else InputError)(*answer.refused)
    return answer


# The child's half


def answer_on_pipes() -> None:
    """Answer questions from stdin on stdout until stdin ends; what anything else prints goes to stderr."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while (message := _read(questions)) is not None:
        _write(answers, msgspec.msgpack.encode(_answer(msgspec.msgpack.decode(message, type=_Question))))


def _answer(question: _Question) -> _Answer:
    path = os.fsdecode(question.image)
    try:
        if question.side_px is None:
            return _Answer(seen=_look(path, question.mask))
        small = sample(load(path, verify=False), question.side_px)
        return _Answer(picture=_Picture(small.shape, small.tobytes()))
    except InputError as error:
        return _Answer(refused=(error.what, error.cause, error.next_step), unreachable=isinstance(error, Unreachable))


def _look(path: str, mask: bytes | None) -> Seen:
    modified_ns = _date_of(path)  # Before it is read: what is written meanwhile is found later.
    data = read_file(path)
    loaded = load_bytes(data, printable(path))
    height, width, channels = loaded.pixels.shape
    return Seen(
        sha256=sha256(data),
        pixel_sha256=pixel_sha256(loaded.pixels),
        file_bytes=len(data),
        format=loaded.format,
        width=width,
        height=height,
        channels=channels,
        bit_depth=loaded.bit_depth,
        peak=loaded.peak,
        modified_ns=modified_ns,
        notes=loaded.notes,
        mask_refused="" if mask is None else _problem_of_mask(os.fsdecode(mask), height, width),
    )


def _date_of(path: str) -> int | None:
    try:
        return os.stat(path).st_mtime_ns
    except (OSError, ValueError):  # Reading it says what is wrong.
        return None


def _problem_of_mask(path: str, height: int, width: int) -> str:
    try:
        return "" if load_mask(path, height, width).any() else "it marks nothing"
    except Unreachable:
        raise
    except InputError as problem:
        return problem.cause


def _read(stream: IO[bytes]) -> bytes | None:
    """None at the end of the stream. Raises EOFError in the middle of a message."""
    head = stream.read(_LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    message = stream.read(length)
    if len(message) < length:
        raise EOFError
    return message


def _write(stream: IO[bytes], message: bytes) -> None:
    stream.write(_LENGTH.pack(len(message)) + message)
    stream.flush()


# The parent's half


class _Child:
    """One process, for one question at a time."""

    def __init__(self) -> None:
        self._process = start_child(VERB, subprocess.DEVNULL)
        self._hung = False
        self.idle_since = 0.0

    def ask(self, question: _Question) -> _Answer:
        """Raises EOFError or OSError if the child ends before it answers."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        watch = threading.Timer(LONGEST_S, self._give_up)
        watch.daemon = True
        watch.start()
        try:
            _write(stdin, msgspec.msgpack.encode(question))
            message = _read(stdout)
        finally:
            watch.cancel()
        if message is None:
            raise EOFError
        return msgspec.msgpack.decode(message, type=_Answer)

    def _give_up(self) -> None:
        self._hung = True
        self._process.kill()

    def end(self) -> None:
        """One that is dying of itself tells why."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(0.2)
        self.kill()

    def kill(self) -> None:
        """At once; it holds nothing that could be lost."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            with suppress(OSError):
                stream.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)

    def how_it_ended(self) -> str:
        status = self._process.returncode
        if self._hung:
            return f"takes longer than {LONGEST_S:.0f} seconds"
        if status is not None and status < 0:
            return f"crashed the decoder ({signal.Signals(-status).name})"
        return f"ended the decoder (status {status})"


_idle: list[_Child] = []
_lock = threading.Lock()
_sweeper: threading.Thread | None = None


def _take_child() -> _Child:
    with _lock:
        if _idle:
            return _idle.pop()
    return _Child()


def _give_back(child: _Child) -> None:
    global _sweeper
    with _lock:
        child.idle_since = time.monotonic()
        _idle.append(child)
        if _sweeper is None:
            _sweeper = threading.Thread(target=_sweep_until_none_is_left, name="first-look", daemon=True)
            _sweeper.start()


def _sweep_until_none_is_left() -> None:
    global _sweeper
    while True:
        time.sleep(_IDLE_S)
        _sweep()
        with _lock:
            if not _idle:
                _sweeper = None
                return


def _sweep() -> None:
    """End those that nobody needed for a while."""
    with _lock:
        old = [child for child in _idle if time.monotonic() - child.idle_since >= _IDLE_S]
        _idle[:] = [child for child in _idle if child not in old]
    for child in old:
        child.kill()


def end_children() -> None:
    """End all that are idle, as at the end of the program."""
    with _lock:
        old, _idle[:] = list(_idle), []
    for child in old:
        child.kill()


atexit.register(end_children)

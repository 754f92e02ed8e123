"""Reading from a place that may go away: a network folder, a stick."""

from __future__ import annotations

import errno
import os
import queue
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.progress import CancelToken

T = TypeVar("T")

SILENCE_S = 2.5
"""Without a byte for so long a file counts as out of reach; closing the window may have to wait for it."""

_CHECK = "Check the network drive, or say where the images are now"
_CHUNK_BYTES = 4 << 20
_LOOK_S = 0.05
_GONE = {
    getattr(errno, name)
    for name in (
        "EIO", "ENODEV", "ENXIO", "ESTALE", "ENOTCONN", "ETIMEDOUT", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN",
        "ENETUNREACH", "ENETRESET", "ECONNRESET", "ECONNABORTED", "EREMOTEIO", "ESHUTDOWN", "ENOLINK", "ECOMM",
    )
    if hasattr(errno, name)
}  # fmt: skip
_GONE_ON_WINDOWS = {21, 51, 53, 55, 59, 64, 65, 67, 121, 1167, 1231, 1232}
"""Drive not ready, network path not found, the network name is gone, and their like (System Error Codes)."""


class Unreachable(InputError):
    """The place does not answer. What is there may be whole, and can be read later."""


class NotAFile(Exception):
    """A folder, a pipe, a device."""


class TooLarge(Exception):
    """More bytes than wanted; the argument is how many."""


def read(path: str | Path, limit_bytes: int) -> bytes:
    """All of a file. Never waits longer than SILENCE_S for the next bytes.

    Raises Unreachable, NotAFile, TooLarge, OSError or ValueError.
    """
    answers: queue.SimpleQueue[bytes | int | BaseException] = queue.SimpleQueue()
    # A read that hangs in the kernel ends with nothing; the thread is left behind and ends when the read does.
    threading.Thread(target=_read, args=(path, limit_bytes, answers), name="read", daemon=True).start()
    parts: list[bytes] = []
    while True:
        try:
            answer = answers.get(timeout=SILENCE_S)
        except queue.Empty:
            raise _silent(path) from None
        if isinstance(answer, OSError) and is_gone(path, answer):
            raise _lost(path, answer) from answer
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, int):
            return parts[0] if len(parts) == 1 else b"".join(parts)
        parts.append(answer)


def _read(path: str | Path, limit_bytes: int, answers: queue.SimpleQueue[bytes | int | BaseException]) -> None:
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise NotAFile
        if status.st_size > limit_bytes:
            raise TooLarge(status.st_size)
        with open(path, "rb", buffering=0) as stream:
            while part := stream.read(_CHUNK_BYTES):
                answers.put(part)
        answers.put(0)
    except BaseException as error:
        answers.put(error)


def is_gone(path: str | Path, error: OSError) -> bool:
    """Whether *error* tells of the place and not of the file: a share that dropped, a mount that is empty now."""
    if error.errno in _GONE or getattr(error, "winerror", None) in _GONE_ON_WINDOWS:
        return True
    # Of a share that was unmounted the folders are gone with it, or one is left empty where it was.
    return isinstance(error, FileNotFoundError) and not _holds_anything(os.path.dirname(os.path.abspath(path)))


def answers(folder: str) -> bool:
    """Whether *folder* can be reached and holds anything; never waits longer than SILENCE_S."""
    found: queue.SimpleQueue[bool] = queue.SimpleQueue()
    threading.Thread(target=lambda: found.put(_holds_anything(folder)), name="look", daemon=True).start()
    try:
        return found.get(timeout=SILENCE_S)
    except queue.Empty:
        return False


class LeftBehind(Exception):
    """Work that did not end when it was asked to: most likely it hangs in a folder that does not answer."""


def unless_it_hangs(work: Callable[[], T], cancel: CancelToken) -> T:
    """What *work* makes, in a thread of its own. Raises what it raises, and LeftBehind when it was asked to stop by
    *cancel* and has not done so SILENCE_S later; its thread then goes on alone, and ends with the process."""
    done, made, failed = threading.Event(), list[T](), list[BaseException]()

    def run() -> None:
        try:
            made.append(work())
        except BaseException as error:
            failed.append(error)
        finally:
            done.set()

    threading.Thread(target=run, name="work", daemon=True).start()
    while not done.wait(_LOOK_S):
        if cancel.cancelled and not done.wait(SILENCE_S):
            raise LeftBehind
    if failed:
        raise failed[0]
    return made[0]


def _holds_anything(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entries)
    except OSError:
        return False


def _silent(path: str | Path) -> Unreachable:
    return Unreachable(printable(path), f"it cannot be reached (no answer for {SILENCE_S:g} seconds)", _CHECK)


def _lost(path: str | Path, error: OSError) -> Unreachable:
    if isinstance(error, FileNotFoundError):
        return Unreachable(printable(path), "there is no such file, and its folder is gone or empty", _CHECK)
    return Unreachable(printable(path), f"it cannot be reached ({error.strerror or error})", _CHECK)

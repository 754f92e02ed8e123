"""One writer a project: a lock of the operating system, gone with the process that held it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
from datetime import datetime
from pathlib import Path

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.project.journal import now_utc

# Windows forbids reading locked bytes, so the lock lies far behind the text that says who holds it.
_LOCKED_BYTE = 1 << 30
_STARTED = now_utc()
"""Of this process, nearly: a number of a process is used again, the two together are not."""

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


class ProjectInUse(InputError):
    """Somebody else writes in the project."""

    def __init__(self, folder: Path, holder: str) -> None:
        cause = f"the project is open in another window{f' ({holder})' if holder else ''}"
        super().__init__(printable(folder), cause, "Close it there first")
        self.folder, self.holder = folder, holder
        """ "process 12 on host, started …, since …", or empty where the lock does not say."""


class ProjectLock:
    """Held from construction to release(). Raises ProjectInUse naming the holder if it is taken."""

    def __init__(self, folder: Path) -> None:
        path = folder / "project.lock"
        # A link would have another file emptied.
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        try:
            self._descriptor = os.open(path, flags, 0o666)
        except OSError as error:
            raise InputError(
                printable(folder),
                f"the project cannot be written ({error.strerror})",
                "Change its permissions",
            ) from error
        try:
            _lock(self._descriptor)
        except OSError as error:
            holder = _holder(self._descriptor)
            os.close(self._descriptor)
            raise ProjectInUse(folder, holder) from error
        self.left_by = _holder(self._descriptor)
        """Who held it before and ended without letting go of it, as in a crash; empty if nobody did."""
        self._say_who()

    def release(self) -> None:
        """Let others open the project. The file stays: deleting it would race with the next holder."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, 0)
        _unlock(self._descriptor)
        os.close(self._descriptor)

    def _say_who(self) -> None:
        """On a full disk nobody is told; the lock holds all the same."""
        who = {"pid": os.getpid(), "host": socket.gethostname(), "started": _STARTED, "since": now_utc()}
        with contextlib.suppress(OSError):
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, json.dumps(who).encode())


def _holder(descriptor: int) -> str:
    """ "process 12 on host, started …, since …", or nothing if the file does not say."""
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        who = json.loads(os.read(descriptor, 4096))
        started = f", started {_told(who['started'])}" if "started" in who else ""
        return f"process {who['pid']} on {who['host']}{started}, since {_told(who['since'])}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def _told(time: str) -> str:
    """A time in UTC as a clock on the wall here shows it. Raises ValueError or TypeError."""
    return f"{datetime.fromisoformat(time).astimezone():%Y-%m-%d %H:%M}"

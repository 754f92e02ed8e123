"""The shim disk.c: built where there is a compiler, and how to talk to it from inside the process it watches.

SQLite writes through libc and not through Python, so that neither a patched `os` nor a VFS can be put between
them; a preloaded library sees the very calls that reach the kernel, SQLite's and ours alike.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("disk.c")


def build(folder: Path) -> Path | None:
    """The shim as a shared library in *folder*; None where it cannot be made."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if sys.platform != "linux" or compiler is None:
        return None
    made = folder / "disk.so"
    flags = ["-O1", "-shared", "-fPIC", "-o", str(made), str(SOURCE), "-ldl", "-lpthread"]
    done = subprocess.run([compiler, *flags], capture_output=True, text=True, check=False)
    return None if done.returncode else made


class Shim:
    """The preloaded library, seen from inside."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.fault_disk_watch.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
        self._library.fault_disk_arm.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_int]
        self._library.fault_disk_acknowledge.argtypes = [ctypes.c_char_p]
        self._library.fault_disk_seen.restype = ctypes.c_long

    def watch(self, root: Path, log: Path | None = None) -> None:
        """Changes below *root* can fail from now on, and are recorded in *log*."""
        self._library.fault_disk_watch(os.fsencode(root), b"" if log is None else os.fsencode(log))

    def arm(self, nth: int, error: int, *, from_there_on: bool) -> None:
        """The *nth* change from now on fails with errno *error*, and all later ones if *from_there_on*; 0: none."""
        self._library.fault_disk_arm(nth, error, int(from_there_on))

    def disarm(self) -> None:
        self._library.fault_disk_arm(0, 0, 0)

    @property
    def seen(self) -> int:
        """Changes since arm()."""
        return int(self._library.fault_disk_seen())

    def acknowledge(self, text: str) -> None:
        """Put *text* into the recording, behind all that was changed before."""
        self._library.fault_disk_acknowledge(text.encode())


@dataclass(frozen=True)
class Change:
    """One entry of a recording: C(reate), W(rite), T(runcate), S(ync), D(irectory synced), R(ename), U(nlink),
    M(ake folder), A(cknowledged)."""

    kind: str
    inode: int
    offset: int
    first: bytes
    second: bytes


_HEAD = struct.Struct("<cQqII")


def recording(log: Path) -> Iterator[Change]:
    """What the shim recorded, in order. Inodes are the program's own number of each file, never used again."""
    data, at, files, place = log.read_bytes(), 0, 0, {}
    while at < len(data):
        kind, inode, offset, n1, n2 = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        first, second = data[at : at + n1], data[at + n1 : at + n1 + n2]
        at += n1 + n2
        if kind == b"C":
            files += 1
            place[inode] = files
        yield Change(kind.decode(), place.get(inode, 0), offset, first, second)

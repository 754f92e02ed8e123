"""What a disk may hold after the power went: a model of files whose writes wait for their sync.

After the last fsync of a file any of its writes may be on the disk or not, in any order, and one of them half.
After the last fsync of a folder any of its new, renamed and removed names may be there or not, in order or,
as some file systems allow, in none. What was synced stays. ext4 and NTFS keep more than that.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.disk import Change

State = dict[str, bytes | None]
"""Files, and folders as None."""

_SECTOR = 512


def write(state: State, target: Path) -> None:
    """Put the files and folders below *target*."""
    for path, content in state.items():
        if content is None:
            (target / path).mkdir()
        else:
            (target / path).write_bytes(content)


def digest(state: State) -> bytes:
    """The same for the same files."""
    hasher = hashlib.blake2b(digest_size=16)
    for path, content in sorted(state.items()):
        hasher.update(f"{path}:{-1 if content is None else len(content)}:".encode())
        hasher.update(content or b"")
    return hasher.digest()


@dataclass
class _File:
    synced: bytearray = field(default_factory=bytearray)
    waiting: list[Change] = field(default_factory=list)


class Disk:
    """Takes changes in order; survivors() tells what might be left if the power went now."""

    def __init__(self) -> None:
        self._files: dict[int, _File] = {}
        self._names: dict[bytes, int] = {}
        self._folders: set[bytes] = set()
        self._waiting: dict[bytes, list[Change]] = {}
        """Of names, by folder."""

    def take(self, change: Change) -> None:
        match change.kind:
            case "C":
                self._files[change.inode] = _File()
                self._name(change)
            case "M" | "U" | "R":
                self._name(change)
            case "W" | "T":
                self._files[change.inode].waiting.append(change)
            case "S":
                file = self._files[change.inode]
                for each in file.waiting:
                    _apply(file.synced, each)
                file.waiting.clear()
            case "D":
                for each in self._waiting.pop(change.first, []):
                    _rename(self._names, self._folders, each)

    def _name(self, change: Change) -> None:
        self._waiting.setdefault((change.second or change.first).rpartition(b"/")[0], []).append(change)

    def survivors(self, root: str, chance: random.Random) -> State:
        """One state that the disk may be left in, by paths below *root*."""
        names, folders = dict(self._names), set(self._folders)
        keep = chance.choice((0.0, 0.5, 1.0))
        for waiting in self._waiting.values():
            for change in _left(waiting, chance, keep):
                _rename(names, folders, change)
        left: State = {"": None}
        for folder in sorted(folders):
            path = folder.decode()[len(root) + 1 :]
            if path.rpartition("/")[0] in left:
                left[path] = None
        for name, inode in names.items():
            path = name.decode()[len(root) + 1 :]
            if path.rpartition("/")[0] in left:
                left[path] = self._content(self._files[inode], chance, keep)
        return left

    @staticmethod
    def _content(file: _File, chance: random.Random, keep: float) -> bytes:
        content = bytearray(file.synced)
        for change in _left(file.waiting, chance, keep):
            _apply(content, _torn(change, chance))
        return bytes(content)


def _left(waiting: Sequence[Change], chance: random.Random, keep: float) -> list[Change]:
    """Those that reached the disk: the first few, or any; in their order or in another."""
    if chance.random() < 0.5:
        return list(waiting[: round(len(waiting) * keep)])
    left = [change for change in waiting if chance.random() < keep]
    if chance.random() < 0.5:
        writes = [change for change in left if change.kind == "W"]
        if len(writes) == len(left):  # Names are reordered by being dropped alone: no folder before its files.
            chance.shuffle(left)
    return left


def _torn(change: Change, chance: random.Random) -> Change:
    if change.kind != "W" or chance.random() < 0.9:
        return change
    cut = chance.randrange(0, len(change.first) + 1, _SECTOR)
    return Change("W", change.inode, change.offset, change.first[:cut], b"")


def _apply(content: bytearray, change: Change) -> None:
    if change.kind == "W":
        if len(content) < change.offset:
            content.extend(bytes(change.offset - len(content)))
        content[change.offset : change.offset + len(change.first)] = change.first
    elif change.offset < len(content):
        del content[change.offset :]
    else:
        content.extend(bytes(change.offset - len(content)))


def _rename(names: dict[bytes, int], folders: set[bytes], change: Change) -> None:
    match change.kind:
        case "C":
            names[change.first] = change.inode
        case "M":
            folders.add(change.first)
        case "U":
            names.pop(change.first, None)
        case "R":
            # A file that was renamed before its first name was synced has the second one, whole.
            inode = names.pop(change.first, None)
            if inode is not None:
                names[change.second] = inode

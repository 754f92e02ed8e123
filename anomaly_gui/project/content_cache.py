"""What was worked out of files, kept in the project's folder by what they hold: never needed, only faster."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.files import atomic_write

FOLDER = "cache"
_KEY = "sha256"


class ContentCache:
    """Records of one kind by SHA-256; a file that is damaged or of another format counts as empty."""

    def __init__(self, project: Path, name: str, record: np.dtype) -> None:
        """*name* names the kind and its version: what is worked out otherwise has another one."""
        self._path = project / FOLDER / f"{name}.npy"
        self._dtype = np.dtype([(_KEY, "S32"), ("record", record)])
        self._kept = self._read()
        self._row = {bytes(key).ljust(32, b"\0"): row for row, key in enumerate(self._kept[_KEY])}
        self._fresh: dict[bytes, np.void] = {}

    def __contains__(self, sha256: str) -> bool:
        key = bytes.fromhex(sha256)
        return key in self._row or key in self._fresh

    @property
    def unsaved(self) -> int:
        return len(self._fresh)

    def put(self, sha256: str, record: np.void) -> None:
        self._fresh[bytes.fromhex(sha256)] = record

    def records(self, hashes: list[str]) -> NDArray[np.void]:
        """One record for each. Raises KeyError for a hash that is not kept."""
        found = np.empty(len(hashes), self._dtype["record"])
        for place, sha256 in enumerate(hashes):
            key = bytes.fromhex(sha256)
            row = self._row.get(key)
            found[place] = self._fresh[key] if row is None else self._kept["record"][row]
        return found

    def save(self) -> None:
        """Write what is new; a full or read-only disk costs time at the next look, no more."""
        if not self._fresh:
            return
        added = np.empty(len(self._fresh), self._dtype)
        for row, (key, record) in enumerate(self._fresh.items()):
            added[row] = (key, record)
        all_of_them = np.concatenate([self._kept, added])
        written = io.BytesIO()
        np.save(written, all_of_them, allow_pickle=False)
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(exist_ok=True)
            atomic_write(self._path, written.getvalue())
        self._row.update({key: len(self._kept) + row for row, key in enumerate(self._fresh)})
        self._kept = all_of_them
        self._fresh = {}

    def _read(self) -> NDArray[np.void]:
        try:
            kept = np.load(self._path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return np.empty(0, self._dtype)
        return kept if kept.dtype == self._dtype and kept.ndim == 1 else np.empty(0, self._dtype)

"""Thumbnails kept on disk between sessions: a large PNG takes half a second to decode. No Qt."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import threading
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

LIMIT_BYTES = 256 << 20
_KEPT_SHARE = 0.8
_USED_S = 3600
"""A use is noted no more often than this."""
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 90]

_log = logging.getLogger(__name__)


class ThumbnailStore:
    """A folder of small JPEGs named by the image's hash; usable from any thread, never an error."""

    def __init__(self, folder: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._written_bytes = 0
        """Since the last pruning."""

    def read(self, key: str) -> NDArray[np.uint8] | None:
        """(H, W) or (H, W, 3) RGB, or None if it is not there or damaged."""
        try:
            with open(self._path(key), "rb") as stream:
                if time.time() - os.fstat(stream.fileno()).st_mtime > _USED_S:
                    os.utime(stream.name)
                data = stream.read()
        except OSError:
            return None
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
        if pixels is None or pixels.dtype != np.uint8:
            return None
        shown = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
        return np.asarray(shown, np.uint8)

    def write(self, key: str, pixels: NDArray[np.uint8]) -> None:
        """(H, W) or (H, W, 3) RGB. A full disk is no reason to complain: it is only a cache."""
        stored = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        made, data = cv2.imencode(".jpg", stored, _QUALITY)
        if not made:
            return
        path = self._path(key)
        temporary = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
            with os.fdopen(handle, "wb") as stream:
                stream.write(data.tobytes())
            os.replace(temporary, path)
            self._count(len(data))
        except OSError as error:
            _log.info("thumbnail not kept: %s", error)
            with contextlib.suppress(OSError):
                os.unlink(temporary)

    def _count(self, written_bytes: int) -> None:
        """A long session must not outgrow the limit by more than is pruned at once."""
        with self._lock:
            self._written_bytes += written_bytes
            due = self._written_bytes > self._limit_bytes * (1 - _KEPT_SHARE)
        if due:
            self.prune()

    def prune(self) -> None:
        """If there is more than the limit, delete what was not used for longest until four fifths of it are left."""
        with self._lock:
            self._written_bytes = 0
        found = []
        with contextlib.suppress(OSError):
            for entry in self._folder.rglob("*"):
                with contextlib.suppress(OSError):
                    status = entry.stat()
                    if entry.is_file():
                        found.append((status.st_mtime, status.st_size, entry))
        total = sum(size for _, size, _ in found)
        if total <= self._limit_bytes:
            return
        for _, size, entry in sorted(found, key=lambda each: each[0]):
            if total <= self._limit_bytes * _KEPT_SHARE:
                break
            with contextlib.suppress(OSError):
                entry.unlink()
            total -= size

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.jpg"

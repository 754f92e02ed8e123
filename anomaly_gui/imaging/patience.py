"""A job whose images lie on a share waits while the share is away, and says so."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TypeVar

from anomaly_gui.files import printable
from anomaly_gui.imaging.unreachable import Unreachable, answers
from anomaly_gui.progress import CancelToken, EventSink, Noted, Progress

RETRY_S = 1.0

_TRIES = 3
"""Of a file that cannot be read in a folder that can: a bad spot on a disk."""

T = TypeVar("T")


class Patience:
    """Of one job; usable from several threads."""

    def __init__(self, emit: EventSink, cancel: CancelToken) -> None:
        self._emit, self._cancel = emit, cancel
        self._lock = threading.Lock()
        self._reached = ""
        """A folder that something was read from."""
        self._away = ""
        """What is waited for; empty: nothing."""

    def read(self, path: str, reading: Callable[[], T]) -> T:
        """What *reading* makes of the file at *path*, as soon as its folder is there again.

        Raises Unreachable where the folder was not there from the start, where it is the file alone that cannot be
        read, and when the job is asked to stop.
        """
        tries, folder = 0, os.path.dirname(os.path.abspath(path))
        while True:
            try:
                made = reading()
            except Unreachable as error:
                tries += 1
                is_here = answers(folder)
                if self._cancel.cancelled or (is_here and tries >= _TRIES) or not (is_here or self._went(folder)):
                    raise
                if not is_here:
                    self._say_away(folder, error)
                self._cancel.wait(RETRY_S)
            else:
                self._take_back(folder)
                return made

    def _went(self, folder: str) -> bool:
        """Whether this is a share that went, and no folder that was moved long ago: what could be read is gone too."""
        return bool(self._reached) and (folder == self._reached or not answers(self._reached))

    def _say_away(self, folder: str, error: Unreachable) -> None:
        with self._lock:
            first, self._away = self._away != folder, folder
        if first:
            self._emit(Noted(f"Waiting for {printable(folder)}: {error.cause}"))
        # Again and again: other threads may still tell of what they have read.
        detail = "it cannot be reached; trying again until it can. What is done so far is kept"
        self._emit(Progress(f"Waiting for {printable(folder)}", 0, 1, detail=detail))

    def _take_back(self, folder: str) -> None:
        with self._lock:
            self._reached = folder
            back, self._away = self._away, ""
        if back:
            self._emit(Noted(f"{printable(back)} can be reached again: going on"))

"""What a job says while it runs, and how it is told to pause or stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Progress:
    """How far one phase of a job has come."""

    phase: str
    done: int
    total: int
    rate: float | None = None
    """Items a second, None until it can be told."""
    seconds_left: float | None = None
    detail: str = ""

    @property
    def fraction(self) -> float:
        """Share done, in [0, 1]."""
        return self.done / self.total if self.total else 0.0


@dataclass(frozen=True)
class EpochFinished:
    """One pass over the training images is done; epochs count from 1."""

    epoch: int
    epochs: int
    training_loss: float
    validation_loss: float
    images_per_s: float
    seconds_left: float
    is_best: bool


@dataclass(frozen=True)
class Preview:
    """A few fixed images as the detector sees them after an epoch."""

    epoch: int
    image_ids: tuple[int, ...]
    originals: NDArray[np.float32]
    """(N, H, W, C) in [0, 1]."""
    reconstructions: NDArray[np.float32] | None
    """(N, H, W, C) in [0, 1], None for detectors that draw no picture."""
    anomaly_maps: NDArray[np.float32]
    """(N, H, W), raw."""


@dataclass(frozen=True)
class FileRefused:
    """A file was left out; the rest goes on."""

    path: str
    reason: str


@dataclass(frozen=True)
class Noted:
    """A sentence the user should read, such as a warning about the data."""

    sentence: str


Event = Progress | EpochFinished | Preview | FileRefused | Noted
EventSink = Callable[[Event], None]


def ignore_events(_event: Event) -> None:
    """Drop an event: for callers that do not show progress."""


class CancelToken:
    """Asked by a job at every step; set from any thread."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._running = threading.Event()
        self._running.set()
        self._lock = threading.Lock()
        self._finishing: CancelToken | None = None
        self._asked_again = False

    def cancel(self) -> None:
        """Ask the job to stop at its next step, paused or not."""
        with self._lock:
            self._asked_again = self._cancelled.is_set()
            self._cancelled.set()
            if self._asked_again and self._finishing is not None:
                self._finishing.cancel()
        self._running.set()

    def finishing(self) -> CancelToken:
        """A token for what is worth doing after a cancel: a second cancel() stops that too."""
        with self._lock:
            if self._finishing is None:
                self._finishing = CancelToken()
                if self._asked_again:
                    self._finishing.cancel()
            return self._finishing

    def pause(self) -> None:
        """Ask the job to wait at its next step."""
        if not self._cancelled.is_set():
            self._running.clear()

    def resume(self) -> None:
        self._running.set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def paused(self) -> bool:
        return not self._running.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait for so long, or until the job is asked to stop: whether it is."""
        return self._cancelled.wait(seconds)

    def should_stop(self) -> bool:
        """Wait while paused, then tell whether the job has to stop."""
        self._running.wait()
        return self._cancelled.is_set()


@dataclass(frozen=True)
class Cancelled:
    """A job's result when it was asked to stop; what was done is kept."""

    kept: str = ""
    """One sentence: what is kept."""


class RateMeter:
    """Turns counts into at most ten Progress events a second, with rate and time left."""

    def __init__(self, phase: str, total: int, emit: EventSink, interval_s: float = 0.1) -> None:
        self._phase = phase
        self._total = total
        self._emit = emit
        self._interval_s = interval_s
        self._started = time.monotonic()
        self._last = -1.0

    def update(self, done: int, detail: str = "") -> None:
        """Emit if the last event is old enough, or if this is the end."""
        now = time.monotonic()
        if done < self._total and now - self._last < self._interval_s:
            return
        self._last = now
        elapsed = now - self._started
        rate = done / elapsed if done and elapsed > 0 else None
        left = (self._total - done) / rate if rate else None
        self._emit(Progress(self._phase, done, self._total, rate, left, detail))

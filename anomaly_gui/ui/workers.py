"""One job at a time on a thread of its own, its events brought to the window ten times a second."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from anomaly_gui.progress import CancelToken, Event, EventSink, Preview, Progress
from anomaly_gui.ui.garbage import spare_new_libraries

Work = Callable[[EventSink, CancelToken], Any]

EVENT_INTERVAL_MS = 100
_NICENESS = 10
"""Measured: it is the scheduler, not the GIL, that makes the window late; at 10 the timer is on time."""


class Mailbox:
    """Events from the job's thread until the window's thread fetches them.

    Of progress and previews only the newest matters; every other event is kept, in order.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[Event] = []
        self._newest: dict[type[Event], Event] = {}

    def put(self, event: Event) -> None:
        """Called from any thread."""
        with self._lock:
            if isinstance(event, Progress | Preview):
                self._newest[type(event)] = event
            else:
                self._kept.append(event)

    def take(self) -> list[Event]:
        """All that came since the last call."""
        with self._lock:
            taken = [*self._kept, *self._newest.values()]
            self._kept.clear()
            self._newest.clear()
        return taken


@dataclass(frozen=True)
class _Call:
    generation: int
    work: Work
    mailbox: Mailbox
    token: CancelToken


class _Runner(QObject):
    """Lives in the job's thread."""

    ended = Signal(int, object, object)
    """Generation, result, exception."""

    @Slot(object)
    def run(self, call: _Call) -> None:
        _lower_priority()
        result, error = None, None
        try:
            result = call.work(call.mailbox.put, call.token)
        except BaseException as raised:
            error = raised
        self.ended.emit(call.generation, result, error)


class JobThread(QObject):
    """Runs jobs one after the other; every signal arrives in the thread that made this object."""

    told = Signal(object)
    """One event of progress.py."""
    finished = Signal(object)
    """What the job returned."""
    failed = Signal(object)
    """The exception that it raised."""
    _asked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._generation = 0
        self._call: _Call | None = None
        self._runner = _Runner()
        self._thread = QThread(self)
        self._thread.setObjectName("job")
        self._runner.moveToThread(self._thread)
        self._asked.connect(self._runner.run)
        self._runner.ended.connect(self._end)
        self._timer = QTimer(self)
        self._timer.setInterval(EVENT_INTERVAL_MS)
        self._timer.timeout.connect(self._deliver)

    @property
    def is_running(self) -> bool:
        return self._call is not None

    @property
    def token(self) -> CancelToken | None:
        """Of the running job."""
        return None if self._call is None else self._call.token

    def start(self, work: Work) -> CancelToken:
        """Run *work* in the thread. Raises RuntimeError while another job runs."""
        if self._call is not None:
            raise RuntimeError("a job is running")
        self._generation += 1
        self._call = _Call(self._generation, work, Mailbox(), CancelToken())
        if not self._thread.isRunning():
            self._thread.start(QThread.Priority.LowPriority)
        self._timer.start()
        self._asked.emit(self._call)
        return self._call.token

    def stop(self) -> None:
        """Cancel what runs, wait for it, and end the thread. Nothing is announced any more."""
        call, self._call = self._call, None
        self._timer.stop()
        if call is not None:
            call.token.cancel()
            call.token.cancel()  # The second one also stops what a job would do after a cancel.
        self._thread.quit()
        self._thread.wait()

    @Slot()
    def _deliver(self) -> None:
        call = self._call
        if call is None:
            return
        for event in call.mailbox.take():
            if self._call is not call:
                return
            self.told.emit(event)

    @Slot(int, object, object)
    def _end(self, generation: int, result: object, error: BaseException | None) -> None:
        if self._call is None or self._call.generation != generation:
            return
        self._deliver()
        self._timer.stop()
        self._call = None
        if error is None:
            self.finished.emit(result)
        else:
            self.failed.emit(error)
        spare_new_libraries()


def _lower_priority() -> None:
    """Of the calling thread and those it will start. Elsewhere than on Linux QThread's priority does it."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)

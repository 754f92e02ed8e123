"""A question that takes too long for the window's thread; only the answer to the last one counts."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue

from PySide6.QtCore import QObject, QRunnable, QThread, QThreadPool, QTimer, Signal, Slot

from anomaly_gui.imaging.unreachable import unless_it_hangs
from anomaly_gui.progress import CancelToken

Work = Callable[[CancelToken], object]

_log = logging.getLogger(__name__)


Answer = tuple[int, object, Exception | None]
"""Generation, what was made, what was raised."""
_COLLECTED_MS = 25


class _Task(QRunnable):
    def __init__(self, tell: Callable[[Answer], None], generation: int, work: Work, cancel: CancelToken) -> None:
        super().__init__()
        self._tell, self._generation = tell, generation
        self._work, self._cancel = work, cancel

    def run(self) -> None:
        made: object = None
        error: Exception | None = None
        try:
            if not self._cancel.cancelled:
                made = unless_it_hangs(partial(self._work, self._cancel), self._cancel)
        except Exception as raised:
            _log.info("a question in the background failed", exc_info=raised)
            error = raised
        self._tell((self._generation, made, error))


class Background(QObject):
    """One question at a time; a newer one cancels the one before, whose answer is dropped."""

    answered = Signal(object)
    failed = Signal(object)
    """The exception that was raised."""
    worked = Signal(object)
    """From the pool: an Answer."""

    def __init__(self, parent: QObject | None = None, *, may_hang: bool = False) -> None:
        """*may_hang*: about places that may not answer, as a share that is gone. Nobody waits for such a question's
        end, neither a newer one nor stop(), nor the program when it is closed.
        """
        super().__init__(parent)
        self._may_hang = may_hang
        self._generation = 0
        self._cancel = CancelToken()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setThreadPriority(QThread.Priority.LowPriority)
        self.worked.connect(self._take)
        self._answers: SimpleQueue[Answer] = SimpleQueue()
        """Of questions that may hang: their threads may outlive this object, and must not know it."""
        self._collecting = QTimer(self)
        self._collecting.setInterval(_COLLECTED_MS)
        self._collecting.timeout.connect(self._collect)

    def ask(self, work: Work) -> None:
        """Run *work* in a thread; it is handed a token that is set when nobody wants the answer any more."""
        self.forget()
        self._cancel = CancelToken()
        if self._may_hang:
            task = _Task(self._answers.put, self._generation, work, self._cancel)
            threading.Thread(target=task.run, name="question", daemon=True).start()
            self._collecting.start()
        else:
            self._pool.start(_Task(self._emit, self._generation, work, self._cancel))

    @Slot()
    def forget(self) -> None:
        """Announce nothing of what was asked."""
        self._generation += 1
        self._cancel.cancel()
        self._pool.clear()
        self._collecting.stop()

    @Slot()
    def stop(self) -> None:
        """Forget, and wait for what is under way, unless it hangs: before the project closes."""
        self.forget()
        self._pool.waitForDone()

    def _emit(self, answer: Answer) -> None:
        # The window may have been closed meanwhile, and this with it.
        with contextlib.suppress(RuntimeError):
            self.worked.emit(answer)

    @Slot()
    def _collect(self) -> None:
        while not self._answers.empty():
            self._take(self._answers.get())

    @Slot(object)
    def _take(self, answer: Answer) -> None:
        generation, made, error = answer
        if generation != self._generation:
            return
        self._collecting.stop()
        if error is None:
            self.answered.emit(made)
        else:
            self.failed.emit(error)

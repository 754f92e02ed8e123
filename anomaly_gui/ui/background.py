"""A question that takes too long for the window's thread; only the answer to the last one counts."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QRunnable, QThread, QThreadPool, Signal, Slot

from anomaly_gui.imaging.unreachable import unless_it_hangs
from anomaly_gui.progress import CancelToken

Work = Callable[[CancelToken], object]

_log = logging.getLogger(__name__)


class _Task(QRunnable):
    def __init__(self, owner: Background, generation: int, work: Work, cancel: CancelToken) -> None:
        super().__init__()
        self._owner, self._generation = owner, generation
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
        # The window may have been closed meanwhile, and the owner with it.
        with contextlib.suppress(RuntimeError):
            self._owner.worked.emit(self._generation, made, error)


class Background(QObject):
    """One question at a time; a newer one cancels the one before, whose answer is dropped."""

    answered = Signal(object)
    failed = Signal(object)
    """The exception that was raised."""
    worked = Signal(int, object, object)
    """From the pool: generation, answer, exception."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._generation = 0
        self._cancel = CancelToken()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setThreadPriority(QThread.Priority.LowPriority)
        self.worked.connect(self._take)

    def ask(self, work: Work) -> None:
        """Run *work* in a thread; it is handed a token that is set when nobody wants the answer any more."""
        self.forget()
        self._cancel = CancelToken()
        self._pool.start(_Task(self, self._generation, work, self._cancel))

    @Slot()
    def forget(self) -> None:
        """Announce nothing of what was asked."""
        self._generation += 1
        self._cancel.cancel()
        self._pool.clear()

    @Slot()
    def stop(self) -> None:
        """Forget, and wait for what is under way, unless it hangs: before the project closes."""
        self.forget()
        self._pool.waitForDone()

    @Slot(int, object, object)
    def _take(self, generation: int, made: object, error: Exception | None) -> None:
        if generation != self._generation:
            return
        if error is None:
            self.answered.emit(made)
        else:
            self.failed.emit(error)

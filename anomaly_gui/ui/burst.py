"""Steps that follow one another at once are saved as one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

PAUSE_MS = 1000
"""After a pause of this length the next step is another one to undo."""


class Burst(QObject):
    """Each step is shown at once by who makes it; the last one is saved."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._kind = ""
        self._save: Callable[[], None] | None = None
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self.settle)

    def put_off(self, kind: str, save: Callable[[], None]) -> None:
        """Call *save* after a pause, unless another step of this *kind* follows; one of another kind ends it."""
        if kind != self._kind:
            self.settle()
        self._kind, self._save = kind, save
        self._timer.start()

    @property
    def is_pending(self) -> bool:
        """Whether something is shown that is not saved yet."""
        return self._save is not None

    @Slot()
    def settle(self) -> None:
        """Save now what is put off."""
        self._timer.stop()
        save, self._save = self._save, None
        if save is not None:
            save()

"""One picture and another in turn, while a key is held."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

BLINK_MS = 280


class Blink(QObject):
    """Keeps the time."""

    turned = Signal()
    """Another picture is to be shown."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.shows_other = False
        """Whether it is the other picture's turn."""
        self._timer = QTimer(self, interval=BLINK_MS)
        self._timer.timeout.connect(self._turn)

    def set_on(self, on: bool) -> None:
        """The other picture comes first."""
        if on == self._timer.isActive():
            return
        self.shows_other = on
        if on:
            self._timer.start()
        else:
            self._timer.stop()
        self.turned.emit()

    @Slot()
    def _turn(self) -> None:
        self.shows_other = not self.shows_other
        self.turned.emit()

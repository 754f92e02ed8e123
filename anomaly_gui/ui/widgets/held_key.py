"""Something that is so while a key is held down."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

_ENDS = (QEvent.Type.WindowDeactivate, QEvent.Type.ApplicationDeactivate)


class HeldKey(QObject):
    """A shortcut tells that its key went down; this waits for it to come up, wherever the focus is."""

    held = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_held = False

    def press(self) -> None:
        """For the action's triggered signal."""
        application = QApplication.instance()
        if not self._is_held and application is not None:
            self._is_held = True
            application.installEventFilter(self)
            self.held.emit(True)

    def release(self) -> None:
        """As if the key came up: the page is left."""
        application = QApplication.instance()
        if self._is_held and application is not None:
            self._is_held = False
            application.removeEventFilter(self)
            self.held.emit(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        came_up = kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent) and not event.isAutoRepeat()
        if came_up or kind in _ENDS:
            self.release()
        return False

"""A frame around what Tab has led to."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QApplication, QFocusFrame, QWidget

_WIDTH_PX = 2


class _Frame(QFocusFrame):
    """Just inside the widget's edge, so that nothing around it cuts it off."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        framed, parent = self.widget(), self.parentWidget()
        if framed is None or parent is None:
            return
        painter = QPainter(self)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), _WIDTH_PX))
        area = framed.rect().translated(framed.mapTo(parent, framed.rect().topLeft()) - self.pos())
        painter.drawRect(area.adjusted(1, 1, -1, -1))
        painter.end()


class FocusFrame(QObject):
    """Follows the focus within a window. Made by the window; after a click there is no frame."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._frame: _Frame | None = None
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._application: QApplication | None = application
        application.focusChanged.connect(self._follow)

    def release(self) -> None:
        """The window is closed."""
        if self._application is not None:
            self._application.focusChanged.disconnect(self._follow)
            self._application = None
            self._forget()

    @property
    def framed(self) -> QWidget | None:
        """What has the frame."""
        return self._frame.widget() if self._frame is not None and shiboken6.isValid(self._frame) else None

    @Slot(QWidget, QWidget)
    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        self._forget()
        if new is None or new.window() is not self._window or new.parentWidget() is None:
            return
        if self._window.testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange) and not new.property("unframed"):
            self._frame = _Frame(new.parentWidget())
            self._frame.setWidget(new)

    def _forget(self) -> None:
        # What the frame was around may have taken it along.
        if self._frame is not None and shiboken6.isValid(self._frame):
            self._frame.hide()
            self._frame.deleteLater()
        self._frame = None

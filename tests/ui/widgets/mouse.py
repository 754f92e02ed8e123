"""Mouse moves with a button held, which Qt's own test functions do not send."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

LEFT = Qt.MouseButton.LeftButton
_APART_MS = 12
_NONE = Qt.MouseButton.NoButton


def send(widget: QWidget, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
    """One mouse event, held buttons included."""
    modifiers = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QMouseEvent(kind, at, widget.mapToGlobal(at), button, held, modifiers))
    QApplication.processEvents()


def press(widget: QWidget, at: QPointF) -> None:
    send(widget, QEvent.Type.MouseMove, at, _NONE, _NONE)
    send(widget, QEvent.Type.MouseButtonPress, at, LEFT, LEFT)


def drag_to(widget: QWidget, at: QPointF) -> None:
    # pyqtgraph passes over moves that follow one another faster than a hundred a second.
    QTest.qWait(_APART_MS)
    send(widget, QEvent.Type.MouseMove, at, _NONE, LEFT)


def release(widget: QWidget, at: QPointF) -> None:
    send(widget, QEvent.Type.MouseButtonRelease, at, LEFT, _NONE)


def drag(widget: QWidget, start: QPointF, end: QPointF, steps: int = 8) -> None:
    """Press at *start*, move to *end* in *steps*, release."""
    press(widget, start)
    for step in range(1, steps + 1):
        drag_to(widget, start + (end - start) * (step / steps))
    release(widget, end)

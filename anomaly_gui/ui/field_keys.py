"""Keys belong to the field one types in, before any shortcut."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

_K = Qt.Key
_CTRL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
_MODIFIERS = _CTRL | _ALT | Qt.KeyboardModifier.MetaModifier
_SLIDER_KEYS = frozenset(
    {_K.Key_Left, _K.Key_Right, _K.Key_Up, _K.Key_Down, _K.Key_Home, _K.Key_End, _K.Key_PageUp, _K.Key_PageDown}
)


class FieldKeys(QObject):
    """Follows the focus; made by the registry of actions."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._field: QWidget | None = None

    @Slot(QWidget, QWidget)
    def follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        # A dialog that is closed takes its fields with it before the focus moves on.
        if self._field is not None and shiboken6.isValid(self._field):
            self._field.removeEventFilter(self)
            self._field.destroyed.disconnect(self._forget)
        self._field = new if new is not None and _takes_keys(new) else None
        if self._field is not None:
            self._field.installEventFilter(self)
            self._field.destroyed.connect(self._forget)

    @Slot()
    def _forget(self) -> None:
        self._field = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and isinstance(watched, QWidget)
            and _belongs_to(watched, event)
        ):
            event.accept()
            return True
        return False


def _types_text(widget: QWidget) -> bool:
    return isinstance(widget, QLineEdit | QAbstractSpinBox | QTextEdit | QPlainTextEdit) or (
        isinstance(widget, QComboBox) and widget.isEditable()
    )


def _writes(event: QKeyEvent) -> bool:
    """AltGr, with which many keyboards write [ ] { } @, arrives as Ctrl+Alt on Windows."""
    both = event.modifiers() & _CTRL and event.modifiers() & _ALT
    return bool(both) and event.text().isprintable() and bool(event.text().strip())


def _takes_keys(widget: QWidget) -> bool:
    return _types_text(widget) or isinstance(widget, QAbstractButton | QAbstractSlider | QComboBox)


def _belongs_to(widget: QWidget, event: QKeyEvent) -> bool:
    """Whether a key is the widget's own; with Ctrl or Alt, and function keys, it is a shortcut's."""
    key = Qt.Key(event.key())
    if _types_text(widget) and _writes(event):
        return True
    if event.modifiers() & _MODIFIERS or Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35:
        return False
    if _types_text(widget):
        return True
    if isinstance(widget, QAbstractButton):
        return key == Qt.Key.Key_Space
    return key in _SLIDER_KEYS

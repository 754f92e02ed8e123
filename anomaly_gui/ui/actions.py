"""Everything that can be done by a key or from a menu, in one registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

_K = Qt.Key
_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_SLIDER_KEYS = frozenset(
    {_K.Key_Left, _K.Key_Right, _K.Key_Up, _K.Key_Down, _K.Key_Home, _K.Key_End, _K.Key_PageUp, _K.Key_PageDown}
)


@dataclass(frozen=True)
class Entry:
    """One action, as the cheat sheet shows it."""

    name: str
    page: str | None
    """A page's name; None: everywhere."""
    action: QAction


class Actions(QObject):
    """Made by the window; pages add theirs in add_actions()."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._entries: dict[str, Entry] = {}
        self._page: str | None = None
        self._keys: _FieldKeys | None = _FieldKeys(self)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._application = application
        self._application.focusChanged.connect(self._keys.follow_focus)

    def release(self) -> None:
        """The window is closed: the program's focus is no business of these actions any more."""
        if self._keys is not None:
            self._application.focusChanged.disconnect(self._keys.follow_focus)
            self._keys = None

    def add(
        self,
        name: str,
        text: str,
        keys: Sequence[str],
        slot: Callable[[], object],
        page: str | None = None,
        tip: str = "",
    ) -> QAction:
        """Register an action and give it to the window.

        *keys* are as QKeySequence reads them ("Ctrl+Z", "G", "Left"). With *page* it works on that
        page alone, so that two pages may use one key. Raises ValueError for a name that is taken.
        """
        if name in self._entries:
            raise ValueError(f"there is an action {name} already")
        action = QAction(text, self._window)
        action.setObjectName(name)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        # A key held down repeats through a hundred images; one press is one verdict.
        action.setAutoRepeat(False)
        if tip:
            action.setToolTip(tip)
            action.setStatusTip(tip)
        action.triggered.connect(slot)
        self._window.addAction(action)
        self._entries[name] = Entry(name, page, action)
        self._apply_page(self._entries[name])
        return action

    def action(self, name: str) -> QAction:
        """Raises KeyError for a name that is not there."""
        return self._entries[name].action

    def entries(self) -> list[Entry]:
        """In the order they were added."""
        return list(self._entries.values())

    def set_page(self, page: str | None) -> None:
        """Let the actions of *page* work, and those of other pages rest."""
        self._page = page
        for entry in self._entries.values():
            self._apply_page(entry)

    def _apply_page(self, entry: Entry) -> None:
        if entry.page is not None:
            # Whether an action makes sense just now is the page's business (setEnabled); where it
            # works is not, and a hidden action's shortcut rests as well.
            entry.action.setVisible(entry.page == self._page)


class _FieldKeys(QObject):
    """Keys belong to the field one types in, before any shortcut."""

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


def _takes_keys(widget: QWidget) -> bool:
    return _types_text(widget) or isinstance(widget, QAbstractButton | QAbstractSlider | QComboBox)


def _belongs_to(widget: QWidget, event: QKeyEvent) -> bool:
    """Whether a key is the widget's own; with Ctrl or Alt, and function keys, it is a shortcut's."""
    key = Qt.Key(event.key())
    if event.modifiers() & _MODIFIERS or Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35:
        return False
    if _types_text(widget):
        return True
    if isinstance(widget, QAbstractButton):
        return key == Qt.Key.Key_Space
    return key in _SLIDER_KEYS

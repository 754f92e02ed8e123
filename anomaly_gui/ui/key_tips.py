"""Tooltips that end with the key, as it is now."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip, QWidget

from anomaly_gui.ui.actions import Actions

_PROPERTY = "action"


def does(widget: QWidget, action: str) -> None:
    """Note that a widget does what an action does: its tooltip will name the key. Empty for none just now."""
    widget.setProperty(_PROPERTY, action)


class KeyTips(QObject):
    """Made by the window once all its widgets are there."""

    def __init__(self, window: QWidget, actions: Actions) -> None:
        super().__init__(window)
        self._actions = actions
        for widget in window.findChildren(QWidget):
            if widget.property(_PROPERTY) is not None:
                widget.installEventFilter(self)

    def tip_of(self, widget: QWidget) -> str:
        """What the tooltip of a widget says."""
        action = str(widget.property(_PROPERTY))
        text = self._actions.entry(action).keys_text if action else ""
        return f"{widget.toolTip()}  ( {text} )" if text else widget.toolTip()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and isinstance(watched, QWidget):
            QToolTip.showText(event.globalPos(), self.tip_of(watched), watched)
            return True
        return False

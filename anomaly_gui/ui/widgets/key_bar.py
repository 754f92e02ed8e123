"""The keys that work on a page, in a bar at its bottom."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from anomaly_gui.ui.actions import Actions

_SIZE = 0.92


class KeyBar(QLabel):
    """Keys and what they do; never wider than the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions: Actions | None = None
        self._named: Sequence[tuple[tuple[str, ...], str]] = ()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setWordWrap(True)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * _SIZE)
        self.setFont(font)

    def follow(self, actions: Actions, named: Sequence[tuple[tuple[str, ...], str]]) -> None:
        """Show the keys of actions, by (names, what they do), as they are now and whenever they change."""
        self._actions, self._named = actions, named
        actions.keys_changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        if self._actions is not None:
            keys = [(self._actions.key_text(*names), text) for names, text in self._named]
            self.set_keys([(key, text) for key, text in keys if key])

    def set_keys(self, keys: list[tuple[str, str]]) -> None:
        """(key, action) in order of use."""
        pairs = (f"<b>{_unbroken(key)}</b>&nbsp;{_unbroken(text)}" for key, text in keys)
        self.setText(" &nbsp;&nbsp; ".join(pairs))


def _unbroken(text: str) -> str:
    """A key and what it does stay on one line."""
    return escape(text).replace(" ", "&nbsp;")

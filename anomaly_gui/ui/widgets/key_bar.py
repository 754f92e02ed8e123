"""The keys that work on a page, in a bar at its bottom."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_SIZE = 0.92


class KeyBar(QLabel):
    """Keys and what they do; never wider than the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setWordWrap(True)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * _SIZE)
        self.setFont(font)

    def set_keys(self, keys: list[tuple[str, str]]) -> None:
        """(key, action) in order of use."""
        self.setText(" &nbsp;&nbsp; ".join(f"<b>{escape(key)}</b>&nbsp;{escape(text)}" for key, text in keys))

"""A sentence that must not be overlooked while something out of the ordinary is on."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

BACK = QColor(255, 196, 0)
TEXT = QColor(30, 24, 0)


class WarningBadge(QLabel):
    """Amber in light and dark; hidden until it is wanted."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(f"⚠  {text}", parent)
        self.setToolTip(text)
        self.setMargin(3)
        self.setAutoFillBackground(True)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, BACK)
        palette.setColor(QPalette.ColorRole.WindowText, TEXT)
        self.setPalette(palette)
        # Never wider than the panes.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setVisible(False)

"""Buttons that stay pressed, in the accent colour, so that it is seen in light and dark."""

from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QPushButton, QStyleOptionButton, QStyleOptionToolButton, QToolButton, QWidget


class ChoiceButton(QPushButton):
    """One of several that apply; checked while it does."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setCheckable(True)

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        if self.isChecked():
            option.palette = _accented(option.palette)


class ToggleButton(QToolButton):
    """Something that is on or off."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)

    def initStyleOption(self, option: QStyleOptionToolButton) -> None:
        super().initStyleOption(option)
        if self.isChecked():
            option.palette = _accented(option.palette)


def _accented(palette: QPalette) -> QPalette:
    made = QPalette(palette)
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
        accent = palette.color(group, QPalette.ColorRole.Highlight)
        made.setColor(group, QPalette.ColorRole.Button, accent)
        made.setColor(group, QPalette.ColorRole.ButtonText, palette.color(group, QPalette.ColorRole.HighlightedText))
    return made

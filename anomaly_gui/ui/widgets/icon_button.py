"""Buttons whose symbol follows the colour scheme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from anomaly_gui.ui.theme import icon

_SIDE_PX = 18


class IconButton(QPushButton):
    """A push button with a symbol; *emphasis* makes it the one to press next."""

    def __init__(self, text: str, icon_name: str, parent: QWidget | None = None, *, emphasis: bool = False) -> None:
        super().__init__(text, parent)
        self._icon_name = icon_name
        self.setIconSize(QSize(_SIDE_PX, _SIDE_PX))
        self.setAutoDefault(False)
        if emphasis:
            font = self.font()
            font.setBold(True)
            self.setFont(font)
        self.setIcon(icon(icon_name, self.palette()))

    def set_icon_name(self, name: str) -> None:
        if name != self._icon_name:
            self._icon_name = name
            self.setIcon(icon(name, self.palette()))

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width() + 8, max(hint.height(), 28))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.setIcon(icon(self._icon_name, self.palette()))


class IconToolButton(QToolButton):
    """A flat button with a symbol and perhaps text."""

    def __init__(self, icon_name: str, parent: QWidget | None = None, *, side_px: int = _SIDE_PX) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self.setAutoRaise(True)
        self.setIconSize(QSize(side_px, side_px))
        self.setIcon(icon(icon_name, self.palette()))

    def set_icon_name(self, name: str) -> None:
        if name != self._icon_name:
            self._icon_name = name
            self.setIcon(icon(name, self.palette()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.setIcon(icon(self._icon_name, self.palette()))

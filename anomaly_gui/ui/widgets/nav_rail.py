"""The pages, on the left of the window."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.widgets.icon_button import IconToolButton

_WIDTH_PX = 76
_BUTTON_PX = 60
_MARK_PX = 3


class _PageButton(IconToolButton):
    """A symbol above a word; the page that is shown has a bar at its left."""

    def __init__(self, title: str, icon_name: str, parent: QWidget) -> None:
        super().__init__(icon_name, parent, side_px=24)
        self.setText(title)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_BUTTON_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        accent = QColor(self.palette().color(QPalette.ColorRole.Highlight))
        if self.isChecked():
            painter.fillRect(0, 0, _MARK_PX, self.height(), accent)
        if self.isChecked() or self.underMouse() or self.hasFocus():
            accent.setAlpha(46 if self.isChecked() else 24)
            painter.fillRect(self.rect(), accent)
        side = self.iconSize().width()
        left, top = (self.width() - side) // 2, (self.height() - side - self.fontMetrics().height() - 4) // 2
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        self.icon().paint(painter, QRect(left, top, side, side), Qt.AlignmentFlag.AlignCenter, mode)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        line = QRect(0, top + side + 4, self.width(), self.fontMetrics().height())
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class NavRail(QWidget):
    """set_current emits nothing; page_chosen tells what was pressed."""

    page_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, _PageButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 6, 0, 6)
        self._layout.setSpacing(2)
        self._layout.addStretch(1)
        self.setFixedWidth(_WIDTH_PX)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH_PX, 5 * (_BUTTON_PX + 2) + 12)

    def add_page(self, name: str, title: str, icon_name: str, tip: str) -> None:
        button = _PageButton(title, icon_name, self)
        button.setToolTip(tip)
        button.setProperty("page", name)
        does(button, f"page-{name}")
        button.clicked.connect(self._choose)
        self._group.addButton(button)
        self._layout.insertWidget(len(self._buttons), button)
        self._buttons[name] = button

    def set_current(self, name: str) -> None:
        self._buttons[name].setChecked(True)

    def button(self, name: str) -> IconToolButton:
        return self._buttons[name]

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        shade = QColor(self.palette().color(QPalette.ColorRole.WindowText))
        shade.setAlpha(12)
        painter.fillRect(self.rect(), shade)
        shade.setAlpha(50)
        painter.fillRect(self.width() - 1, 0, 1, self.height(), shade)
        painter.end()

    def _choose(self) -> None:
        self.page_chosen.emit(str(self.sender().property("page")))

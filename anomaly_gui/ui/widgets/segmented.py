"""One choice of a few, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

_HEIGHT_PX = 28
_PADDING_PX = 11
_RADIUS_PX = 4.0


class _Segment(QAbstractButton):
    """One of them; the first and the last have round outer corners."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.first = self.last = False

    def sizeHint(self) -> QSize:
        bold = self.font()
        bold.setBold(True)
        return QSize(self._widest() + 2 * _PADDING_PX, max(_HEIGHT_PX, self.fontMetrics().height() + 8))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _widest(self) -> int:
        return self.fontMetrics().horizontalAdvance(self.text())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        group = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        fill = palette.color(group, QPalette.ColorRole.Button)
        text = palette.color(group, QPalette.ColorRole.ButtonText)
        if self.isChecked():
            fill = palette.color(group, QPalette.ColorRole.Highlight)
            text = palette.color(group, QPalette.ColorRole.HighlightedText)
        elif self.underMouse() and self.isEnabled():
            fill = palette.color(group, QPalette.ColorRole.Midlight)
        edge = QColor(palette.color(QPalette.ColorRole.WindowText))
        edge.setAlpha(70)
        path = self._outline()
        painter.fillPath(path, fill)
        painter.setPen(QPen(edge, 1.0))
        painter.drawPath(path)
        if self.hasFocus():
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight).lighter(130), 2.0))
            painter.drawPath(path)
        painter.setPen(text)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()

    def _outline(self) -> QPainterPath:
        # Inner edges lie on top of one another, half a pixel outside.
        left = 0.5 if self.first else -0.5
        area = QRectF(left, 0.5, self.width() - left - (0.5 if self.last else -0.5), self.height() - 1.0)
        path = QPainterPath()
        # Odd-even would cut out what the rectangles below share with the rounded one.
        path.setFillRule(Qt.FillRule.WindingFill)
        path.addRoundedRect(area, _RADIUS_PX, _RADIUS_PX)
        if not self.first:
            path.addRect(QRectF(area.left(), area.top(), 2 * _RADIUS_PX, area.height()))
        if not self.last:
            path.addRect(QRectF(area.right() - 2 * _RADIUS_PX, area.top(), 2 * _RADIUS_PX, area.height()))
        return path.simplified()


class SegmentedButtons(QWidget):
    """Setters emit nothing; chosen tells what the user pressed."""

    chosen = Signal(str)

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
        *,
        name: str = "",
        stretched: bool = False,
    ) -> None:
        """*choices* are (name, text)."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, _Segment] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for choice, text in choices:
            button = _Segment(text, self)
            button.setProperty("choice", choice)
            button.clicked.connect(self._choose)
            self._group.addButton(button)
            self._buttons[choice] = button
            layout.addWidget(button, 1 if stretched else 0)
        buttons = list(self._buttons.values())
        if buttons:
            buttons[0].first = buttons[-1].last = True
            buttons[0].setChecked(True)
        self.setSizePolicy(
            QSizePolicy.Policy.Preferred if stretched else QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed
        )

    @property
    def current(self) -> str:
        return next((name for name, button in self._buttons.items() if button.isChecked()), "")

    def set_current(self, name: str) -> None:
        """Empty: none of them. A name that is not there changes nothing."""
        if name in self._buttons:
            self._buttons[name].setChecked(True)
        elif not name:
            self._group.setExclusive(False)
            for button in self._buttons.values():
                button.setChecked(False)
            self._group.setExclusive(True)

    def set_text(self, name: str, text: str) -> None:
        button = self._buttons[name]
        if button.text() != text:
            button.setText(text)
            button.setAccessibleName(text)
            button.updateGeometry()

    def set_tip(self, name: str, text: str) -> None:
        self._buttons[name].setToolTip(text)

    def button(self, name: str) -> QAbstractButton:
        return self._buttons[name]

    def _choose(self) -> None:
        self.chosen.emit(str(self.sender().property("choice")))

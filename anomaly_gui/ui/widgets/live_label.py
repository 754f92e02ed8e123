"""Text that changes with every move of the mouse, without moving anything else."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


def tabular(font: QFont) -> QFont:
    """*font* with digits of one width."""
    changed = QFont(font)
    changed.setFeature(QFont.Tag("tnum"), 1)
    return changed


class LiveLabel(QWidget):
    """Text in a place whose size the text does not change.

    A QLabel asks for a new layout with each text; this only paints.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        lines: int = 1,
        enlarged: float = 1.0,
        bold: bool = False,
    ) -> None:
        super().__init__(parent)
        self._text = ""
        self._lines = lines
        self._flags = alignment | (Qt.AlignmentFlag.AlignVCenter if lines == 1 else Qt.AlignmentFlag.AlignTop)
        self._muted = False
        self._colour: QColor | None = None
        font = tabular(self.font())
        font.setPointSizeF(font.pointSizeF() * enlarged)
        font.setBold(bold)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(80, metrics.height() + (self._lines - 1) * metrics.lineSpacing() + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.update()

    @property
    def is_muted(self) -> bool:
        return self._muted

    def set_muted(self, muted: bool) -> None:
        """Grey, for what there is no figure for."""
        if muted != self._muted:
            self._muted = muted
            self.update()

    def set_colour(self, colour: QColor | None) -> None:
        """Of the text; None is that of all texts."""
        if colour != self._colour:
            self._colour = colour
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = self.palette().placeholderText() if self._muted else self.palette().windowText()
        painter.setPen(self._colour or brush.color())
        if self._lines > 1:
            painter.drawText(self.rect(), self._flags.value | Qt.TextFlag.TextWordWrap.value, self._text)
        else:
            painter.drawText(self._start(), self._text)
        painter.end()

    def _start(self) -> QPointF:
        """Of a single line: to place it oneself takes half as long as to let Qt lay it out."""
        metrics = self.fontMetrics()
        y = (self.height() + metrics.ascent() - metrics.descent()) / 2
        if self._flags & Qt.AlignmentFlag.AlignLeft:
            return QPointF(0, y)
        room = self.width() - metrics.horizontalAdvance(self._text)
        return QPointF(room if self._flags & Qt.AlignmentFlag.AlignRight else room / 2, y)


class NumberLabel(LiveLabel):
    """One line, as wide as a sample."""

    def __init__(
        self,
        sample: str,
        parent: QWidget | None = None,
        *,
        alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignRight,
        enlarged: float = 1.0,
        bold: bool = False,
    ) -> None:
        super().__init__(parent, alignment=alignment, enlarged=enlarged, bold=bold)
        self._sample = sample
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._sample) + 4, metrics.height() + 2)

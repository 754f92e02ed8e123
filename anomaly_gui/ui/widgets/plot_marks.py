"""What moves over a plot: lines, dots, words. They are painted over what stands still, which is not painted again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPen, QPolygonF

if TYPE_CHECKING:
    from anomaly_gui.ui.widgets.plot_base import PlotBase

_HANDLE_PX = 14
_AROUND_PX = 3
"""Half a thick line and what antialiasing adds."""
_WORD_MARGIN_PX = 4


class PlotScale:
    """Where a plot's units lie on its viewport."""

    def __init__(self, area: QRectF, x: tuple[float, float], y: tuple[float, float]) -> None:
        """*x* and *y*: the lowest and the highest value inside *area*."""
        self.area = area
        self._low, self._bottom = x[0], y[0]
        self._across = area.width() / (x[1] - x[0]) if x[1] > x[0] else 0.0
        self._up = area.height() / (y[1] - y[0]) if y[1] > y[0] else 0.0

    def x(self, value: float) -> float:
        """In pixels; far outside, a place just outside, since painting cannot reach further."""
        return min(max(self.area.left() + (value - self._low) * self._across, -1e4), 1e5)

    def y(self, value: float) -> float:
        return min(max(self.area.bottom() - (value - self._bottom) * self._up, -1e4), 1e5)

    def value_at(self, x_px: float) -> float:
        """The value on the horizontal axis."""
        return self._low + (x_px - self.area.left()) / self._across if self._across else self._low


class PlotMark:
    """One thing that moves. A change repaints where it was and where it is."""

    def __init__(self, plot: PlotBase, *, visible: bool = True) -> None:
        self._plot = plot
        self._visible = visible
        plot.add_mark(self)

    def isVisible(self) -> bool:
        return self._visible

    def set_visible(self, visible: bool) -> None:
        if visible != self._visible:
            self._visible = visible
            self.changed()

    def changed(self) -> None:
        self._plot.touch(self)

    def rects(self, scale: PlotScale) -> list[QRect]:
        """What it covers, in pixels."""
        raise NotImplementedError

    def paint(self, painter: QPainter, scale: PlotScale) -> None:
        raise NotImplementedError


class PlotLine(PlotMark):
    """A vertical line; with a *handle* a wedge on it, at this share of the height, to take hold of."""

    def __init__(self, plot: PlotBase, *, handle: float | None = None, visible: bool = True) -> None:
        self._value = 0.0
        self._pen = self._hovered_pen = QPen()
        self._handle = handle
        self._hovered = False
        self.highest = math.inf
        """It cannot be dragged beyond."""
        super().__init__(plot, visible=visible)

    @property
    def movable(self) -> bool:
        return self._handle is not None

    def value(self) -> float:
        return self._value

    def set_value(self, value: float) -> None:
        if value != self._value:
            self._value = value
            self.changed()

    def set_pen(self, pen: QPen, hovered: QPen | None = None) -> None:
        self._pen, self._hovered_pen = pen, hovered or pen
        self.changed()

    def set_hovered(self, hovered: bool) -> None:
        if hovered != self._hovered:
            self._hovered = hovered
            self.changed()

    def rects(self, scale: PlotScale) -> list[QRect]:
        x, around = scale.x(self._value), _AROUND_PX + (_HANDLE_PX // 2 if self.movable else 0)
        area = scale.area
        return [QRect(math.floor(x) - around, math.floor(area.top()), 2 * around + 2, math.ceil(area.height()) + 1)]

    def paint(self, painter: QPainter, scale: PlotScale) -> None:
        x, area = scale.x(self._value), scale.area
        pen = self._hovered_pen if self._hovered else self._pen
        painter.setPen(pen)
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if self._handle is not None:
            y, half = area.bottom() - self._handle * area.height(), _HANDLE_PX / 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(pen.color())
            painter.drawPolygon(QPolygonF([QPointF(x - half, y), QPointF(x + half, y), QPointF(x, y + 1.6 * half)]))


class PlotBand(PlotMark):
    """A shaded strip from one value to another; a move repaints the difference alone."""

    def __init__(self, plot: PlotBase) -> None:
        self._low = self._high = 0.0
        self._brush = QBrush()
        super().__init__(plot, visible=False)

    @property
    def ends(self) -> tuple[float, float]:
        return self._low, self._high

    def set_ends(self, low: float, high: float) -> None:
        """In the plot's units."""
        before, self._low, self._high = (self._low, self._high), low, high
        for old, new in zip(before, (low, high), strict=True):
            if old != new:
                self._plot.touch_between(self, old, new)

    def set_brush(self, brush: QBrush) -> None:
        self._brush = brush
        self.changed()

    def rects(self, scale: PlotScale) -> list[QRect]:
        return [self._area(scale).toAlignedRect()]

    def paint(self, painter: QPainter, scale: PlotScale) -> None:
        painter.fillRect(self._area(scale), self._brush)

    def _area(self, scale: PlotScale) -> QRectF:
        low, high = scale.x(self._low), scale.x(self._high)
        return QRectF(low, scale.area.top(), high - low, scale.area.height())


class PlotDot(PlotMark):
    """A round dot of a fixed size on the screen."""

    def __init__(self, plot: PlotBase, size_px: float) -> None:
        self._size_px = size_px
        self._place = QPointF()
        self._pen, self._brush = QPen(), QBrush()
        super().__init__(plot, visible=False)

    def pos(self) -> QPointF:
        """In the plot's units."""
        return self._place

    def set_place(self, place: tuple[float, float] | None) -> None:
        """In the plot's units; None hides it."""
        before = (self._place, self._visible)
        self._visible = place is not None
        self._place = QPointF(*place) if place is not None else self._place
        if (self._place, self._visible) != before:
            self.changed()

    def set_look(self, pen: QPen, brush: QBrush) -> None:
        self._pen, self._brush = pen, brush
        self.changed()

    def rects(self, scale: PlotScale) -> list[QRect]:
        half = self._size_px / 2 + _AROUND_PX
        x, y = scale.x(self._place.x()), scale.y(self._place.y())
        return [QRectF(x - half, y - half, 2 * half, 2 * half).toAlignedRect()]

    def paint(self, painter: QPainter, scale: PlotScale) -> None:
        painter.setPen(self._pen)
        painter.setBrush(self._brush)
        half = self._size_px / 2
        painter.drawEllipse(QPointF(scale.x(self._place.x()), scale.y(self._place.y())), half, half)


class PlotWord(PlotMark):
    """A word beside a place in the plot."""

    def __init__(self, plot: PlotBase, text: str, anchor: tuple[float, float], *, visible: bool = True) -> None:
        """*anchor*: which point of the word, in shares of its size from its upper left, lies at the place."""
        self._text = text
        self._anchor = anchor
        self._place = QPointF()
        self._colour = QColor()
        self._size: tuple[float, float] | None = None
        super().__init__(plot, visible=visible)

    @property
    def text(self) -> str:
        return self._text

    @property
    def width_px(self) -> float:
        return self._measured()[0]

    def pos(self) -> QPointF:
        """In the plot's units."""
        return self._place

    def set_place(self, x: float, y: float) -> None:
        place = QPointF(x, y)
        if place != self._place:
            self._place = place
            self.changed()

    def set_colour(self, colour: QColor) -> None:
        """Of the text; takes the plot's font, too."""
        self._colour, self._size = colour, None
        self.changed()

    def rects(self, scale: PlotScale) -> list[QRect]:
        return [self._area(scale).toAlignedRect()]

    def paint(self, painter: QPainter, scale: PlotScale) -> None:
        painter.setPen(self._colour)
        painter.drawText(self._area(scale), Qt.AlignmentFlag.AlignCenter.value, self._text)

    def _measured(self) -> tuple[float, float]:
        if self._size is None:
            metrics = QFontMetrics(self._plot.font())
            margins = 2 * _WORD_MARGIN_PX
            self._size = metrics.horizontalAdvance(self._text) + margins, metrics.height() + margins
        return self._size

    def _area(self, scale: PlotScale) -> QRectF:
        width, height = self._measured()
        left = scale.x(self._place.x()) - self._anchor[0] * width
        return QRectF(left, scale.y(self._place.y()) - self._anchor[1] * height, width, height)

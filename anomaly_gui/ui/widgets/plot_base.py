"""What all plots share: the palette's colours, plain axes, what stands still painted once, lines to be dragged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from anomaly_gui.ui.widgets.plot_colours import PlotColours, plot_colours
from anomaly_gui.ui.widgets.plot_marks import PlotLine, PlotMark, PlotScale

LEFT_AXIS_PX = 58
"""The same for plots that stand above one another, so that their threshold lines meet."""
_LINE_PX = 6.0
"""A press this near to a line is meant for the line: to take hold of it is not to move it."""
_DRAG_PX = 2.0
"""Less than this the hand only trembled."""


class ShareAxis(pg.AxisItem):
    """An axis from 0 to 1, labelled in per cent."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{100 * value:.0f} %" for value in values]


Drag = Callable[[float], None]
"""Told where on the horizontal axis a line is dragged."""


@dataclass
class _Held:
    """A line that the mouse holds."""

    line: PlotLine
    grip_px: float
    """From the line to where it is held."""
    pressed_px: float
    is_dragged: bool = False


class PlotBase(pg.PlotWidget):
    """A plot without menus. Subclasses make their items in __init__ and colour them in `recolour`.

    Items stand still: they are painted once, into a picture that is copied from then on. What moves is a mark,
    painted over it: a moved line repaints a few pixels of the width, and pyqtgraph takes no part in it.
    """

    def __init__(self, parent: QWidget | None, *, name: str, x_title: str, y_title: str, **axes: pg.AxisItem) -> None:
        self._marks: dict[PlotMark, list[QRect]] = {}
        """In the order they are painted in, with what each covered when it was touched last."""
        self._draggable: dict[PlotLine, tuple[Drag, Callable[[], None]]] = {}
        self._held: _Held | None = None
        self._hovered: PlotLine | None = None
        self._still: QPixmap | None = None
        self._scale: PlotScale | None = None
        super().__init__(parent, axisItems=axes or None)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAntialiasing(True)
        self._titles = {"bottom": x_title, "left": y_title}
        plot = self.getPlotItem()
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.getViewBox().disableAutoRange()
        for side in ("bottom", "left"):
            axis = plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=-4, maxTickLevel=0)
        plot.getAxis("left").setWidth(LEFT_AXIS_PX)
        self.scene().changed.connect(self.drop_still)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 110)

    @property
    def colours(self) -> PlotColours:
        return plot_colours(self.palette())

    def recolour(self) -> None:
        """Take the colours of the palette; called when it changes, too."""
        colours = self.colours
        self.setBackground(colours.background)
        for side, title in self._titles.items():
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(colours.faint)
            axis.setTextPen(colours.text)
            axis.setTickFont(self.font())
            axis.setLabel(title or None, color=colours.text.name())
        self.drop_still()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "_made", False):
            self.recolour()

    def finish(self) -> None:
        """To be called at the end of a subclass's __init__."""
        self._made = True
        self.recolour()

    # Painting

    @Slot()
    def drop_still(self) -> None:
        """Something that stands still has changed: paint it anew."""
        self._still = self._scale = None
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.drop_still()

    def paintEvent(self, event: QPaintEvent) -> None:
        still = self._painted_still()
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, still)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = self.scale_now()
        painter.setClipRect(scale.area)
        region = event.region()
        for mark, covered in self._marks.items():
            if any(map(region.intersects, covered)):
                mark.paint(painter, scale)
        painter.end()

    def _painted_still(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        if self._still is None or self._still.devicePixelRatio() != ratio:
            self.scene().prepareForPaint()
            picture = QPixmap(self.viewport().size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(self.colours.background)
            painter = QPainter(picture)
            painter.setRenderHints(self.renderHints())
            self.render(painter, QRectF(self.viewport().rect()), self.viewport().rect())
            painter.end()
            self._still, self._scale = picture, None
        return self._still

    def scale_now(self) -> PlotScale:
        """Where the plot's units lie on the viewport."""
        if self._scale is None:
            box = self.getPlotItem().getViewBox()
            area = self.mapFromScene(box.sceneBoundingRect()).boundingRect()
            (low, high), (bottom, top) = box.viewRange()
            self._scale = PlotScale(QRectF(area), (low, high), (bottom, top))
            for mark in self._marks:  # Another scale comes with painting all of it: this is where marks are then.
                self._marks[mark] = self._covered(mark)
        return self._scale

    # Marks

    def add_mark(self, mark: PlotMark) -> None:
        """Painted over those added before."""
        self._marks[mark] = []

    def remove_mark(self, mark: PlotMark) -> None:
        for rect in self._marks.pop(mark):
            self.viewport().update(rect)

    def touch(self, mark: PlotMark) -> None:
        """Repaint where a mark was and where it is now."""
        viewport = self.viewport()
        for rect in self._marks[mark]:
            viewport.update(rect)
        self._marks[mark] = self._covered(mark)
        for rect in self._marks[mark]:
            viewport.update(rect)

    def _covered(self, mark: PlotMark) -> list[QRect]:
        return mark.rects(self.scale_now()) if mark.isVisible() else []

    def touch_between(self, mark: PlotMark, one: float, other: float) -> None:
        """Repaint what lies between two values on the horizontal axis: elsewhere the mark looks as before."""
        scale = self.scale_now()
        self._marks[mark] = self._covered(mark)
        low, high = sorted((scale.x(one), scale.x(other)))
        self.viewport().update(QRectF(low - 1, scale.area.top(), high - low + 2, scale.area.height()).toAlignedRect())

    # The mouse on lines

    def let_drag(self, line: PlotLine, drag: Drag, let_go: Callable[[], None]) -> None:
        """Call *drag* for each move of the mouse that holds *line*, and *let_go* at the end."""
        self._draggable[line] = (drag, let_go)

    def _line_at(self, place: QPointF) -> PlotLine | None:
        """The one nearest to the mouse, and of two the one on top."""
        scale = self.scale_now()
        if not scale.area.contains(place):
            return None
        apart = [(abs(scale.x(line.value()) - place.x()), line) for line in self._draggable if line.isVisible()]
        near = [(distance, line) for distance, line in reversed(apart) if distance <= _LINE_PX]
        return min(near, key=lambda each: each[0])[1] if near else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        line = self._line_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else None
        if line is None:
            super().mousePressEvent(event)
            return
        x = event.position().x()
        self._held = _Held(line, x - self.scale_now().x(line.value()), x)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        held = self._held
        if held is None:
            self._hover(self._line_at(event.position()))
            super().mouseMoveEvent(event)
            return
        x = event.position().x()
        held.is_dragged = held.is_dragged or abs(x - held.pressed_px) >= _DRAG_PX
        if held.is_dragged:
            drag, _ = self._draggable[held.line]
            drag(self.scale_now().value_at(x - held.grip_px))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held = self._held
        if held is None or event.button() != Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
            return
        self._held = None
        if held.is_dragged:
            _, let_go = self._draggable[held.line]
            let_go()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def _hover(self, line: PlotLine | None) -> None:
        if line is self._hovered:
            return
        for each, hovered in ((self._hovered, False), (line, True)):
            if each is not None:
                each.set_hovered(hovered)
        self._hovered = line
        if line is None:
            self.viewport().unsetCursor()
        else:
            self.viewport().setCursor(Qt.CursorShape.SizeHorCursor)


def curve_pen(colour: QColor, width: float = 2.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    made: QPen = pg.mkPen(colour, width=width, style=style)
    return made


def faded(colour: QColor, alpha: int) -> QBrush:
    """*colour* as a brush, *alpha* in 0…255."""
    light = QColor(colour)
    light.setAlpha(alpha)
    return QBrush(light)


def thinned(x: np.ndarray, y: np.ndarray, steps: int = 1500) -> tuple[np.ndarray, np.ndarray]:
    """A curve in the unit square without the points that no screen could tell apart."""
    if len(x) < 2:
        return x, y
    cells = np.stack((np.rint(x * steps), np.rint(y * steps)))
    keep = np.ones(len(x), bool)
    keep[1:-1] = (cells[:, 1:-1] != cells[:, :-2]).any(axis=0)
    return x[keep], y[keep]

"""Marks say what they cover: what lies outside is not repainted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.plot_base import PlotBase
from anomaly_gui.ui.widgets.plot_marks import PlotBand, PlotDot, PlotLine, PlotMark, PlotScale, PlotWord

RED = QColor(255, 0, 0)
SCALE = PlotScale(QRectF(20, 10, 200, 100), (0.0, 2.0), (0.0, 1.0))


@pytest.fixture
def plot(qtbot: QtBot) -> PlotBase:
    widget = PlotBase(None, name="Plot", x_title="", y_title="")
    qtbot.addWidget(widget)
    return widget


def line(plot: PlotBase) -> PlotMark:
    made = PlotLine(plot, handle=0.9)
    made.set_pen(QPen(RED, 2), QPen(RED, 4))
    made.set_hovered(True)
    made.set_value(0.7)
    return made


def dot(plot: PlotBase) -> PlotMark:
    made = PlotDot(plot, 13)
    made.set_look(QPen(RED, 2), QBrush(RED))
    made.set_place((0.3, 0.4))
    return made


def word(plot: PlotBase) -> PlotMark:
    made = PlotWord(plot, "▸ called defective", (-0.06, 0))
    made.set_colour(RED)
    made.set_place(0.5, 0.9)
    return made


def band(plot: PlotBase) -> PlotMark:
    made = PlotBand(plot)
    made.set_brush(QBrush(RED))
    made.set_ends(0.4, 1.6)
    made.set_visible(True)
    return made


@pytest.mark.parametrize("make", [line, dot, word, band])
def test_a_mark_paints_inside_what_it_says_it_covers(plot: PlotBase, make: Callable[[PlotBase], PlotMark]) -> None:
    mark = make(plot)
    picture = QImage(260, 140, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(SCALE.area)  # As the plot does.
    mark.paint(painter, SCALE)
    painter.end()
    white = QColor(Qt.GlobalColor.white).rgb()
    painted = [QPoint(x, y) for x in range(260) for y in range(140) if picture.pixel(x, y) != white]
    assert painted
    assert all(any(rect.contains(point) for rect in mark.rects(SCALE)) for point in painted)


def test_a_scale_leads_there_and_back() -> None:
    assert SCALE.x(1.0) == 120
    assert SCALE.y(0.25) == 85
    assert SCALE.value_at(SCALE.x(0.37)) == pytest.approx(0.37)
    assert SCALE.x(1e30) < 1e6, "painting has an end"


def test_a_dot_without_a_place_is_not_seen(plot: PlotBase) -> None:
    mark = PlotDot(plot, 10)
    assert not mark.isVisible()
    mark.set_place((1.0, 0.5))
    assert mark.isVisible()
    mark.set_place(None)
    assert not mark.isVisible()

"""A click on a plot is neither a drag, nor a double click, nor a press on a line."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.score_histogram import ScoreHistogram
from tests.ui.widgets.mouse import drag, press, release, send
from tests.ui.widgets.test_score_histogram import bins, place_of


@pytest.fixture
def plot(qtbot: QtBot) -> ScoreHistogram:
    widget = ScoreHistogram()
    qtbot.addWidget(widget)
    widget.resize(700, 300)
    widget.set_bins(bins())
    widget.set_threshold(6.0)
    widget.show()
    qtbot.waitExposed(widget)
    QApplication.processEvents()
    return widget


def clicked(plot: ScoreHistogram) -> list[float]:
    told: list[float] = []
    plot.score_clicked.connect(told.append)
    return told


def click(plot: ScoreHistogram, at: QPointF) -> None:
    QTest.qWait(12)
    press(plot.viewport(), at)
    release(plot.viewport(), at)


def test_a_click_tells_the_score_at_once(plot: ScoreHistogram) -> None:
    told = clicked(plot)
    click(plot, place_of(plot, 3.0))
    assert told == [pytest.approx(3.0, abs=0.05)]


def test_a_press_on_the_line_a_drag_and_the_axis_are_no_clicks(plot: ScoreHistogram) -> None:
    told = clicked(plot)
    click(plot, place_of(plot, 6.0) + QPointF(2, 0))
    drag(plot.viewport(), place_of(plot, 3.0), place_of(plot, 4.0))
    click(plot, QPointF(5, 100))
    assert told == []


def test_two_clicks_on_a_zoomed_plot_show_all_and_set_no_threshold(plot: ScoreHistogram, qtbot: QtBot) -> None:
    box = plot.getPlotItem().getViewBox()
    box.setXRange(2.0, 5.0, padding=0)
    told = clicked(plot)
    at = place_of(plot, 3.0)
    click(plot, at)
    send(plot.viewport(), QEvent.Type.MouseButtonDblClick, at, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton)
    release(plot.viewport(), at)
    assert box.viewRange()[0][1] > 9
    QTest.qWait(QApplication.doubleClickInterval() + 50)
    assert told == []


def test_one_click_on_a_zoomed_plot_sets_the_threshold_a_moment_later(plot: ScoreHistogram, qtbot: QtBot) -> None:
    plot.getPlotItem().getViewBox().setXRange(2.0, 5.0, padding=0)
    told = clicked(plot)
    click(plot, place_of(plot, 3.0))
    qtbot.waitUntil(lambda: len(told) == 1)

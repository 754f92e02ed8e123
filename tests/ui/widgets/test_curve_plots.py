"""Rates over the threshold, and the ROC curve."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.curve_plots import GRID_POINTS, OverlapPlot, PrecisionRecallPlot, RatePlot, RocPlot
from anomaly_gui.ui.widgets.plot_base import thinned
from tests.ui.widgets.mouse import drag
from tests.ui.widgets.test_score_histogram import place_of

Curve = NDArray[np.float64]


class Rates:
    """Straight lines, and a note of what was asked for."""

    def __init__(self) -> None:
        self.asked: list[Curve] = []

    def __call__(self, thresholds: Curve) -> tuple[Curve, Curve, Curve]:
        self.asked.append(thresholds)
        undefined = np.where(thresholds > 8, np.nan, thresholds / 10)
        return undefined, 1 - thresholds / 10, np.full(len(thresholds), 0.5)


@pytest.fixture
def rates(qtbot: QtBot) -> tuple[RatePlot, Rates]:
    plot, source = RatePlot(), Rates()
    qtbot.addWidget(plot)
    plot.resize(500, 250)
    plot.getPlotItem().getViewBox().setXRange(0, 10, padding=0)
    plot.set_source(source)
    plot.set_threshold(5.0)
    plot.show()
    qtbot.waitExposed(plot)
    QApplication.processEvents()
    return plot, source


def test_the_line_on_the_rates_can_be_dragged_too(rates: tuple[RatePlot, Rates]) -> None:
    plot, _ = rates
    ends: list[float] = []
    plot.threshold_chosen.connect(ends.append)
    drag(plot.viewport(), place_of(plot, 5.0), place_of(plot, 3.0))
    assert ends == [pytest.approx(3.0, abs=0.1)]


def test_curves_are_asked_for_as_finely_as_the_screen_shows_at_each_zoom(
    rates: tuple[RatePlot, Rates],
) -> None:
    plot, source = rates
    plot.getPlotItem().getViewBox().setXRange(2.0, 2.1, padding=0)
    QApplication.processEvents()
    assert len(source.asked[-1]) == GRID_POINTS
    assert source.asked[-1][[0, -1]] == pytest.approx([2.0, 2.1])
    assert plot.recall.getData()[1][0] == pytest.approx(0.8)


def test_moving_the_threshold_asks_for_no_curve(rates: tuple[RatePlot, Rates]) -> None:
    plot, source = rates
    asked = len(source.asked)
    for value in np.linspace(1, 9, 20):
        plot.set_threshold(float(value))
        QApplication.processEvents()
    assert len(source.asked) == asked


def test_an_undefined_precision_leaves_a_gap(rates: tuple[RatePlot, Rates]) -> None:
    plot, _ = rates
    x, y = plot.precision.getData()
    assert np.isnan(y[x > 8]).all()
    path = plot.precision.getPath()
    assert path.boundingRect().right() <= 8.02


@pytest.fixture
def roc(qtbot: QtBot) -> RocPlot:
    plot = RocPlot()
    qtbot.addWidget(plot)
    plot.resize(300, 300)
    plot.set_curve(np.array([0.0, 0.0, 0.2, 1.0]), np.array([0.0, 0.5, 0.9, 1.0]))
    plot.show()
    qtbot.waitExposed(plot)
    return plot


def test_the_operating_point_stands_on_the_curve(roc: RocPlot) -> None:
    roc.set_point((0.2, 0.9))
    assert roc.point.isVisible()
    assert (roc.point.pos().x(), roc.point.pos().y()) == pytest.approx((0.2, 0.9))


def test_without_one_class_there_is_no_point_and_no_curve(roc: RocPlot) -> None:
    roc.set_point((0.2, 0.9))
    roc.set_point(None)
    roc.set_curve(np.empty(0), np.empty(0))
    assert not roc.point.isVisible()
    assert len(roc.curve.getData()[0]) == 0
    QApplication.processEvents()


def test_thinning_keeps_both_ends_and_every_step_that_can_be_seen() -> None:
    x = np.linspace(0, 1, 200_001)
    y = np.floor(x * 10) / 10
    thin_x, thin_y = thinned(x, y)
    assert len(thin_x) < 4000
    assert (thin_x[0], thin_x[-1]) == (0.0, 1.0)
    assert set(np.round(thin_y, 3)) == set(np.round(y, 3))


@pytest.fixture
def precision_recall(qtbot: QtBot) -> PrecisionRecallPlot:
    plot = PrecisionRecallPlot()
    qtbot.addWidget(plot)
    plot.resize(300, 300)
    plot.set_curve(np.array([0.5, 0.5, 1.0]), np.array([1.0, 0.8, 0.4]), 0.4)
    plot.show()
    qtbot.waitExposed(plot)
    return plot


def test_the_point_stands_on_the_precision_recall_curve_above_that_of_guessing(
    precision_recall: PrecisionRecallPlot,
) -> None:
    precision_recall.set_point((0.5, 0.8))
    assert precision_recall.point.isVisible()
    assert (precision_recall.point.pos().x(), precision_recall.point.pos().y()) == pytest.approx((0.5, 0.8))
    assert precision_recall.chance.getData()[1].tolist() == [0.4, 0.4]
    assert precision_recall.note == ""


def test_where_nothing_is_called_defective_the_missing_point_is_explained(
    precision_recall: PrecisionRecallPlot,
) -> None:
    precision_recall.set_point(None)
    assert not precision_recall.point.isVisible()
    assert "nothing is" in precision_recall.note
    precision_recall.set_point((0.5, 0.8))
    assert precision_recall.note == ""


def test_without_one_class_the_missing_curve_is_explained(precision_recall: PrecisionRecallPlot) -> None:
    precision_recall.set_curve(np.empty(0), np.empty(0), None)
    precision_recall.set_point(None)
    assert precision_recall.note.startswith("n/a")
    assert not precision_recall.chance.isVisible()


def test_the_overlap_curve_is_drawn_to_its_limit_and_says_where_there_is_none(qtbot: QtBot) -> None:
    plot = OverlapPlot(0.3)
    qtbot.addWidget(plot)
    rates = np.linspace(0, 1, 101)
    plot.set_curve(rates, np.sqrt(rates))
    assert 0.3 < plot.curve.getData()[0].max() <= 0.45
    low, high = plot.getPlotItem().getViewBox().viewRange()[0]
    assert low < 0 < 0.3 < high < 0.32
    plot.set_point((0.25, 0.5))
    assert plot.point.isVisible()
    plot.set_curve(np.empty(0), np.empty(0))
    assert "no defect" in plot.note

"""The histogram stands still while its threshold line is dragged."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.score_bins import ScoreBins, bin_scores
from anomaly_gui.ui.widgets.score_histogram import CountAxis, ScoreHistogram
from tests.ui.widgets.mouse import drag, drag_to, press, release


def bins() -> ScoreBins:
    scores = np.concatenate([np.linspace(0, 4, 400), np.linspace(3, 10, 100)]).astype(np.float32)
    return bin_scores(scores, np.arange(500) >= 400)


@pytest.fixture
def histogram(qtbot: QtBot) -> ScoreHistogram:
    widget = ScoreHistogram()
    qtbot.addWidget(widget)
    widget.resize(600, 300)
    widget.set_bins(bins())
    widget.set_threshold(5.0)
    widget.show()
    qtbot.waitExposed(widget)
    QApplication.processEvents()
    return widget


def place_of(plot: pg.PlotWidget, score: float) -> QPointF:
    """Where a score lies in the plot's viewport, half way up."""
    box = plot.getPlotItem().getViewBox()
    middle = sum(box.viewRange()[1]) / 2
    return QPointF(plot.mapFromScene(box.mapViewToScene(QPointF(score, middle))))


def test_dragging_the_line_tells_every_move_and_its_end_once(histogram: ScoreHistogram) -> None:
    moves: list[float] = []
    ends: list[float] = []
    histogram.threshold_dragged.connect(moves.append)
    histogram.threshold_chosen.connect(ends.append)
    drag(histogram.viewport(), place_of(histogram, 5.0), place_of(histogram, 7.0))
    assert len(moves) > 3
    assert ends == [pytest.approx(7.0, abs=0.1)]
    assert histogram.threshold.value() == pytest.approx(7.0, abs=0.1)


def test_setting_the_threshold_announces_nothing_even_after_a_drag(histogram: ScoreHistogram, qtbot: QtBot) -> None:
    drag(histogram.viewport(), place_of(histogram, 5.0), place_of(histogram, 6.0))
    with qtbot.assertNotEmitted(histogram.threshold_chosen), qtbot.assertNotEmitted(histogram.threshold_dragged):
        histogram.set_threshold(2.0)
    assert histogram.threshold.value() == 2.0


def test_the_line_can_be_set_elsewhere_while_it_is_dragged_and_the_drag_goes_on(
    histogram: ScoreHistogram,
) -> None:
    start = place_of(histogram, 5.0)
    press(histogram.viewport(), start)
    drag_to(histogram.viewport(), place_of(histogram, 6.0))
    histogram.set_threshold(6.0)
    drag_to(histogram.viewport(), place_of(histogram, 8.0))
    release(histogram.viewport(), place_of(histogram, 8.0))
    assert histogram.threshold.value() == pytest.approx(8.0, abs=0.1)


def test_good_and_defective_images_are_drawn_in_their_colours(histogram: ScoreHistogram) -> None:
    image = histogram.grab().toImage()
    good, defective = histogram.colours.good, histogram.colours.defective
    pixels = {image.pixelColor(x, y).rgb() for x in range(0, 600, 2) for y in range(0, 300, 2)}

    def near(colour: QColor) -> bool:
        return any(abs(QColor(p).red() - colour.red()) + abs(QColor(p).blue() - colour.blue()) < 40 for p in pixels)

    assert near(good)
    assert near(defective)


def test_log_counts_make_a_single_image_visible_beside_hundreds(histogram: ScoreHistogram) -> None:
    _, plain = histogram.defective.getData()
    assert plain.tolist() == bins().defective.tolist()
    highest = histogram.getPlotItem().getViewBox().viewRange()[1][1]
    share = plain[plain > 0].min() / highest
    histogram.set_logarithmic(True)
    _, logarithmic = histogram.defective.getData()
    highest = histogram.getPlotItem().getViewBox().viewRange()[1][1]
    assert logarithmic[logarithmic > 0].min() / highest > 1.5 * share
    assert (logarithmic[plain == 0] == 0).all()


def test_the_axis_counts_whole_images() -> None:
    axis = CountAxis()
    (_, ticks), *_ = axis.tickValues(0.0, 23.0, 300.0)
    assert all(value == int(value) for value in ticks)
    assert axis.tickStrings(ticks, 1.0, 5.0)[:2] == ["0", "5"]
    axis.logarithmic = True
    (_, ticks), *_ = axis.tickValues(0.0, 3.0, 300.0)
    assert axis.tickStrings(ticks, 1.0, None)[:3] == ["0", "1", "2"]
    assert "1,000" not in axis.tickStrings(ticks, 1.0, None) or len(ticks) < 20


def test_all_scores_come_back_after_zooming(histogram: ScoreHistogram) -> None:
    box = histogram.getPlotItem().getViewBox()
    box.setXRange(4.0, 5.0, padding=0)
    histogram.show_all()
    assert box.viewRange()[0] == pytest.approx([bins().low, bins().high])


def test_the_overlap_is_looked_at_from_the_lowest_defect_to_the_highest_good_image(histogram: ScoreHistogram) -> None:
    histogram.show_overlap()
    low, high = histogram.getPlotItem().getViewBox().viewRange()[0]
    assert (low, high) == (pytest.approx(3.0, abs=0.2), pytest.approx(4.0, abs=0.3))
    histogram.show_all()
    assert histogram.getPlotItem().getViewBox().viewRange()[0][1] > 9


def test_what_is_not_drawn_is_written_on_the_plot(histogram: ScoreHistogram) -> None:
    histogram.set_bins(bin_scores(np.array([1, 2, np.nan], np.float32), np.array([False, True, True])))
    assert "1 without a finite score" in histogram._note.toPlainText()


def test_colours_follow_the_palette_into_the_dark(histogram: ScoreHistogram) -> None:
    light = histogram.grab().toImage().pixelColor(300, 100)
    palette = QPalette(histogram.palette())
    palette.setColor(QPalette.ColorRole.Base, QColor(30, 30, 30))
    palette.setColor(QPalette.ColorRole.Text, QColor(240, 240, 240))
    histogram.setPalette(palette)
    QApplication.processEvents()
    dark = histogram.grab().toImage().pixelColor(590, 5)
    assert light.lightness() > 128
    assert dark.lightness() < 60


def test_painting_two_hundred_times_gives_no_references_away(histogram: ScoreHistogram) -> None:
    import sys

    histogram.viewport().repaint()
    before = sys.getrefcount(None)
    for _ in range(200):
        histogram.viewport().repaint()
    assert sys.getrefcount(None) > before - 200, "this PySide6 loses references to None: see findings"

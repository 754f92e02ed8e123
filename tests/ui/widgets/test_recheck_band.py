"""A second line below the threshold."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.score_histogram import ScoreHistogram
from tests.ui.widgets.mouse import drag
from tests.ui.widgets.test_score_histogram import bins, place_of


@pytest.fixture
def histogram(qtbot: QtBot) -> ScoreHistogram:
    widget = ScoreHistogram()
    qtbot.addWidget(widget)
    widget.resize(700, 300)
    widget.set_bins(bins())
    widget.set_threshold(6.0)
    widget.show()
    qtbot.waitExposed(widget)
    QApplication.processEvents()
    return widget


def test_without_a_line_nothing_of_it_is_seen(histogram: ScoreHistogram) -> None:
    assert histogram.recheck.value() is None
    assert not histogram.recheck.line.isVisible()
    histogram.set_recheck(4.0)
    assert histogram.recheck.value() == 4.0
    histogram.set_recheck(None)
    assert not histogram.recheck.area.isVisible()


def test_the_area_lies_between_the_lines(histogram: ScoreHistogram) -> None:
    histogram.set_recheck(4.0)
    assert histogram.recheck.area.ends == pytest.approx((4.0, 6.0))


def test_dragging_the_line_moves_it_alone_and_stops_below_the_threshold(
    histogram: ScoreHistogram, qtbot: QtBot
) -> None:
    histogram.set_recheck(4.0)
    ends: list[float] = []
    histogram.recheck_chosen.connect(ends.append)
    with qtbot.assertNotEmitted(histogram.threshold_dragged), qtbot.assertNotEmitted(histogram.score_clicked):
        drag(histogram.viewport(), place_of(histogram, 4.0), place_of(histogram, 3.0))
        drag(histogram.viewport(), place_of(histogram, 3.0), place_of(histogram, 8.0))
    assert ends[0] == pytest.approx(3.0, abs=0.1)
    assert ends[1] == pytest.approx(6.0, abs=1e-6)
    assert ends[1] < 6.0


def test_setting_the_line_announces_nothing(histogram: ScoreHistogram, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(histogram.recheck_dragged), qtbot.assertNotEmitted(histogram.recheck_chosen):
        histogram.set_recheck(4.0)
        histogram.set_threshold(3.0)
        histogram.set_recheck(2.0)
        histogram.set_threshold(9.0)
        histogram.set_recheck(8.0)
    assert histogram.recheck.value() == 8.0


def test_the_words_say_which_of_three_answers_lies_where(histogram: ScoreHistogram) -> None:
    assert not histogram.recheck_word.isVisible()
    histogram.set_recheck(3.0)
    assert histogram.recheck_word.isVisible()
    assert histogram.called_good.pos().x() == 3.0
    assert histogram.called_defective.pos().x() == 6.0

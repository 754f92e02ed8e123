"""Three answers by label."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.figures_panel import FiguresPanel
from anomaly_gui.ui.widgets.shown_figures import ShownBand, ShownFigures

BAND = ShownBand(10, 3, 2, 5, 40, 1234, "To be rechecked: much.")


def test_the_three_answers_take_the_place_of_the_two_and_move_nothing(qtbot: QtBot) -> None:
    panel = FiguresPanel()
    qtbot.addWidget(panel)
    panel.set_figures(ShownFigures(10, 5, 5, 1274, ()))
    panel.show()
    qtbot.waitExposed(panel)
    height = panel.sizeHint().height()
    assert not panel.band.isVisible()
    panel.set_figures(ShownFigures(10, 5, 5, 1274, (), BAND))
    assert panel.band.isVisible()
    assert panel.sizeHint().height() == height
    texts = {name: label.text() for name, label in panel.band.counts.items()}
    assert texts == {
        "missed": "2",
        "rechecked_defects": "3",
        "found": "10",
        "passed": "1,234",
        "rechecked_good": "40",
        "alarms": "5",
    }
    assert panel.band.sentence.text() == BAND.sentence
    panel.set_figures(ShownFigures(10, 5, 5, 1274, ()))
    assert not panel.band.isVisible()

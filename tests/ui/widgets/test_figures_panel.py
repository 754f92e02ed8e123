"""Figures change in place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.figures_panel import FiguresPanel
from anomaly_gui.ui.widgets.live_label import NumberLabel
from anomaly_gui.ui.widgets.shown_figures import Rate, ShownFigures


def figures(found: int, recall: float | None) -> ShownFigures:
    interval = None if recall is None else (max(0.0, recall - 0.1), min(1.0, recall + 0.1))
    return ShownFigures(found, 4, 1234, 0, (Rate("recall", "Recall", "Share found", recall, interval),))


class _Layouts(QObject):
    """Counts requests for a new layout."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.count = 0
        for widget in (watched, *watched.findChildren(QWidget)):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def panel(qtbot: QtBot) -> FiguresPanel:
    widget = FiguresPanel()
    qtbot.addWidget(widget)
    widget.set_figures(figures(10, 0.5))
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_counts_and_rates_are_written_with_their_interval(panel: FiguresPanel) -> None:
    assert panel.figure("found") == "10"
    assert panel.figure("false_alarms") == "1,234"
    assert panel.figure("recall") == "50 %"
    assert panel.intervals["recall"].text().replace("\u2007", "") == "40 – 60 %"


def test_an_undefined_rate_says_so_and_has_no_interval(panel: FiguresPanel) -> None:
    panel.set_figures(figures(10, None))
    assert panel.figure("recall") == "n/a"
    assert panel.intervals["recall"].text() == ""


def test_other_figures_move_nothing(panel: FiguresPanel) -> None:
    QApplication.processEvents()
    places = [w.geometry() for w in panel.findChildren(NumberLabel)]
    layouts = _Layouts(panel)
    for found, recall in ((0, 0.0), (123456, 1.0), (5, None)):
        panel.set_figures(figures(found, recall))
        QApplication.processEvents()
    assert layouts.count == 0
    assert [w.geometry() for w in panel.findChildren(NumberLabel)] == places


def test_every_text_has_room(panel: FiguresPanel) -> None:
    panel.set_figures(ShownFigures(999999, 0, 0, 0, (Rate("recall", "Recall", "", 1.0, (0.999, 1.0)),)))
    for label in panel.findChildren(NumberLabel):
        assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()

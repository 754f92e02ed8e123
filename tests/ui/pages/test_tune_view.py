"""Many views of one threshold."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.evaluation.confusion import Confusion
from anomaly_gui.jobs.evaluate import ScoredImages
from anomaly_gui.project.records import Threshold
from anomaly_gui.ui.pages.tune_rules import Live, note_on_rule
from anomaly_gui.ui.pages.tune_state import TuneState
from anomaly_gui.ui.pages.tune_view import TuneView
from anomaly_gui.ui.theme import apply_scheme
from anomaly_gui.ui.widgets.plot_colours import plot_colours


@pytest.fixture
def state() -> TuneState:
    rng = np.random.default_rng(3)
    scores = np.concatenate([rng.normal(2, 1, 300), rng.normal(4, 1, 200)]).astype(np.float32)
    return TuneState(
        ScoredImages(np.arange(500), scores, np.arange(500) >= 300, scores[:50]), Threshold(3.0, "best-f1")
    )


@pytest.fixture
def view(qtbot: QtBot, state: TuneState) -> TuneView:
    widget = TuneView()
    qtbot.addWidget(widget)
    widget.resize(1266, 620)
    widget.set_state(state)
    widget.show()
    qtbot.waitExposed(widget)
    QApplication.processEvents()
    return widget


def test_a_move_is_seen_everywhere_and_announced_by_no_one(view: TuneView, state: TuneState, qtbot: QtBot) -> None:
    before = view.figures.figure("found")
    state.move_to(1.5)
    with qtbot.assertNotEmitted(view.threshold_dragged), qtbot.assertNotEmitted(view.threshold_chosen):
        view.show_threshold(state)
    assert view.histogram.threshold.value() == view.rates.threshold.value() == 1.5
    assert view.control.number.value() == 1.5
    assert view.figures.figure("found") != before
    place = state.operating_point(1.5)
    assert place is not None
    assert (view.curves.roc.point.pos().x(), view.curves.roc.point.pos().y()) == pytest.approx(place)
    assert view.histogram.threshold.before.value() == 3.0


def test_legends_follow_the_colour_scheme(view: TuneView) -> None:
    light = view.rates_legend.text()
    apply_scheme("dark")
    QApplication.processEvents()
    assert view.rates_legend.text() != light
    assert plot_colours(view.palette()).f1.name() in view.rates_legend.text()


def test_a_grave_remark_can_be_read_after_the_colour_scheme_changed(view: TuneView, state: TuneState) -> None:
    state.move_to(0.0)
    view.show_threshold(state)
    apply_scheme("dark")
    QApplication.processEvents()
    image = view.remark.grab().toImage()
    assert max(image.pixelColor(x, y).lightness() for x in range(200) for y in range(image.height())) > 150


def test_histogram_and_rates_share_their_axis(view: TuneView) -> None:
    view.histogram.getPlotItem().getViewBox().setXRange(2.0, 3.0, padding=0)
    QApplication.processEvents()
    assert view.rates.getPlotItem().getViewBox().viewRange()[0] == pytest.approx([2.0, 3.0], abs=0.02)


def test_the_lines_of_both_plots_stand_above_one_another(view: TuneView) -> None:
    def x_of(plot: object) -> float:
        box = plot.getPlotItem().getViewBox()  # type: ignore[attr-defined]
        scene = box.mapViewToScene(box.mapFromScene(box.mapToScene(0, 0)).__class__(3.0, 0.5))
        return plot.mapTo(view, plot.mapFromScene(scene)).x()  # type: ignore[attr-defined]

    assert abs(x_of(view.histogram) - x_of(view.rates)) <= 1


def fill(view: TuneView, state: TuneState, curve: str) -> None:
    """Show all there is: the recheck band, three pins, one of the curves."""
    state.move_recheck_to(2.5)
    view.curves.show_view(curve)
    view.show_pins({"A": 2.0, "B": 3.0, "C": 4.0}, None, state)
    view.show_threshold(state)
    QApplication.processEvents()


@pytest.mark.parametrize("curve", ["roc", "precision-recall", "types"])
def test_moving_the_threshold_moves_no_widget(view: TuneView, state: TuneState, curve: str) -> None:
    fill(view, state, curve)
    places = {id(w): w.geometry() for w in view.findChildren(QWidget)}
    for value in (0.1, 2.2, 7.9):
        state.move_to(value)
        view.show_threshold(state)
        QApplication.processEvents()
    assert {id(w): w.geometry() for w in view.findChildren(QWidget)} == places


@pytest.mark.parametrize("curve", ["roc", "types"])
def test_everything_fits_into_the_smallest_window(view: TuneView, state: TuneState, curve: str) -> None:
    fill(view, state, curve)
    hint = view.minimumSizeHint()
    assert hint.width() <= 1180 - 76 - 24
    assert hint.height() <= 560


def test_the_longest_note_on_a_rule_has_room(view: TuneView) -> None:
    saved = Threshold(12345.678, "good-guarantee", 0.05)
    good = np.zeros(200, np.float32)
    live = Live(saved.value, Confusion(tp=9, fp=10, fn=1, tn=90), has_recheck=True)
    text = note_on_rule(saved, live, good, followed_from=12345.123, decimals=3)
    label = view.rule_note
    wrap = int(Qt.TextFlag.TextWordWrap)
    needed = QFontMetrics(label.font()).boundingRect(QRect(0, 0, label.width(), 1000), wrap, text)
    assert needed.height() <= label.height()

"""Three views of the threshold in one place."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from anomaly_gui.jobs.evaluate import ScoredImages
from anomaly_gui.project.records import Threshold
from anomaly_gui.ui.pages.tune_curves import PRECISION_RECALL, ROC, TYPES, CurvesColumn
from anomaly_gui.ui.pages.tune_state import TuneState
from tests.ui.pages.test_tune_state import scored, usual


@pytest.fixture
def column(qtbot: QtBot) -> CurvesColumn:
    widget = CurvesColumn()
    qtbot.addWidget(widget)
    widget.resize(300, 560)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def show(column: CurvesColumn, state: TuneState) -> None:
    column.set_state(state)
    column.show_threshold(state)
    QApplication.processEvents()


def test_a_view_that_was_hidden_shows_the_present_threshold_when_it_is_looked_at(
    column: CurvesColumn, qtbot: QtBot
) -> None:
    state = usual()
    show(column, state)
    state.move_to(2.1)
    column.show_threshold(state)
    qtbot.mouseClick(column.choice.button(PRECISION_RECALL), Qt.MouseButton.LeftButton)
    place = column.precision_recall.point.pos()
    assert (place.x(), place.y()) == pytest.approx((0.75, 0.6))
    qtbot.mouseClick(column.choice.button(TYPES), Qt.MouseButton.LeftButton)
    assert [(bar.found, bar.count) for bar in column.bars.bars] == [(3, 4)]


def test_each_view_says_what_its_figure_is(column: CurvesColumn) -> None:
    show(column, TuneState(scored([1.0, 2.0], [3.0, 4.0]), Threshold(2.5)))
    assert column.title.text() == "Area under the curve: 1.00 (0.39 – 1.00)"
    column.show_view(PRECISION_RECALL)
    assert column.title.text() == "Average precision: 1.00"


@pytest.mark.parametrize("state", [TuneState(scored([1.0], []), None), TuneState(scored([], [math.nan]), None)])
def test_with_one_class_no_figure_and_no_curve_is_invented(column: CurvesColumn, state: TuneState) -> None:
    show(column, state)
    for view, plot in ((ROC, column.roc), (PRECISION_RECALL, column.precision_recall)):
        column.show_view(view)
        assert column.title.text().endswith(": n/a")
        assert plot.note.startswith("n/a")
        assert not plot.point.isVisible()


def test_a_name_that_is_no_view_changes_nothing(column: CurvesColumn) -> None:
    column.show_view(TYPES)
    column.show_view("from another version")
    assert column.choice.current == TYPES


def test_many_types_scroll_and_take_no_room_from_the_images(column: CurvesColumn) -> None:
    column.show_view(TYPES)
    images = scored([1.0], [2.0] * 40)
    types = ("", *(f"type {n}" for n in range(40)))
    height = column.flips.height()
    show(column, TuneState(ScoredImages(images.ids, images.scores, images.defective, images.good_scores, types), None))
    area = column.findChild(QScrollArea)
    assert area is not None
    assert area.verticalScrollBar().maximum() > 0
    assert column.flips.height() == height

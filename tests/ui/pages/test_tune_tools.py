"""Recheck line, clicks on curves, defect types and pins: driven with mouse and keys on a real project."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.jobs.rescoring import change_scoring
from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.ui.widgets.curve_plots import PointPlot
from tests.ui.pages.scored_project import scored_project
from tests.ui.pages.test_tune import Open, Tuning, open_page, tuning
from tests.ui.widgets.mouse import drag, drag_to, press, release
from tests.ui.widgets.test_score_histogram import place_of

__all__ = ["open_page", "tuning"]
LEFT = Qt.MouseButton.LeftButton


def click_score(tuning: Tuning, score: float) -> None:
    histogram = tuning.page.view.histogram
    QTest.qWait(12)
    press(histogram.viewport(), place_of(histogram, score))
    release(histogram.viewport(), place_of(histogram, score))


def click_point(plot: PointPlot, x: float, y: float) -> None:
    box = plot.getPlotItem().getViewBox()
    at = QPointF(plot.mapFromScene(box.mapViewToScene(QPointF(x, y))))
    QTest.qWait(12)
    press(plot.viewport(), at)
    release(plot.viewport(), at)


def with_band(tuning: Tuning, recheck: float = 2.1) -> None:
    saved = Threshold(3.2, "best-f1", recheck=recheck)
    tuning.session.apply(lambda project: project.set_threshold(1, saved))


# The recheck line


def test_the_box_switches_the_band_on_and_off_and_each_is_one_undo(tuning: Tuning, qtbot: QtBot) -> None:
    view = tuning.page.view
    view.control.has_recheck.click()
    assert tuning.saved.recheck is not None
    assert tuning.saved.recheck < 3.2
    assert (tuning.saved.value, tuning.saved.rule) == (3.2, "best-f1")
    assert view.histogram.recheck.value() == view.rates.recheck.value() == tuning.saved.recheck
    assert view.figures.band.isVisible()
    view.control.has_recheck.click()
    assert tuning.saved == Threshold(3.2, "best-f1")
    assert view.histogram.recheck.value() is None
    tuning.session.undo()
    assert tuning.saved.recheck is not None
    assert view.control.has_recheck.isChecked()
    tuning.session.undo()
    assert tuning.saved == Threshold(3.2, "best-f1")
    assert not view.control.has_recheck.isChecked()


def test_a_drag_of_the_recheck_line_is_live_keeps_the_rule_and_is_one_undo(tuning: Tuning) -> None:
    with_band(tuning)
    view = tuning.page.view
    start, end = place_of(view.histogram, 2.1), place_of(view.histogram, 1.1)
    press(view.histogram.viewport(), start)
    for share in (0.3, 0.6, 1.0):
        drag_to(view.histogram.viewport(), start + (end - start) * share)
    assert tuning.saved.recheck == 2.1
    assert view.figures.band.counts["missed"].text() == "0"
    assert view.figures.band.counts["rechecked_good"].text() == "3"
    assert view.rates.recheck.value() == view.histogram.recheck.value()
    release(view.histogram.viewport(), end)
    assert tuning.saved.recheck == pytest.approx(1.1, abs=0.03)
    assert (tuning.saved.value, tuning.saved.rule) == (3.2, "best-f1")
    tuning.session.undo()
    assert tuning.saved.recheck == 2.1
    assert view.histogram.recheck.value() == 2.1


def test_the_recheck_line_dragged_past_the_threshold_stays_below_it(tuning: Tuning) -> None:
    with_band(tuning)
    rates = tuning.page.view.rates
    drag(rates.viewport(), place_of(rates, 2.1), place_of(rates, 4.5))
    assert tuning.saved.recheck is not None
    assert tuning.saved.recheck < tuning.saved.value == 3.2


def test_a_recheck_line_typed_above_the_threshold_is_put_below_it(tuning: Tuning, qtbot: QtBot) -> None:
    with_band(tuning)
    box = tuning.page.view.control.recheck
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "9")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert tuning.saved.recheck is not None
    assert tuning.saved.recheck < 3.2
    box.selectAll()
    qtbot.keyClicks(box, "1.3")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert tuning.saved.recheck == 1.3


def test_the_band_outlives_a_move_of_the_threshold_above_it_and_a_rule(tuning: Tuning, qtbot: QtBot) -> None:
    with_band(tuning, 1.05)
    qtbot.keyClick(tuning.window, "[")
    assert tuning.saved.recheck == 1.05
    qtbot.mouseClick(tuning.page.view.rules.buttons["good-max-plus"], LEFT)
    assert tuning.saved.recheck == 1.05
    tuning.page.choose(1.0)
    assert tuning.saved.recheck is None
    assert not tuning.page.view.control.has_recheck.isChecked()


# Clicks on curves


def test_a_click_in_the_histogram_sets_the_threshold_between_scores_as_one_undo(tuning: Tuning) -> None:
    click_score(tuning, 2.1)
    assert tuning.saved.value == pytest.approx((2.0 + 2.2) / 2)
    assert tuning.saved.rule == "manual"
    assert tuning.shown() == {tuning.saved.value}
    tuning.session.undo()
    assert tuning.saved == Threshold(3.2, "best-f1")


def test_a_click_on_the_rates_does_too(tuning: Tuning) -> None:
    rates = tuning.page.view.rates
    QTest.qWait(12)
    press(rates.viewport(), place_of(rates, 4.0))
    release(rates.viewport(), place_of(rates, 4.0))
    assert tuning.saved.value == pytest.approx((3.5 + 5.0) / 2)


def test_a_click_on_the_roc_curve_sets_the_threshold_of_that_point(tuning: Tuning) -> None:
    click_point(tuning.page.view.curves.roc, 0.42, 0.74)
    # 3 of 4 found, 2 false alarms of 5
    assert tuning.saved.value == pytest.approx(2.1)
    point = tuning.page.view.curves.roc.point.pos()
    assert (point.x(), point.y()) == pytest.approx((0.4, 0.75))
    tuning.session.undo()
    assert tuning.saved.value == 3.2


def test_a_click_on_the_precision_recall_curve_sets_the_threshold_of_that_point(tuning: Tuning, qtbot: QtBot) -> None:
    curves = tuning.page.view.curves
    qtbot.mouseClick(curves.choice.button("precision-recall"), LEFT)
    click_point(curves.precision_recall, 0.25, 0.99)
    assert tuning.saved.value == pytest.approx((3.5 + 5.0) / 2)
    assert (curves.precision_recall.point.pos().x(), curves.precision_recall.point.pos().y()) == (0.25, 1.0)


def test_where_a_class_is_missing_a_click_changes_nothing(open_page: Open, tmp_path: Path) -> None:
    tuning = open_page(scored_project(tmp_path, defects=()))
    click_point(tuning.page.view.curves.roc, 0.5, 0.5)
    assert tuning.saved == Threshold(3.2)
    assert "n/a" in tuning.page.view.curves.roc.note


# Defect types


def test_a_pressed_bar_shows_exactly_its_images_missed_first_and_again_leaves_them(
    tuning: Tuning, qtbot: QtBot
) -> None:
    curves = tuning.page.view.curves
    qtbot.mouseClick(curves.choice.button("types"), LEFT)
    assert [(bar.name, bar.found, bar.count) for bar in curves.bars.bars] == [("crack", 0, 2), ("dent", 1, 2)]
    dents = curves.bars.row_rect(1).center()
    qtbot.mouseClick(curves.bars, LEFT, pos=dents)
    qtbot.waitUntil(lambda: [flip.image_id for flip in curves.flips.flips] == [7, 9])
    assert curves.flips_title.text() == "dent: 1 missed, 1 found"
    tuning.page._move(2.1)
    assert curves.flips_title.text() == "dent: 0 missed, 2 found"
    assert curves.bars.bars[1].found == 2
    qtbot.mouseClick(curves.bars, LEFT, pos=dents)
    assert curves.flips_title.text() == "Decisions that change"
    qtbot.mouseClick(curves.bars, LEFT, pos=dents)
    qtbot.mouseClick(curves.leave_type, LEFT)
    assert curves.flips_title.text() == "Decisions that change"


def test_a_defect_without_a_finite_score_counts_as_found_in_its_type(open_page: Open, tmp_path: Path) -> None:
    tuning = open_page(scored_project(tmp_path, defects=[("crack", math.nan), ("crack", 1.0)]))
    tuning.page.view.curves.show_view("types")
    assert tuning.page.view.curves.bars.bars[0].found == 1


def test_the_curve_that_was_looked_at_is_remembered(tuning: Tuning) -> None:
    tuning.page.view.curves.show_view("types")
    tuning.page.save_place()
    tuning.page.view.curves.show_view("roc")
    tuning.page.restore_place()
    assert tuning.page.view.curves.choice.current == "types"
    assert tuning.page.view.curves.bars.isVisible()


def test_bars_have_the_colours_of_their_types_at_once(tuning: Tuning) -> None:
    view = tuning.page.view
    view.curves.show_view("types")
    tuning.session.apply(lambda project: project.types.set_colour("dent", "#12ab34"))
    QApplication.processEvents()
    bars = view.curves.bars
    picture = bars.grab().toImage()
    row = next(number for number, bar in enumerate(bars.bars) if bar.name == "dent")
    y = bars.row_rect(row).bottom() - 6
    assert any(picture.pixelColor(x, y).name() == "#12ab34" for x in range(0, picture.width(), 2))


# Pins


def test_pins_are_set_compared_gone_back_to_and_removed_by_keys_and_mouse(tuning: Tuning, qtbot: QtBot) -> None:
    view = tuning.page.view
    qtbot.keyClick(tuning.window, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    click_score(tuning, 2.1)
    qtbot.mouseClick(view.control.pin_button, LEFT)
    assert view.pins.texts("A") == ["3.200", "1", "3", "1", "25.0 %", "50.0 %"]
    assert view.pins.texts("B") == view.pins.texts("") == ["2.100", "3", "1", "2", "75.0 %", "60.0 %"]
    assert view.histogram.pins.lines["A"].value() == 3.2
    qtbot.keyClick(tuning.window, "A")
    assert tuning.saved.value == 3.2
    assert view.pins.texts("")[0] == "3.200"
    tuning.session.undo()
    assert tuning.saved.value == pytest.approx(2.1)
    qtbot.mouseClick(view.pins.buttons["A"], LEFT)
    assert tuning.saved.value == 3.2
    for letter in ("A", "B"):
        qtbot.mouseClick(view.pins.removers[letter], LEFT)
    assert not view.pins.isVisible()
    assert not view.histogram.pins.lines


def test_pins_of_another_scoring_are_put_away_until_it_is_back(tuning: Tuning, qtbot: QtBot) -> None:
    view = tuning.page.view
    qtbot.mouseClick(view.control.pin_button, LEFT)
    tuning.session.apply(lambda project: change_scoring(project, 1, ScoringSettings(reduction="mean")))
    assert not view.pins.isVisible(), "a threshold of other scores says nothing here"
    assert not view.histogram.pins.lines
    tuning.session.undo()
    assert view.pins.texts("A")[0] == "3.200"


def test_a_key_of_a_pin_that_is_not_set_does_nothing(tuning: Tuning, qtbot: QtBot) -> None:
    qtbot.keyClick(tuning.window, "B")
    assert tuning.saved == Threshold(3.2, "best-f1")


def test_pins_are_no_step_that_undo_takes_back(tuning: Tuning, qtbot: QtBot) -> None:
    before = tuning.session.project.undo_sentence
    qtbot.mouseClick(tuning.page.view.control.pin_button, LEFT)
    assert tuning.session.project.undo_sentence == before


def test_pins_are_there_again_when_the_project_is_opened(tuning: Tuning, qtbot: QtBot) -> None:
    qtbot.mouseClick(tuning.page.view.control.pin_button, LEFT)
    folder = tuning.session.project.folder
    tuning.session.close_project()
    tuning.session.open_project(folder)
    tuning.page.restore_place()
    tuning.page.activate()
    assert tuning.page.view.pins.texts("A")[0] == "3.200"
    assert tuning.page.view.pins.isVisible()


def test_figures_of_pins_follow_a_new_label(tuning: Tuning, qtbot: QtBot) -> None:
    tuning.session.apply(lambda project: project.set_threshold(1, Threshold(3.2)))
    qtbot.mouseClick(tuning.page.view.control.pin_button, LEFT)
    tuning.session.apply(lambda project: project.set_label([6], Label("good")))
    assert tuning.page.view.pins.texts("A")[1:4] == ["1", "2", "1"]


def test_when_all_pins_are_taken_the_button_rests(tuning: Tuning, qtbot: QtBot) -> None:
    button = tuning.page.view.control.pin_button
    for _ in range(3):
        qtbot.mouseClick(button, LEFT)
    assert not button.isEnabled()
    assert "remove one" in button.toolTip()


# The rule that holds


def test_below_the_rules_stands_what_the_rule_promises_and_that_relabelling_moved_it(
    tuning: Tuning, qtbot: QtBot
) -> None:
    view = tuning.page.view
    tuning.session.apply(lambda project: project.set_label([6], Label("good")))
    assert view.rule_note.text() == "Best F1 follows the labels: relabelling moved it from 3.200."
    tuning.session.undo()
    qtbot.mouseClick(view.rules.buttons["good-max-plus"], LEFT)
    assert "4 held-out good images, 0 above: the false alarm rate is at most 53 %" in view.rule_note.text()
    assert "needs 55 more good images (59 in all, none above)" in view.rule_note.text()
    qtbot.mouseClick(view.rules.buttons["least-cost"], LEFT)
    assert "Expected cost per 1,000 parts" in view.rule_note.text()
    tuning.page.choose(2.0)
    assert view.rule_note.text().startswith("Set by hand")

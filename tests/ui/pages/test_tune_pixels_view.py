from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.evaluation.pixel_rules import BEST_F1, LARGEST_REGION, PIXEL_RULES, PixelRule
from anomaly_gui.jobs.pixels import bin_of, level_of
from anomaly_gui.project.records import PixelThreshold
from anomaly_gui.ui.pages.tune_pixels_state import PixelsState
from anomaly_gui.ui.pages.tune_pixels_view import TunePixelsView
from tests.ui.pages.test_tune_pixels_state import many_pixels

CAN = dict.fromkeys(PIXEL_RULES, "")


@pytest.fixture
def view(qtbot: QtBot) -> TunePixelsView:
    made = TunePixelsView()
    qtbot.addWidget(made)
    made.resize(1266, 640)
    return made


def test_that_all_views_stand_at_the_same_threshold(view: TunePixelsView) -> None:
    state = PixelsState(many_pixels(), PixelThreshold(3.0), 0.0)
    view.set_state(state, CAN)
    for level in (1.0, 5.0):
        state.move_to(level)
        view.show_threshold(state)
        value = level_of(bin_of(level))
        assert view.histogram.threshold.value() == view.rates.threshold.value() == pytest.approx(value)
        assert view.control.number.value() == pytest.approx(value, abs=10**-state.decimals)
        point = view.overlap.point.pos()
        assert (point.x(), point.y()) == pytest.approx(state.overlap_point(value))
        assert view.figure("recall") == next(f.value.strip() for f in state.figures() if f.name == "recall")


def test_that_rules_are_asked_for_with_the_size_and_only_the_project_checks_them(view: TunePixelsView) -> None:
    view.set_state(PixelsState(many_pixels(), None, 2.0), CAN)
    asked: list[PixelRule] = []
    view.rule_chosen.connect(asked.append)
    view.smallest.setValue(12)
    for button in view.rule_buttons.values():
        button.click()
        assert not button.isChecked()
    assert asked == [PixelRule(LARGEST_REGION, 12.0), PixelRule(BEST_F1)]
    view.show_saved(PixelsState(many_pixels(), PixelThreshold(2.0, LARGEST_REGION, 44.0), 0.0))
    assert view.rule_buttons[LARGEST_REGION].isChecked()
    assert view.smallest.value() == 44


def test_that_a_rule_that_cannot_be_used_says_why(view: TunePixelsView) -> None:
    view.set_state(PixelsState(many_pixels(), None, 2.0), {**CAN, LARGEST_REGION: "no held-out image"})
    assert not view.rule_buttons[LARGEST_REGION].isEnabled()
    assert "no held-out image" in view.rule_buttons[LARGEST_REGION].toolTip()
    assert view.rule_buttons[BEST_F1].isEnabled()

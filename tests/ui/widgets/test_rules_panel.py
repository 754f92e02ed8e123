"""A rule is asked for with its parameter; only the project says which one holds."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.evaluation.thresholds import Costs, Rule
from anomaly_gui.ui.widgets.rules_panel import RulesPanel
from anomaly_gui.ui.widgets.shown_figures import ShownRule

BEST = ShownRule("best-f1", "Best F1", "The best balance.")
RECALL = ShownRule("recall-at-least", "Recall at least", "Finds this share.", "Recall", 0.0, 1.0, 0.95, 100.0, " %")

ONE_TYPE = ShownRule("type-recall-at-least", "One type", "x", "Recall", 0.0, 1.0, 1.0, 100.0, " %", takes_type=True)
CHEAPEST = ShownRule("least-cost", "Least cost", "The cheapest.", takes_costs=True)


@pytest.fixture
def panel(qtbot: QtBot) -> RulesPanel:
    widget = RulesPanel((BEST, RECALL, ONE_TYPE, CHEAPEST))
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_pressing_a_rule_asks_for_it_with_its_parameter(panel: RulesPanel, qtbot: QtBot) -> None:
    asked: list[Rule] = []
    panel.rule_chosen.connect(asked.append)
    qtbot.mouseClick(panel.buttons["best-f1"], Qt.MouseButton.LeftButton)
    panel.parameters["recall-at-least"].setValue(80.0)
    qtbot.mouseClick(panel.buttons["recall-at-least"], Qt.MouseButton.LeftButton)
    assert asked == [Rule("best-f1"), Rule("recall-at-least", 0.8)]


def test_enter_in_the_parameter_applies_the_rule(panel: RulesPanel, qtbot: QtBot) -> None:
    box = panel.parameters["recall-at-least"]
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "70")
    with qtbot.waitSignal(panel.rule_chosen) as chosen:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert chosen.args == [Rule("recall-at-least", 0.7)]


def test_a_pressed_rule_is_not_marked_before_it_holds(panel: RulesPanel, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.buttons["best-f1"], Qt.MouseButton.LeftButton)
    assert not panel.buttons["best-f1"].isChecked()
    panel.set_current(Rule("best-f1"))
    assert panel.buttons["best-f1"].isChecked()
    panel.set_current(None)
    assert not any(button.isChecked() for button in panel.buttons.values())


def test_the_parameter_of_the_rule_that_holds_is_shown(panel: RulesPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.rule_chosen):
        panel.set_current(Rule("recall-at-least", 0.5))
    assert panel.parameters["recall-at-least"].value() == 50.0


def test_a_rule_that_cannot_be_used_says_why(panel: RulesPanel) -> None:
    panel.set_available("recall-at-least", "It needs labelled defective images.")
    assert not panel.buttons["recall-at-least"].isEnabled()
    assert not panel.parameters["recall-at-least"].isEnabled()
    assert "needs labelled" in panel.buttons["recall-at-least"].toolTip()
    panel.set_available("recall-at-least", "")
    assert panel.buttons["recall-at-least"].isEnabled()
    assert panel.buttons["recall-at-least"].toolTip() == "Finds this share."


def test_a_rule_for_one_type_is_asked_for_with_that_type(panel: RulesPanel, qtbot: QtBot) -> None:
    panel.set_types(["crack", "hole"])
    panel.types["type-recall-at-least"].setCurrentText("hole")
    panel.set_types(["crack", "dent", "hole"])
    with qtbot.waitSignal(panel.rule_chosen) as chosen:
        qtbot.mouseClick(panel.buttons["type-recall-at-least"], Qt.MouseButton.LeftButton)
    assert chosen.args == [Rule("type-recall-at-least", 1.0, "hole")]
    panel.set_current(Rule("type-recall-at-least", 0.5, "crack"))
    assert panel.types["type-recall-at-least"].currentText() == "crack"


def test_costs_go_with_their_rule_and_come_back_with_the_threshold(panel: RulesPanel, qtbot: QtBot) -> None:
    fields = panel.costs["least-cost"]
    fields.miss.setValue(250)
    fields.defect_rate.setValue(0.5)
    with qtbot.waitSignal(panel.rule_chosen) as chosen:
        qtbot.keyClick(fields.alarm, Qt.Key.Key_Return)
    assert chosen.args == [Rule("least-cost", None, None, Costs(250.0, 1.0, 0.005))]
    panel.set_current(Rule("least-cost", costs=Costs(80.0, 2.0, 0.02)))
    assert fields.value() == Costs(80.0, 2.0, 0.02)

"""A rule is asked for with its parameter; only the project says which one holds."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.rules_panel import RulesPanel
from anomaly_gui.ui.widgets.shown_figures import ShownRule

BEST = ShownRule("best-f1", "Best F1", "The best balance.")
RECALL = ShownRule("recall-at-least", "Recall at least", "Finds this share.", "Recall", 0.0, 1.0, 0.95, 100.0, " %")


@pytest.fixture
def panel(qtbot: QtBot) -> RulesPanel:
    widget = RulesPanel((BEST, RECALL))
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_pressing_a_rule_asks_for_it_with_its_parameter(panel: RulesPanel, qtbot: QtBot) -> None:
    asked: list[tuple[str, object]] = []
    panel.rule_chosen.connect(lambda name, parameter: asked.append((name, parameter)))
    qtbot.mouseClick(panel.buttons["best-f1"], Qt.MouseButton.LeftButton)
    panel.parameters["recall-at-least"].setValue(80.0)
    qtbot.mouseClick(panel.buttons["recall-at-least"], Qt.MouseButton.LeftButton)
    assert asked == [("best-f1", None), ("recall-at-least", pytest.approx(0.8))]


def test_enter_in_the_parameter_applies_the_rule(panel: RulesPanel, qtbot: QtBot) -> None:
    box = panel.parameters["recall-at-least"]
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "70")
    with qtbot.waitSignal(panel.rule_chosen) as chosen:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert chosen.args == ["recall-at-least", pytest.approx(0.7)]


def test_a_pressed_rule_is_not_marked_before_it_holds(panel: RulesPanel, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.buttons["best-f1"], Qt.MouseButton.LeftButton)
    assert not panel.buttons["best-f1"].isChecked()
    panel.set_current("best-f1", None)
    assert panel.buttons["best-f1"].isChecked()
    panel.set_current("manual", None)
    assert not any(button.isChecked() for button in panel.buttons.values())


def test_the_parameter_of_the_rule_that_holds_is_shown(panel: RulesPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.rule_chosen):
        panel.set_current("recall-at-least", 0.5)
    assert panel.parameters["recall-at-least"].value() == 50.0


def test_a_rule_that_cannot_be_used_says_why(panel: RulesPanel) -> None:
    panel.set_available("recall-at-least", "It needs labelled defective images.")
    assert not panel.buttons["recall-at-least"].isEnabled()
    assert not panel.parameters["recall-at-least"].isEnabled()
    assert "needs labelled" in panel.buttons["recall-at-least"].toolTip()
    panel.set_available("recall-at-least", "")
    assert panel.buttons["recall-at-least"].isEnabled()
    assert panel.buttons["recall-at-least"].toolTip() == "Finds this share."

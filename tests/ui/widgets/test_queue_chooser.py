"""Queues and orders are announced when the user chooses them, and only then."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.queue_chooser import QueueChooser

QUEUES = [("missed", "Missed defects  ·  3", "below"), ("alarms", "False alarms  ·  1", "above")]


@pytest.fixture
def chooser(qtbot: QtBot) -> QueueChooser:
    widget = QueueChooser([("worst", "Worst first"), ("name", "By name")])
    qtbot.addWidget(widget)
    widget.set_queues(QUEUES, "missed")
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_setting_announces_nothing(chooser: QueueChooser, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(chooser.queue_chosen), qtbot.assertNotEmitted(chooser.order_chosen):
        chooser.set_queues([*QUEUES, ("recheck", "Recheck band  ·  0", "")], "alarms")
        chooser.set_order("name")
    assert chooser.queues.currentText() == "False alarms  ·  1"
    assert chooser.orders.currentData() == "name"
    assert chooser.queues.toolTip().startswith("above")


def test_the_next_order_comes_round(chooser: QueueChooser, qtbot: QtBot) -> None:
    for name in ("name", "worst"):
        with qtbot.waitSignal(chooser.order_chosen) as chosen:
            chooser.choose_next_order()
        assert chosen.args == [name]


def test_the_keyboard_opens_the_queues_and_chooses(chooser: QueueChooser, qtbot: QtBot) -> None:
    chooser.open_queues()
    view = chooser.queues.view()
    qtbot.waitUntil(view.isVisible)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    with qtbot.waitSignal(chooser.queue_chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert chosen.args == ["alarms"]


def test_building_anew_is_announced(chooser: QueueChooser, qtbot: QtBot) -> None:
    chooser.set_anew("Start anew (+2)", "why")
    with qtbot.waitSignal(chooser.anew_wanted):
        qtbot.mouseClick(chooser.anew, Qt.MouseButton.LeftButton)
    assert chooser.anew.toolTip() == "why"

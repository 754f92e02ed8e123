from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QPushButton, QToolTip
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.key_tips import KeyTips, does


def test_a_tooltip_names_the_key_as_it_is_now(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    button = QPushButton("Fit", window)
    button.setToolTip("Show the whole image")
    does(button, "fit")
    actions = Actions(window)
    actions.add("fit", "Fit", ["F"], button.update)
    tips = KeyTips(window, actions)
    window.show()
    place = QPoint(3, 3)
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, button.mapToGlobal(place))
    QApplication.sendEvent(button, event)
    assert QToolTip.text() == "Show the whole image  ( F )"
    QToolTip.hideText()
    actions.choose_keys({"fit": ("Ctrl+0", "Left")})
    assert tips.tip_of(button) == "Show the whole image  ( Ctrl+0, ← )"
    actions.choose_keys({"fit": ()})
    assert tips.tip_of(button) == "Show the whole image"
    does(button, "")
    assert tips.tip_of(button) == "Show the whole image"

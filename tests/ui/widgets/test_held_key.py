"""Something is so exactly while a key is down."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.held_key import HeldKey


@pytest.fixture
def place(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.fixture
def heard(place: QWidget) -> tuple[HeldKey, list[bool]]:
    key = HeldKey(place)
    states: list[bool] = []
    key.held.connect(states.append)
    return key, states


def key_up(widget: QWidget, *, repeating: bool = False) -> None:
    event = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Z, Qt.KeyboardModifier.NoModifier, "z", repeating)
    QApplication.sendEvent(widget, event)


def test_it_ends_when_the_key_comes_up_wherever_the_focus_is(heard: tuple[HeldKey, list[bool]], place: QWidget) -> None:
    key, states = heard
    key.press()
    key_up(QWidget(place))
    assert states == [True, False]


def test_a_repeating_key_neither_ends_nor_restarts_it(heard: tuple[HeldKey, list[bool]], place: QWidget) -> None:
    key, states = heard
    key.press()
    key_up(place, repeating=True)
    key.press()
    assert states == [True]
    key.release()
    key.release()
    assert states == [True, False]


def test_leaving_the_window_ends_it(heard: tuple[HeldKey, list[bool]], place: QWidget) -> None:
    key, states = heard
    key.press()
    QApplication.sendEvent(place, QEvent(QEvent.Type.WindowDeactivate))
    assert states == [True, False]
    key_up(place)
    assert states == [True, False]

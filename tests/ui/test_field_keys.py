"""What of tests/ui/test_actions.py is about fields is driven there; this is about keyboards and the recorder."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QKeySequenceEdit, QLineEdit, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.actions import Actions

K, M = Qt.Key, Qt.KeyboardModifier


def _note(done: list[str], key: str, *_checked: bool) -> None:
    done.append(key)


def shown(qtbot: QtBot, field: QWidget) -> tuple[Actions, list[str]]:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(field)
    actions, done = Actions(window), list[str]()
    for key in ("G", "[", "Ctrl+Alt+[", "Ctrl+G", "Backspace", "F5", "Return", "Esc"):
        actions.add(key, key, [key], partial(_note, done, key))
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    field.setFocus()
    return actions, done


def test_a_bracket_written_with_altgr_is_typed_and_moves_no_threshold(qtbot: QtBot) -> None:
    field = QLineEdit()
    _, done = shown(qtbot, field)
    qtbot.keyClick(field, K.Key_G, M.ControlModifier)
    assert done == ["Ctrl+G"], "keys do work here"
    done.clear()
    QTest.sendKeyEvent(QTest.KeyAction.Click, field, K.Key_BracketLeft, "[", M.ControlModifier | M.AltModifier)
    assert done == []


@pytest.mark.parametrize("key", [K.Key_G, K.Key_Backspace, K.Key_F5, K.Key_Return, K.Key_Escape])
def test_no_key_fires_while_one_is_recorded(qtbot: QtBot, key: Qt.Key) -> None:
    recorder = QKeySequenceEdit()
    _, done = shown(qtbot, recorder)
    qtbot.keyClick(recorder, key)
    assert done == []
    assert not recorder.keySequence().isEmpty()


def test_no_key_with_ctrl_fires_while_one_is_recorded(qtbot: QtBot) -> None:
    recorder = QKeySequenceEdit()
    _, done = shown(qtbot, recorder)
    qtbot.keyClick(recorder, K.Key_G, M.ControlModifier)
    assert done == []
    assert recorder.keySequence().toString() == "Ctrl+G"

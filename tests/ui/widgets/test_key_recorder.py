from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.key_recorder import KeyRecorder

K, LEFT = Qt.Key, Qt.MouseButton.LeftButton


@pytest.fixture
def recorder(qtbot: QtBot) -> KeyRecorder:
    made = KeyRecorder()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitActive(made)
    made.show_note("", usable=True, takeable=False)
    return made


def test_keys_are_recorded_one_after_another_and_then_used(recorder: KeyRecorder, qtbot: QtBot) -> None:
    recorder.field.setFocus()
    qtbot.keyClick(recorder.field, K.Key_W)
    qtbot.keyClick(recorder.field, K.Key_1)
    assert recorder.key == "W, 1"
    with qtbot.waitSignal(recorder.use_wanted) as wanted:
        qtbot.mouseClick(recorder.use, LEFT)
    assert wanted.args == ["W, 1"]
    with qtbot.waitSignal(recorder.add_wanted) as wanted:
        qtbot.mouseClick(recorder.add, LEFT)
    assert wanted.args == ["W, 1"]


def test_after_a_moment_the_focus_is_where_the_key_is_used(recorder: KeyRecorder, qtbot: QtBot) -> None:
    recorder.field.setFocus()
    qtbot.keyClick(recorder.field, K.Key_Backspace)
    assert recorder.key == "Backspace"
    qtbot.waitUntil(recorder.use.hasFocus, timeout=5000)


def test_tab_leaves_the_field_and_is_no_key(recorder: KeyRecorder, qtbot: QtBot) -> None:
    recorder.field.setFocus()
    qtbot.keyClick(recorder.field, K.Key_Tab)
    assert not recorder.field.hasFocus()
    assert recorder.key == ""


def test_only_what_can_be_done_is_offered(recorder: KeyRecorder, qtbot: QtBot) -> None:
    recorder.show_action("Undo", has_keys=False, changed=False)
    recorder.show_note("X is also the key of …", usable=False, takeable=True)
    assert not any(button.isEnabled() for button in (recorder.use, recorder.add, recorder.none, recorder.reset))
    with qtbot.waitSignal(recorder.take_wanted):
        qtbot.mouseClick(recorder.take, LEFT)
    recorder.show_note("", usable=True, takeable=False)
    assert not recorder.take.isVisible()


def test_clearing_announces_nothing(recorder: KeyRecorder, qtbot: QtBot) -> None:
    recorder.field.setFocus()
    qtbot.keyClick(recorder.field, K.Key_W)
    with qtbot.assertNotEmitted(recorder.recorded):
        recorder.clear()
    assert recorder.key == ""

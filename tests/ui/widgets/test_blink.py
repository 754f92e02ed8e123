from __future__ import annotations

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.blink import Blink


def test_the_other_picture_comes_first_then_both_in_turn_until_it_is_off(qtbot: QtBot) -> None:
    parent = QObject()
    blink = Blink(parent)
    shown: list[bool] = []
    blink.turned.connect(lambda: shown.append(blink.shows_other))

    blink.set_on(True)
    blink.set_on(True)
    qtbot.waitUntil(lambda: len(shown) == 3)
    blink.set_on(False)

    assert shown == [True, False, True, False]
    assert not blink.shows_other

from __future__ import annotations

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.burst import PAUSE_MS, Burst


def test_steps_that_follow_one_another_are_saved_once_after_a_pause(qtbot: QtBot) -> None:
    owner, saved = QObject(), list[int]()
    burst = Burst(owner)
    for step in range(3):
        burst.put_off("threshold", lambda step=step: saved.append(step))
        qtbot.wait(PAUSE_MS // 5)
    assert saved == []
    assert burst.is_pending
    qtbot.waitUntil(lambda: saved == [2], timeout=10 * PAUSE_MS)
    assert not burst.is_pending


def test_another_kind_of_step_ends_it_and_settling_twice_saves_once() -> None:
    owner, saved = QObject(), list[str]()
    burst = Burst(owner)
    burst.put_off("threshold", lambda: saved.append("threshold"))
    burst.put_off("recheck", lambda: saved.append("recheck"))
    assert saved == ["threshold"]
    burst.settle()
    burst.settle()
    assert saved == ["threshold", "recheck"]

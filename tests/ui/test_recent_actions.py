from __future__ import annotations

from anomaly_gui.ui.recent_actions import add_recent_action, recent_actions


def test_the_last_one_is_first_and_there_once() -> None:
    assert recent_actions() == []
    for name in ("fit", "undo", "fit"):
        add_recent_action(name)
        assert recent_actions()[0] == name
    assert recent_actions() == ["fit", "undo"]


def test_only_so_many_are_kept() -> None:
    for number in range(20):
        add_recent_action(str(number))
    assert len(recent_actions()) == 8
    assert recent_actions()[0] == "19"

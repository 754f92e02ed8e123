"""Every tool and command of the mask editor has a key of its own."""

from __future__ import annotations

from collections import Counter

from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.widgets.draw_bar import TOOLS


def test_no_two_actions_of_a_drawing_page_share_a_key(window: MainWindow) -> None:
    for page in ("mask", "region"):
        entries = [entry for entry in window.actions_registry.entries() if entry.page in (page, None)]
        keys = Counter(key.toString() for entry in entries for key in entry.action.shortcuts())
        assert [key for key, count in keys.items() if count > 1] == []


def test_the_keys_told_on_the_tools_are_those_that_work(window: MainWindow) -> None:
    for tool, (_, _, key, _) in TOOLS.items():
        action = window.actions_registry.action(f"mask-tool-{tool}")
        assert [each.toString() for each in action.shortcuts()] == [key]
        assert window.keyboard.tips.tip_of(window.mask_page.view.bar.tools[tool]).endswith(f"( {key} )")

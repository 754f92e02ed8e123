from __future__ import annotations

from PySide6.QtCore import QObject, Qt

from anomaly_gui.ui.models.command_list import CommandList
from anomaly_gui.ui.palette_state import Command


def test_a_line_says_action_page_and_key_also_to_a_screen_reader() -> None:
    owner = QObject()
    lines = CommandList(owner)
    lines.set_commands(
        [Command("undo", "Undo", "Everywhere", "Ctrl+Z", ""), Command("cut", "Cut", "Tune", "", "Not just now")]
    )
    assert lines.index(0).data() == "Undo"
    role = Qt.ItemDataRole
    assert lines.index(0).data(role.AccessibleTextRole) == "Undo, Everywhere, Ctrl+Z"
    assert lines.index(1).data(role.AccessibleTextRole) == "Cut, Tune, no key"
    assert lines.index(1).data(role.ToolTipRole) == "Not just now"
    assert lines.command(1).name == "cut"

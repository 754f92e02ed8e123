from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.project.split_proposal import SplitSettings
from anomaly_gui.ui.pages.splits_state import SplitRow
from anomaly_gui.ui.pages.splits_view import SplitsView


def test_setters_announce_nothing_and_what_is_changed_is_announced(qtbot: QtBot) -> None:
    view = SplitsView()
    qtbot.addWidget(view)
    wanted = SplitSettings(by="group", test_share=0.4, pattern="(a)", defects_too=True, seed=7)
    with qtbot.assertNotEmitted(view.settings_changed):
        view.set_settings(wanted)
    assert view.settings == wanted
    with qtbot.waitSignal(view.settings_changed):
        qtbot.keyClick(view.pattern, Qt.Key.Key_B)
    assert view.settings.pattern == "(a)b"


def test_figures_that_change_stand_out(qtbot: QtBot) -> None:
    view = SplitsView()
    qtbot.addWidget(view)
    view.set_rows([SplitRow("Good", 60, 0, 45, 15), SplitRow("hole", 0, 5, 0, 5), SplitRow("All", 60, 5, 45, 20)])
    bold = [[view.table.item(row, column).font().bold() for column in range(5)] for row in range(2)]
    assert bold == [[False, False, False, True, True], [False] * 5]

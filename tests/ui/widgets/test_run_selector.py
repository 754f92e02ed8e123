from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.run_selector import RunSelector


def test_choosing_another_run_tells_its_id(qtbot: QtBot) -> None:
    selector = RunSelector()
    qtbot.addWidget(selector)
    selector.set_runs([(12, "012 finished"), (7, "007 cancelled")], 12)
    selector.show()
    selector.box.setFocus()
    with qtbot.waitSignal(selector.run_chosen) as chosen:
        qtbot.keyClick(selector.box, Qt.Key.Key_Down)
    assert chosen.args == [7]


def test_setting_the_runs_emits_nothing_and_keeps_the_one_that_is_looked_at(qtbot: QtBot) -> None:
    selector = RunSelector()
    qtbot.addWidget(selector)
    with qtbot.assertNotEmitted(selector.run_chosen):
        selector.set_runs([(1, "001")], 1)
        selector.set_runs([(2, "002"), (1, "001")], 1)
    assert selector.box.currentText() == "001"


def test_without_runs_it_says_so(qtbot: QtBot) -> None:
    selector = RunSelector()
    qtbot.addWidget(selector)
    selector.set_runs([], None)
    assert selector.box.currentText() == "No run yet"
    assert not selector.box.isEnabled()

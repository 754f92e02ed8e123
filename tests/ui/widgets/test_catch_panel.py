"""A price is told before it is paid."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.catch_panel import CatchPanel


def test_the_price_is_shown_and_both_answers_are_announced(qtbot: QtBot) -> None:
    panel = CatchPanel()
    qtbot.addWidget(panel)
    panel.resize(900, 160)
    panel.show()
    panel.set_price("Catches this and 2 more; 14 more false alarms", "Threshold from 3.20 to 2.10.")
    assert panel.price.text().startswith("Catches this")
    assert panel.remark.text() == "Threshold from 3.20 to 2.10."
    for button, signal in ((panel.accept, panel.accepted), (panel.decline, panel.declined)):
        assert button.focusPolicy() == Qt.FocusPolicy.NoFocus, "keys are the page's"
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

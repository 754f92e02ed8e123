"""The line below the panes."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.readout import Readout
from anomaly_gui.ui.widgets.readout_line import ReadoutLine


def test_values_change_without_moving_anything(qtbot: QtBot) -> None:
    line = ReadoutLine(("Original", "Reconstruction", "Error map"))
    qtbot.addWidget(line)
    line.show()
    places = [label.geometry() for label in line.labels]
    line.set_readout(Readout("x 1, y 2", "10", "20", "3.00"))
    qtbot.wait(1)
    assert [label.text() for label in line.labels] == ["x 1, y 2", "10", "20", "3.00"]
    assert [label.geometry() for label in line.labels] == places

"""A warning that is seen in light and dark."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.warning_badge import BACK, WarningBadge


def test_it_is_amber_hidden_until_wanted_and_never_wider_than_its_place(qtbot: QtBot) -> None:
    badge = WarningBadge("Colours of this image alone " * 5)
    qtbot.addWidget(badge)
    assert badge.isHidden()
    badge.resize(120, 24)
    badge.show()
    assert badge.grab().toImage().pixelColor(1, 1) == BACK
    assert badge.width() == 120
    assert "this image alone" in badge.toolTip()

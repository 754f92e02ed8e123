"""What is on is seen to be on, in light and dark."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.choice_button import ChoiceButton, ToggleButton


@pytest.mark.parametrize("kind", [ChoiceButton, ToggleButton])
def test_a_checked_button_has_the_accent_colour(qtbot: QtBot, kind: type[QAbstractButton]) -> None:
    button = kind("Mask")
    qtbot.addWidget(button)
    palette = QPalette(button.palette())
    palette.setColor(QPalette.ColorRole.Highlight, QColor(20, 160, 40))
    button.setPalette(palette)
    button.resize(90, 28)
    assert button.isCheckable()
    plain = button.grab().toImage().pixelColor(8, 14)
    button.setChecked(True)
    checked = button.grab().toImage().pixelColor(8, 14)
    assert checked.green() - checked.red() > 60
    assert abs(plain.green() - plain.red()) < 20

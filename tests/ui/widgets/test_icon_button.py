from __future__ import annotations

import pytest
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.theme import apply_scheme
from anomaly_gui.ui.widgets.icon_button import IconButton, IconToolButton

Button = IconButton | IconToolButton


def make(kind: str) -> Button:
    return IconButton("Go", "mdi6.play") if kind == "push" else IconToolButton("mdi6.play")


def ink(icon: QIcon) -> int:
    """Mean lightness of what is drawn."""
    picture = icon.pixmap(32, 32).toImage()
    shades = [
        picture.pixelColor(x, y).lightness()
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).alpha() > 200
    ]
    return sum(shades) // len(shades)


@pytest.mark.parametrize("kind", ["push", "tool"])
def test_the_symbol_follows_the_colour_scheme(qtbot: QtBot, qapp: QApplication, kind: str) -> None:
    button = make(kind)
    qtbot.addWidget(button)
    light = ink(button.icon())
    apply_scheme("dark")
    qapp.processEvents()
    assert ink(button.icon()) > light + 100
    apply_scheme("light")


@pytest.mark.parametrize("kind", ["push", "tool"])
def test_another_symbol_is_drawn(qtbot: QtBot, kind: str) -> None:
    button = make(kind)
    qtbot.addWidget(button)
    before = button.icon().pixmap(32, 32).toImage()
    button.set_icon_name("mdi6.pause")
    assert button.icon().pixmap(32, 32).toImage() != before


def test_the_button_to_press_next_stands_out(qtbot: QtBot) -> None:
    plain, strong = IconButton("Go", "mdi6.play"), IconButton("Go", "mdi6.play", emphasis=True)
    for button in (plain, strong):
        qtbot.addWidget(button)
        assert isinstance(button, QPushButton)
        assert not isinstance(button, QToolButton)
    assert strong.font().bold()
    assert not plain.font().bold()

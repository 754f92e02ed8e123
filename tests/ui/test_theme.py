"""Light and dark on a platform that knows no schemes of its own, as off screen."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.theme import (
    apply_scheme,
    choose_scheme,
    chosen_scheme,
    icon,
    is_dark,
    settings,
)


@pytest.fixture(autouse=True)
def _light_again() -> object:
    yield
    apply_scheme("light")


def contrast(palette: QPalette, text: QPalette.ColorRole, ground: QPalette.ColorRole) -> float:
    """WCAG 2 contrast ratio, 1 to 21."""

    def luminance(role: QPalette.ColorRole) -> float:
        colour = palette.color(role)
        below = palette.color(ground)
        alpha = colour.alphaF()
        mixed = [alpha * a + (1 - alpha) * b for a, b in zip(colour.getRgbF()[:3], below.getRgbF()[:3], strict=True)]
        red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in mixed]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(text), luminance(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_scheme_reaches_the_whole_program_in_fusion(qapp: QApplication, scheme: str) -> None:
    apply_scheme(scheme)
    assert is_dark(qapp.palette()) == (scheme == "dark")
    assert qapp.style().name() == "fusion"


def test_dark_and_back_leaves_no_trace(qapp: QApplication) -> None:
    apply_scheme("light")
    before = qapp.palette().color(QPalette.ColorRole.Base)
    apply_scheme("dark")
    assert qapp.palette().color(QPalette.ColorRole.Base) != before
    apply_scheme("light")
    assert qapp.palette().color(QPalette.ColorRole.Base) == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        (QPalette.ColorRole.WindowText, QPalette.ColorRole.Window, 7.0),
        (QPalette.ColorRole.Text, QPalette.ColorRole.Base, 7.0),
        (QPalette.ColorRole.ButtonText, QPalette.ColorRole.Button, 7.0),
        (QPalette.ColorRole.PlaceholderText, QPalette.ColorRole.Window, 3.0),
        (QPalette.ColorRole.HighlightedText, QPalette.ColorRole.Highlight, 3.0),
        (QPalette.ColorRole.ToolTipText, QPalette.ColorRole.ToolTipBase, 7.0),
    ],
)
def test_text_is_readable(
    qapp: QApplication, scheme: str, text: QPalette.ColorRole, ground: QPalette.ColorRole, least: float
) -> None:
    apply_scheme(scheme)
    assert contrast(qapp.palette(), text, ground) >= least


def test_the_choice_is_remembered_on_this_pc(qapp: QApplication) -> None:
    assert chosen_scheme() == "system"
    choose_scheme("dark")
    assert chosen_scheme() == "dark"
    assert is_dark(qapp.palette())


def test_a_damaged_setting_is_no_reason_to_fail() -> None:
    settings().setValue("colour_scheme", "pink")
    assert chosen_scheme() == "system"


def test_icons_take_the_palettes_colour(qapp: QApplication) -> None:
    shades = []
    for scheme in ("light", "dark"):
        apply_scheme(scheme)
        picture = icon("mdi6.tune-variant", qapp.palette()).pixmap(32, 32).toImage()
        inked = [
            picture.pixelColor(x, y).lightness()
            for x in range(picture.width())
            for y in range(picture.height())
            if picture.pixelColor(x, y).alpha() == 255
        ]
        assert inked, "the symbol is empty"
        shades.append(sum(inked) / len(inked))
    assert shades[0] < 60
    assert shades[1] > 190


def test_a_symbol_without_room_is_drawn_without_a_complaint(qtbot: QtBot) -> None:
    """As in a button that is being unfolded; a warning of Qt's fails the test."""
    button = QToolButton()
    qtbot.addWidget(button)
    button.setIcon(icon("mdi6.play"))
    button.setFixedSize(60, 1)
    button.show()
    qtbot.waitExposed(button)
    QApplication.processEvents()
    button.setFixedSize(60, 30)
    assert not button.icon().pixmap(16, 16).isNull()

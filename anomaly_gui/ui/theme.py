"""Fusion in Qt's colour schemes, light and dark, and icons that go with them."""

from __future__ import annotations

import functools
from typing import Any

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

SCHEMES = {"system": "As the system", "light": "Light", "dark": "Dark"}
"""Name → title, for the View menu."""

_HINTS = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}
_KEY = "colour_scheme"
_DARK_BELOW = 128


def settings() -> QSettings:
    """What the window remembers on this PC, whatever the project."""
    return QSettings("AnomalyGUI", "anomaly-gui")


def chosen_scheme() -> str:
    """The scheme chosen last, a name of SCHEMES."""
    name = str(settings().value(_KEY, "system"))
    return name if name in SCHEMES else "system"


def choose_scheme(name: str) -> None:
    """Apply a scheme and remember it."""
    settings().setValue(_KEY, name)
    apply_scheme(name)


def apply_scheme(name: str) -> None:
    """Switch the whole program to a scheme of SCHEMES."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    if application.style().name() != "fusion":
        application.setStyle("Fusion")
    hints = QGuiApplication.styleHints()
    hints.setColorScheme(_HINTS[name])
    follows = name == "system" or hints.colorScheme() == _HINTS[name]
    # A platform without schemes of its own (off screen, bare X11) gets the same colours from us.
    application.setPalette(QPalette() if follows else _palette(dark=name == "dark"))


def is_dark(palette: QPalette) -> bool:
    return palette.color(QPalette.ColorRole.Window).lightness() < _DARK_BELOW


def explain(widget: QWidget) -> None:
    """Give a label the colour of explanations, in every scheme."""
    widget.setForegroundRole(QPalette.ColorRole.PlaceholderText)


def warning_colour(palette: QPalette) -> QColor:
    return QColor("#ffb454") if is_dark(palette) else QColor("#a65300")


def failure_colour(palette: QPalette) -> QColor:
    return QColor("#ff8a80") if is_dark(palette) else QColor("#b3261e")


def success_colour(palette: QPalette) -> QColor:
    return QColor("#7fd18c") if is_dark(palette) else QColor("#1b6e2c")


def icon(name: str, palette: QPalette | None = None) -> QIcon:
    """A symbol of the icon font in the palette's text colour; to be asked for again when that changes."""
    colours = palette if palette is not None else QApplication.palette()
    text = colours.color(QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText)
    disabled = colours.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText)
    made: QIcon = _symbols().icon(name, color=text, color_disabled=disabled)
    return made


@functools.cache
def _symbols() -> Any:
    """qtawesome, but for its warnings where a symbol has no room, as in a button that is just being unfolded."""
    import qtawesome
    from qtawesome import iconic_font

    class Symbol(iconic_font.CharIconEngine):
        def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
            made: QPixmap = QPixmap() if size.isEmpty() else super().pixmap(size, mode, state)
            return made

    iconic_font.CharIconEngine = Symbol
    return qtawesome


def _palette(*, dark: bool) -> QPalette:
    """Fusion's own colours, for platforms that do not tell it the scheme."""
    text = QColor(240, 240, 240) if dark else QColor(0, 0, 0)
    background = QColor(50, 50, 50) if dark else QColor(239, 239, 239)
    base = QColor(36, 36, 36) if dark else QColor(255, 255, 255)
    mid = background.darker(130)
    disabled = QColor(130, 130, 130) if dark else QColor(170, 170, 170)
    palette = QPalette(text, background, background.lighter(150), background.darker(150), mid, text, base)
    accent = QColor(48, 140, 198)
    placeholder = QColor(text)
    placeholder.setAlpha(128)
    roles = {
        QPalette.ColorRole.Button: background,
        QPalette.ColorRole.ButtonText: text,
        QPalette.ColorRole.Midlight: mid.lighter(110),
        QPalette.ColorRole.Shadow: background.darker(200),
        QPalette.ColorRole.Highlight: accent,
        QPalette.ColorRole.Accent: accent,
        QPalette.ColorRole.HighlightedText: QColor(255, 255, 255),
        QPalette.ColorRole.AlternateBase: base.lighter(115) if dark else QColor(247, 247, 247),
        QPalette.ColorRole.ToolTipBase: QColor(60, 60, 60) if dark else QColor(255, 255, 220),
        QPalette.ColorRole.ToolTipText: text,
        QPalette.ColorRole.PlaceholderText: placeholder,
        QPalette.ColorRole.Link: QColor("#6cb6ff") if dark else QColor("#0b5cad"),
    }
    for role, colour in roles.items():
        palette.setColor(role, colour)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, disabled)
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, QColor(145, 145, 145))
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Base, background)
    return palette

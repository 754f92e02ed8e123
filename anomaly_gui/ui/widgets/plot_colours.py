"""Colours of the plots, readable on light and dark and told apart by colour-blind eyes."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette


@dataclass(frozen=True)
class PlotColours:
    """One set for light, one for dark."""

    background: QColor
    text: QColor
    faint: QColor
    """Grid, chance line, where the threshold was before."""
    good: QColor
    defective: QColor
    precision: QColor
    recall: QColor
    f1: QColor
    threshold: QColor


def plot_colours(palette: QPalette) -> PlotColours:
    """The set that goes with the window's palette."""
    background = palette.color(QPalette.ColorRole.Base)
    text = palette.color(QPalette.ColorRole.Text)
    dark = background.lightness() < 128
    faint = QColor(text)
    faint.setAlpha(110)
    names = (
        ("#4da3ff", "#ff9f43", "#3ddbb0", "#f06fc0", "#e8e8e8")
        if dark
        else ("#1f6fc4", "#d96a00", "#00866a", "#b83a8a", "#303030")
    )
    good, defective, precision, recall, f1 = (QColor(name) for name in names)
    return PlotColours(background, text, faint, good, defective, precision, recall, f1, QColor(text))


def legend_html(entries: list[tuple[str, QColor]]) -> str:
    """Names with a square of their colour, for a label above a plot."""
    return " &nbsp; ".join(f'<span style="color:{colour.name()}">■</span> {name}' for name, colour in entries)

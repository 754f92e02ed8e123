"""Plots can be read in light and dark."""

from __future__ import annotations

from dataclasses import fields
from itertools import combinations

import pytest
from PySide6.QtGui import QColor, QPalette

from anomaly_gui.ui.widgets.plot_colours import legend_html, plot_colours


def luminance(colour: QColor) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def palette(base: str, text: str) -> QPalette:
    made = QPalette()
    made.setColor(QPalette.ColorRole.Base, QColor(base))
    made.setColor(QPalette.ColorRole.Text, QColor(text))
    return made


LIGHT, DARK = ("#ffffff", "#000000"), ("#242424", "#f0f0f0")


@pytest.mark.parametrize(("base", "text"), [LIGHT, DARK])
def test_every_line_stands_out_from_the_background(base: str, text: str) -> None:
    colours = plot_colours(palette(base, text))
    ground = luminance(colours.background)
    for field in fields(colours):
        if field.name in ("background", "faint"):
            continue
        light, dark = sorted((luminance(getattr(colours, field.name)), ground), reverse=True)
        # WCAG 2 asks for 3:1 of graphics.
        assert (light + 0.05) / (dark + 0.05) >= 3, field.name


@pytest.mark.parametrize(("base", "text"), [LIGHT, DARK])
def test_lines_of_one_plot_differ_in_colour(base: str, text: str) -> None:
    colours = plot_colours(palette(base, text))
    for plot in ((colours.good, colours.defective), (colours.precision, colours.recall, colours.f1)):
        for first, second in combinations(plot, 2):
            apart = sum(abs(a - b) for a, b in zip(first.getRgb()[:3], second.getRgb()[:3], strict=True))
            assert apart > 120


def test_a_legend_names_each_line_in_its_colour() -> None:
    html = legend_html([("recall", QColor("#123456")), ("F1", QColor("#abcdef"))])
    assert html.index("#123456") < html.index("recall") < html.index("#abcdef") < html.index("F1")

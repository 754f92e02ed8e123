from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

from anomaly_gui.jobs.study.records import RocPoints
from anomaly_gui.jobs.study.roc_plot import COLOURS_DARK, COLOURS_LIGHT, Line, plot

POINTS = RocPoints([0.0, 0.5], [0.25, 1.0])


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_curve_stands_out_from_its_background() -> None:
    assert all(contrast(colour, "#ffffff") > 4.5 for colour in COLOURS_LIGHT)
    assert all(contrast(colour, "#16181d") > 4.5 for colour in COLOURS_DARK)
    assert len(COLOURS_LIGHT) == len(COLOURS_DARK)


def test_a_curve_is_a_staircase_through_its_points() -> None:
    (path,) = re.findall(r' d="([^"]+)"><title>', plot("p", [Line("x", "0.9", POINTS)]))
    # The plot's square goes from (56, 394) to (436, 14).
    assert path == "M56.0 394.0H56.0V299.0H246.0V14.0H436.0"


def test_sixteen_curves_can_be_told_apart() -> None:
    text = plot("p", [Line(f"detector {n}", "0.9", POINTS) for n in range(16)])
    strokes = re.findall(r'class="curve" (.+?) d=', text)
    assert len(set(strokes)) == 16
    assert len(strokes) == 32


def test_the_legend_fits_into_the_picture() -> None:
    root = ElementTree.fromstring(plot("p", [Line(f"detector {n}", "0.9", POINTS) for n in range(30)]))
    lowest = max(float(text.attrib["y"]) for text in root.iter("text"))
    assert lowest < float(root.attrib["height"])


def test_names_are_text() -> None:
    root = ElementTree.fromstring(plot('<&"', [Line("<&>", "0.9", POINTS)]))
    assert root.attrib["aria-label"] == '<&"'
    assert "<&>, 0.9" in [text.text for text in root.iter("text")]

"""How the window says and colours what an image shows."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QColor, QPalette

from anomaly_gui.files import printable
from anomaly_gui.project.records import Image, Label
from anomaly_gui.ui.widgets.plot_colours import plot_colours


def label_name(label: Label) -> str:
    """ "good", "defective", "scratch", "unsure", "not labelled"."""
    if label.kind == "defect":
        return label.defect_type or "defective"
    return "not labelled" if label.kind == "unlabelled" else label.kind


def label_text(image: Image) -> str:
    """Label and state in few words, for below a thumbnail."""
    words = label_name(image.label)
    return f"left out · {words}" if image.excluded else words


def label_colour(image: Image, palette: QPalette, of_types: Mapping[str, str] | None = None) -> QColor:
    """That of the defect type, by its name; else the colours of the plots: blue for good, orange for defective."""
    colours = plot_colours(palette)
    if image.excluded or not image.label.is_decided:
        return QColor(palette.color(QPalette.ColorRole.PlaceholderText))
    of_type = (of_types or {}).get(image.label.defect_type or "")
    if of_type is not None:
        return QColor(of_type)
    return colours.good if image.label.kind == "good" else colours.defective


def file_name(image: Image) -> str:
    """For people; without the folder."""
    return printable(image.path).replace("\\", "/").rpartition("/")[2]

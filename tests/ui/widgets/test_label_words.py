from __future__ import annotations

from PySide6.QtGui import QPalette
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Label
from anomaly_gui.ui.widgets.label_words import label_colour, label_name, label_text
from tests.ui.widgets.sample_images import DEFECT, GOOD, UNLABELLED, image


def test_labels_in_words() -> None:
    assert [label_name(label) for label in (GOOD, DEFECT, Label("defect"), UNLABELLED)] == [
        "good",
        "crack",
        "defective",
        "not labelled",
    ]
    assert label_text(image(1, excluded=True)) == "left out · good"


def test_good_and_defective_are_told_apart_by_colour(qtbot: QtBot) -> None:
    palette = QPalette()
    colours = [label_colour(image(1, label), palette) for label in (GOOD, DEFECT, UNLABELLED)]
    assert len({colour.name() for colour in colours}) == 3
    assert label_colour(image(1, DEFECT, excluded=True), palette) == colours[2]

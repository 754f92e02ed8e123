from __future__ import annotations

from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.elided_label import ElidedLabel

LONG = "/measurements/2025/line 4/station 7/camera left/parts of the night shift"


def test_it_never_asks_for_more_than_it_gets_and_shows_the_whole_text_as_a_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel(LONG)
    qtbot.addWidget(label)
    label.resize(120, 20)
    label.grab()
    assert label.minimumSizeHint().width() < 40
    assert label.toolTip() == LONG


def test_text_that_fits_needs_no_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("short")
    qtbot.addWidget(label)
    label.resize(label.sizeHint())
    label.grab()
    assert label.toolTip() == ""
    assert label.accessibleName() == "short"


def test_what_is_left_out_is_not_painted_over_the_edge(qtbot: QtBot) -> None:
    label = ElidedLabel("W" * 100)
    qtbot.addWidget(label)
    label.resize(200, 20)
    shown = label.grab().toImage()
    paper = label.palette().window().color()
    assert all(shown.pixelColor(199, y) == paper for y in range(20))

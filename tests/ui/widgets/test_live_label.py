"""Text that changes often costs no layout."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.live_label import LiveLabel, NumberLabel


def ink(label: LiveLabel) -> int:
    """Pixels that differ from the background."""
    image = label.grab().toImage()
    ground = image.pixel(image.width() - 1, 0)
    return sum(image.pixel(x, y) != ground for x in range(image.width()) for y in range(image.height()))


def test_the_size_comes_from_the_sample_alone(qtbot: QtBot) -> None:
    label = NumberLabel("000.0 %")
    qtbot.addWidget(label)
    size = label.sizeHint()
    label.set_text("a text that is far longer than the sample")
    assert label.sizeHint() == size


def test_text_is_painted_and_told_to_screen_readers(qtbot: QtBot) -> None:
    label = NumberLabel("000.0 %")
    qtbot.addWidget(label)
    label.resize(label.sizeHint())
    assert ink(label) == 0
    label.set_text("93.4 %")
    assert ink(label) > 20
    assert label.accessibleName() == "93.4 %"


def test_digits_have_one_width(qtbot: QtBot) -> None:
    label = NumberLabel("0")
    qtbot.addWidget(label)
    assert len({label.fontMetrics().horizontalAdvance(digit * 10) for digit in "0123456789"}) == 1


def test_a_muted_figure_is_painted_fainter(qtbot: QtBot) -> None:
    label = NumberLabel("n/a")
    qtbot.addWidget(label)
    palette = QPalette(label.palette())
    palette.setColor(QPalette.ColorRole.PlaceholderText, QColor(255, 0, 0))
    label.setPalette(palette)
    label.resize(60, 20)
    label.set_text("n/a")
    label.set_muted(True)
    image = label.grab().toImage()
    assert any(
        image.pixelColor(x, y).red() > 200 > 100 > image.pixelColor(x, y).blue() for x in range(60) for y in range(20)
    )


def test_two_lines_have_room_for_two(qtbot: QtBot) -> None:
    one, two = LiveLabel(), LiveLabel(lines=2)
    for label in (one, two):
        qtbot.addWidget(label)
    assert two.sizeHint().height() > 1.5 * one.sizeHint().height()

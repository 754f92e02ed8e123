"""The list of missed defects is chosen from by mouse and leaves the keys to the page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.models.queued_images import QueueRow
from anomaly_gui.ui.widgets.queue_list import QueueList


def describe(number: int) -> QueueRow:
    verdict = "confirmed" if number == 1 else ""
    return QueueRow(100 + number, f"part_{number}.png", "crack · 0.83 below", verdict, "tip")


@pytest.fixture
def listed(qtbot: QtBot) -> QueueList:
    widget = QueueList()
    qtbot.addWidget(widget)
    widget.resize(220, 300)
    widget.queued.set_rows(50, describe)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_a_click_chooses_an_image(listed: QueueList, qtbot: QtBot) -> None:
    place = listed.visualRect(listed.queued.index(2, 0)).center()
    with qtbot.waitSignal(listed.image_chosen) as chosen:
        qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [102]


def test_marking_a_row_scrolls_to_it_and_announces_nothing(listed: QueueList, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(listed.image_chosen):
        listed.set_row(40)
    assert listed.currentIndex().row() == 40
    assert listed.viewport().rect().intersects(listed.visualRect(listed.currentIndex()))
    listed.set_row(None)
    assert not listed.currentIndex().isValid()
    assert not listed.selectedIndexes()


def test_a_verdict_is_marked_in_its_row(listed: QueueList) -> None:
    image = listed.viewport().grab().toImage()

    def ink(row: int) -> int:
        place = listed.visualRect(listed.queued.index(row, 0))
        ground = image.pixel(place.right() - 3, place.bottom() - 2)
        columns = range(place.right() - 24, place.right() - 2)
        return sum(image.pixel(x, y) != ground for x in columns for y in range(place.top(), place.top() + 24))

    assert ink(1) > 5
    assert ink(2) == 0


def test_it_never_takes_the_focus(listed: QueueList) -> None:
    assert listed.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_a_badge_is_painted_at_the_end_of_its_row(listed: QueueList) -> None:
    listed.queued.set_rows(2, lambda n: QueueRow(n, "part", "crack", "", "tip", "now caught" if n else ""))
    QApplication.processEvents()
    image = listed.viewport().grab().toImage()

    def colours(row: int) -> int:
        place = listed.visualRect(listed.queued.index(row, 0))
        line = range(place.right() - 90, place.right() - 8)
        return len({image.pixel(x, place.bottom() - 10) for x in line})

    assert colours(1) > colours(0) + 2

"""Images whose decision changes are shown, and a drag is not slowed down by them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPixmap, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.flip_strip import TILE_PX, FlipStrip
from anomaly_gui.ui.widgets.shown_figures import Flip, ShownFlips


def flips(count: int) -> ShownFlips:
    first = [Flip(number, number % 2 == 0, "2.0: defect, found") for number in range(1, count + 1)]
    return ShownFlips(first, count)


@pytest.fixture
def strip(qtbot: QtBot) -> FlipStrip:
    widget = FlipStrip()
    qtbot.addWidget(widget)
    widget.resize(3 * TILE_PX + 10, 2 * TILE_PX + 10)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_many_moves_at_once_are_looked_up_once_and_the_last_one_counts(strip: FlipStrip, qtbot: QtBot) -> None:
    looked_up: list[int] = []

    def find(count: int) -> ShownFlips:
        looked_up.append(count)
        return flips(count)

    for count in range(1, 6):
        strip.set_flips(lambda count=count: find(count))
    qtbot.waitUntil(lambda: len(strip.flips) == 5)
    assert looked_up == [5]


def test_thumbnails_are_asked_for_only_where_there_is_room(strip: FlipStrip, qtbot: QtBot) -> None:
    asked: set[int] = set()

    def thumbnail_of(image_id: int) -> QPixmap | None:
        asked.add(image_id)
        return None

    strip.set_source(str, thumbnail_of)
    strip.set_flips(lambda: flips(500))
    qtbot.waitUntil(lambda: len(asked) > 0)
    assert asked == {1, 2, 3, 4, 5, 6}


def test_a_thumbnail_that_comes_repaints_its_own_tile_alone(strip: FlipStrip, qtbot: QtBot) -> None:
    asked: list[int] = []
    strip.set_source(str, lambda image_id: asked.append(image_id))
    strip.set_flips(lambda: flips(500))
    qtbot.waitUntil(lambda: len(asked) > 0)
    asked.clear()
    strip.take_thumbnail(5)
    strip.take_thumbnail(400)  # Not in view.
    qtbot.waitUntil(lambda: len(asked) > 0)
    QApplication.processEvents()
    assert asked == [5]


def test_a_tile_shows_its_image(strip: FlipStrip, qtbot: QtBot) -> None:
    red = QPixmap(40, 20)
    red.fill(QColor(200, 0, 0))
    strip.set_source(str, lambda _image_id: red)
    strip.set_flips(lambda: flips(1))
    qtbot.waitUntil(lambda: len(strip.flips) == 1)
    assert strip.grab().toImage().pixelColor(TILE_PX // 2, TILE_PX // 2) == QColor(200, 0, 0)


def test_what_has_no_room_is_counted(strip: FlipStrip, qtbot: QtBot) -> None:
    strip.set_flips(lambda: ShownFlips(flips(20).first, 0))
    qtbot.waitUntil(lambda: len(strip.flips) == 20)
    plain = strip.grab().toImage()
    strip.set_flips(lambda: ShownFlips(flips(21).first, 4000))
    qtbot.waitUntil(lambda: len(strip.flips) == 21)
    counted = strip.grab().toImage()
    last = (2 * TILE_PX + 20, TILE_PX + 20)
    assert plain.pixelColor(10, 10) == counted.pixelColor(10, 10)
    assert counted.pixelColor(*last).lightness() < plain.pixelColor(*last).lightness()


def test_a_tile_can_be_chosen(strip: FlipStrip, qtbot: QtBot) -> None:
    strip.set_flips(lambda: flips(3))
    qtbot.waitUntil(lambda: len(strip.flips) == 3)
    with qtbot.waitSignal(strip.image_chosen) as chosen:
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(TILE_PX + 20, 10))
    assert chosen.args == [2]
    with qtbot.assertNotEmitted(strip.image_chosen):
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(10, 2 * TILE_PX))


def turn(strip: FlipStrip, rows: int) -> None:
    at, delta = QPointF(20, 20), QPoint(0, -120 if rows > 0 else 120)
    buttons, modifiers = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    for _ in range(abs(rows)):
        event = QWheelEvent(
            at, strip.mapToGlobal(at), QPoint(), delta, buttons, modifiers, Qt.ScrollPhase.NoScrollPhase, False
        )
        QApplication.sendEvent(strip, event)


def test_the_wheel_shows_the_others_down_to_the_last(strip: FlipStrip, qtbot: QtBot) -> None:
    strip.set_flips(lambda: flips(10))
    qtbot.waitUntil(lambda: len(strip.flips) == 10)
    turn(strip, 1)
    assert [flip.image_id for flip in strip.in_view] == [4, 5, 6, 7, 8, 9]
    turn(strip, 5)
    assert [flip.image_id for flip in strip.in_view] == [7, 8, 9, 10]
    with qtbot.waitSignal(strip.image_chosen) as chosen:
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert chosen.args == [7]
    turn(strip, -9)
    assert strip.in_view[0].image_id == 1


def test_fewer_images_are_seen_from_where_they_begin(strip: FlipStrip, qtbot: QtBot) -> None:
    strip.set_flips(lambda: flips(30))
    qtbot.waitUntil(lambda: len(strip.flips) == 30)
    turn(strip, 5)
    strip.set_flips(lambda: flips(2))
    qtbot.waitUntil(lambda: len(strip.flips) == 2)
    assert len(strip.in_view) == 2
    strip.set_flips(lambda: flips(30))
    qtbot.waitUntil(lambda: len(strip.flips) == 30)
    turn(strip, 2)
    strip.show_first()
    assert strip.in_view[0].image_id == 1

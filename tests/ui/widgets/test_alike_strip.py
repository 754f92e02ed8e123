"""Small pictures of the good images most like the one shown."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.alike_strip import AlikeStrip
from tests.ui.widgets.sample_images import image, written


def test_up_to_three_images_are_shown_with_their_names(qtbot: QtBot, tmp_path: Path) -> None:
    strip = AlikeStrip()
    qtbot.addWidget(strip)
    strip.set_images([written(tmp_path, number) for number in (3, 1, 2, 4)])
    assert strip.shown == [3, 1, 2]
    qtbot.waitUntil(lambda: all(not picture.pixmap().isNull() for picture in strip.pictures))
    assert [name.text() for name in strip.names] == ["part_003.png", "part_001.png", "part_002.png"]
    strip.thumbnails.stop()


def test_a_file_that_is_gone_leaves_its_place_empty(qtbot: QtBot) -> None:
    strip = AlikeStrip()
    qtbot.addWidget(strip)
    strip.set_images([image(1)])
    qtbot.waitUntil(lambda: strip.pictures[0].text() == "")
    strip.set_images([])
    assert strip.names[0].text() == ""
    strip.thumbnails.stop()


def test_names_do_not_move_the_pictures(qtbot: QtBot, tmp_path: Path) -> None:
    strip = AlikeStrip()
    qtbot.addWidget(strip)
    strip.resize(270, 110)
    strip.show()
    places = [picture.geometry() for picture in strip.pictures]
    strip.set_images([image(1, path="/parts/" + 20 * "long" + ".png"), image(2)])
    qtbot.wait(1)
    assert [picture.geometry() for picture in strip.pictures] == places
    strip.thumbnails.stop()

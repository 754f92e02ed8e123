from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.gallery import SIZES_PX, Gallery
from anomaly_gui.ui.widgets.thumbnails import Thumbnails
from tests.ui.widgets.sample_images import image


@pytest.fixture
def gallery(qtbot: QtBot) -> Iterator[Gallery]:
    thumbnails = Thumbnails(SIZES_PX[0], 1 << 20)
    made = Gallery(thumbnails)
    qtbot.addWidget(made)
    made.resize(800, 500)
    made.set_images([image(n) for n in range(1, 13)])
    made.show()
    qtbot.waitExposed(made)
    yield made
    thumbnails.stop()


def click(qtbot: QtBot, gallery: Gallery, row: int, modifier: Qt.KeyboardModifier) -> None:
    place = gallery.visualRect(gallery.images.index(row)).center()
    qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def test_several_are_selected_with_the_mouse(qtbot: QtBot, gallery: Gallery) -> None:
    with qtbot.waitSignal(gallery.selection_changed):
        click(qtbot, gallery, 1, Qt.KeyboardModifier.NoModifier)
    click(qtbot, gallery, 3, Qt.KeyboardModifier.ShiftModifier)
    click(qtbot, gallery, 5, Qt.KeyboardModifier.ControlModifier)
    assert gallery.selected_ids() == [2, 3, 4, 6]


def test_selecting_by_the_program_says_nothing(qtbot: QtBot, gallery: Gallery) -> None:
    with qtbot.assertNotEmitted(gallery.selection_changed):
        gallery.select([4, 9])
    assert gallery.selected_ids() == [4, 9]


def test_the_selection_survives_images_that_come_and_go(qtbot: QtBot, gallery: Gallery) -> None:
    gallery.select([5])
    with qtbot.assertNotEmitted(gallery.selection_changed):
        gallery.set_images([image(n) for n in (1, 3, 5, 7, 20)])
    assert gallery.selected_ids() == [5]
    # In another order everything is drawn anew, and still.
    gallery.set_images([image(n) for n in (20, 5, 1)])
    assert gallery.selected_ids() == [5]


def test_when_the_selected_image_goes_the_next_one_is_selected(qtbot: QtBot, gallery: Gallery) -> None:
    gallery.select([4])
    with qtbot.waitSignal(gallery.selection_changed):
        gallery.set_images([image(n) for n in range(1, 13) if n != 4])
    assert gallery.selected_ids() == [5]


def test_only_thumbnails_in_view_are_asked_for(qtbot: QtBot) -> None:
    asked: set[int] = set()

    class Counting(Thumbnails):
        def picture(self, shown: object) -> None:
            asked.add(shown.id)  # type: ignore[attr-defined]

    thumbnails = Counting(SIZES_PX[0], 1 << 20)
    gallery = Gallery(thumbnails)
    qtbot.addWidget(gallery)
    gallery.resize(600, 400)
    gallery.set_images([image(n) for n in range(5000)])
    gallery.show()
    qtbot.waitExposed(gallery)
    qtbot.waitUntil(lambda: bool(asked))
    assert max(asked) < 40
    asked.clear()
    gallery.select([4999])
    qtbot.waitUntil(lambda: 4999 in asked)
    assert min(asked) > 4900
    thumbnails.stop()


def test_larger_thumbnails_make_larger_cells(gallery: Gallery) -> None:
    before = gallery.gridSize()
    gallery.set_side(SIZES_PX[-1])
    assert gallery.gridSize().width() > before.width()
    assert gallery.side_px == SIZES_PX[-1]

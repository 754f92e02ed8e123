from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.gallery import SIZES_PX, Gallery
from anomaly_gui.ui.widgets.thumbnails import Thumbnails
from tests.ui.widgets.mouse import drag
from tests.ui.widgets.sample_images import image

NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def gallery(qtbot: QtBot) -> Iterator[Gallery]:
    thumbnails = Thumbnails(SIZES_PX[0], 1 << 20)
    made = Gallery(thumbnails)
    qtbot.addWidget(made)
    made.resize(800, 500)
    show(made, range(1, 13))
    made.show()
    qtbot.waitExposed(made)
    yield made
    thumbnails.stop()


def show(gallery: Gallery, ids: object) -> None:
    gallery.set_images(list(ids), {n: image(n) for n in range(6000)})  # type: ignore[call-overload]


def click(qtbot: QtBot, gallery: Gallery, row: int, modifier: Qt.KeyboardModifier) -> None:
    qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, modifier, gallery.cell_rect(row).center())


def test_several_are_selected_with_the_mouse(qtbot: QtBot, gallery: Gallery) -> None:
    with qtbot.waitSignal(gallery.selection_changed):
        click(qtbot, gallery, 1, NONE)
    click(qtbot, gallery, 3, SHIFT)
    click(qtbot, gallery, 5, CTRL)
    assert gallery.selected_ids() == [2, 3, 4, 6]


def test_a_band_selects_what_it_touches(gallery: Gallery) -> None:
    first, last = gallery.cell_rect(0), gallery.cell_rect(6)
    assert gallery.cell_rect(5).top() > first.top(), "five in a line"
    drag(gallery.viewport(), QPointF(first.center()), QPointF(last.center()))
    assert gallery.selected_ids() == [1, 2, 6, 7]
    drag(gallery.viewport(), QPointF(790, 490), QPointF(780, 480))
    assert gallery.selected_ids() == [], "beside the images"


def test_keys_go_through_the_images_and_select(qtbot: QtBot, gallery: Gallery) -> None:
    def press(key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> list[int]:
        qtbot.keyClick(gallery, key, modifier)
        return gallery.selected_ids()

    assert press(Qt.Key.Key_Right) == [1], "the first key begins at the first image"
    assert press(Qt.Key.Key_Down) == [6]
    assert press(Qt.Key.Key_Right, SHIFT) == [6, 7]
    assert press(Qt.Key.Key_Right, CTRL) == [6, 7]
    assert press(Qt.Key.Key_Space, CTRL) == [6, 7, 8]
    assert press(Qt.Key.Key_End) == [12]
    assert press(Qt.Key.Key_Right) == [12]
    assert press(Qt.Key.Key_Home, SHIFT) == list(range(1, 13))
    assert press(Qt.Key.Key_Home) == [1]
    assert press(Qt.Key.Key_A, CTRL) == list(range(1, 13))
    with qtbot.waitSignal(gallery.activated_image) as activated:
        qtbot.keyClick(gallery, Qt.Key.Key_Return)
    assert activated.args == [1]


def test_selecting_by_the_program_says_nothing(qtbot: QtBot, gallery: Gallery) -> None:
    with qtbot.assertNotEmitted(gallery.selection_changed):
        gallery.select([4, 9])
    assert gallery.selected_ids() == [4, 9]
    assert gallery.following_id() == 10
    with qtbot.waitSignal(gallery.selection_changed):
        gallery.go_to(10)
    assert gallery.selected_ids() == [10]


def test_the_selection_survives_images_that_come_and_go(qtbot: QtBot, gallery: Gallery) -> None:
    gallery.select([5])
    with qtbot.assertNotEmitted(gallery.selection_changed):
        show(gallery, (1, 3, 5, 7, 20))
    assert gallery.selected_ids() == [5]
    show(gallery, (20, 5, 1))
    assert gallery.selected_ids() == [5]


def test_the_selected_image_stays_in_view_when_the_order_changes(gallery: Gallery) -> None:
    show(gallery, range(1, 2001))
    gallery.select([5])
    show(gallery, range(2000, 0, -1))
    assert 5 in [image.id for image in gallery.visible_images()]
    gallery.verticalScrollBar().setValue(0)
    show(gallery, range(1, 2001))
    show(gallery, range(2000, 0, -1))
    assert gallery.verticalScrollBar().value() > 0, "it was in view at the beginning"
    gallery.verticalScrollBar().setValue(0)
    show(gallery, [2001, *range(2000, 0, -1)])
    assert gallery.verticalScrollBar().value() == 0, "who looks elsewhere is left alone"


def test_when_the_selected_image_goes_the_next_one_is_selected(qtbot: QtBot, gallery: Gallery) -> None:
    gallery.select([4])
    with qtbot.waitSignal(gallery.selection_changed):
        show(gallery, [n for n in range(1, 13) if n != 4])
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
    show(gallery, range(5000))
    gallery.show()
    qtbot.waitExposed(gallery)
    qtbot.waitUntil(lambda: bool(asked))
    assert max(asked) < 40
    asked.clear()
    gallery.select([4999])
    qtbot.waitUntil(lambda: 4999 in asked)
    assert min(asked) > 4900
    thumbnails.stop()


def test_what_was_scrolled_away_is_not_asked_for_any_more(qtbot: QtBot, gallery: Gallery) -> None:
    thumbnails = gallery.painter.thumbnails
    thumbnails._under_way.update({-1, -2})  # both threads are busy: what is asked for waits
    show(gallery, range(5000))
    gallery.viewport().repaint()
    before = set(thumbnails._wanted)
    assert before
    gallery.select([4000])
    gallery.viewport().repaint()
    qtbot.waitUntil(lambda: not before & set(thumbnails._wanted))
    assert 4000 in thumbnails._wanted
    in_view = [shown.id for shown in gallery.visible_images()]
    later = [each for each in thumbnails._wanted if each not in in_view]
    assert min(later) > max(in_view), "the page that comes next"


def test_larger_thumbnails_and_a_list_keep_the_place(gallery: Gallery) -> None:
    show(gallery, range(5000))
    gallery.select([2500])
    before = gallery.cell_rect(0).width()
    for side in (SIZES_PX[-1], SIZES_PX[0]):
        gallery.set_side(side)
        assert gallery.side_px == side
        assert 2500 in [shown.id for shown in gallery.visible_images()]
    gallery.set_side(SIZES_PX[-1])
    assert gallery.cell_rect(0).width() > before
    gallery.set_list(True)
    assert gallery.header.isVisible()
    assert gallery.cell_rect(0).width() == gallery.viewport().width()
    assert 2500 in [shown.id for shown in gallery.visible_images()]
    gallery.set_list(False)
    assert not gallery.header.isVisible()


def test_a_screen_reader_hears_of_the_image(qtbot: QtBot, gallery: Gallery) -> None:
    click(qtbot, gallery, 1, NONE)
    assert gallery.accessibleDescription() == "part_002.png, good"

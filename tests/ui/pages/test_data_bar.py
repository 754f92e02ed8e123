"""What the bar above the gallery asks for, and what it shows without asking."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.pages.data_bar import AddButtons, FilterBar
from anomaly_gui.ui.pages.data_filter import ALL, ImageFilter
from anomaly_gui.ui.widgets.gallery import SIZES_PX

LEFT = Qt.MouseButton.LeftButton
COUNTS = {ALL: 1213, "good": 1200, "defect": 13, "unlabelled": 0, "unsure": 0}


@pytest.fixture
def bar(qtbot: QtBot) -> FilterBar:
    made = FilterBar()
    qtbot.addWidget(made)
    made.set_counts(COUNTS, {"dent": 9, "scratch": 4})
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def asked(bar: FilterBar) -> Iterator[list[ImageFilter]]:
    """The filter at each announcement."""
    found: list[ImageFilter] = []
    bar.filter_changed.connect(lambda: found.append(bar.filter))
    return found


def test_each_button_asks_for_its_own_folder(qtbot: QtBot) -> None:
    buttons = AddButtons()
    qtbot.addWidget(buttons)
    buttons.show()
    asked: list[str] = []
    buttons.good_wanted.connect(lambda: asked.append("good"))
    buttons.defect_wanted.connect(lambda: asked.append("defect"))
    buttons.dataset_wanted.connect(lambda: asked.append("dataset"))
    for button in (buttons.dataset, buttons.good, buttons.defect):
        qtbot.mouseClick(button, LEFT)
    assert asked == ["dataset", "good", "defect"]


def test_every_condition_is_announced_once(qtbot: QtBot, bar: FilterBar, asked: list[ImageFilter]) -> None:
    assert not bar.clear.isEnabled(), "there is nothing to clear"
    qtbot.mouseClick(bar.kinds.button("defect"), LEFT)
    qtbot.keyClick(bar.types, Qt.Key.Key_Down)
    qtbot.keyClick(bar.uses, Qt.Key.Key_End)
    assert asked == [
        ImageFilter("defect"),
        ImageFilter("defect", "dent"),
        ImageFilter("defect", "dent", "excluded"),
    ]
    assert bar.clear.isEnabled()


def test_a_word_is_looked_for_when_the_typing_rests(qtbot: QtBot, bar: FilterBar, asked: list[ImageFilter]) -> None:
    qtbot.keyClicks(bar.text, "line 4")
    assert asked == [], "ten thousand images are not looked through at every letter"
    qtbot.waitUntil(lambda: asked == [ImageFilter(text="line 4")])


def test_the_cross_in_the_field_shows_all_again(bar: FilterBar, qtbot: QtBot, asked: list[ImageFilter]) -> None:
    bar.set_filter(ImageFilter(text="line 4"))
    bar.text.clear()
    qtbot.waitUntil(lambda: asked == [ImageFilter()])
    assert not bar.clear.isEnabled()


def test_a_filter_that_is_set_is_shown_whole_and_announced_by_no_one(
    qtbot: QtBot, bar: FilterBar, asked: list[ImageFilter]
) -> None:
    chosen = ImageFilter("defect", "scratch", "test", "line 4", frozenset({"/parts/a.png"}))
    bar.set_filter(chosen)
    assert bar.filter == chosen
    assert (bar.kinds.current, bar.types.currentText(), bar.uses.currentText()) == (
        "defect",
        "scratch 4",
        "For testing",
    )
    qtbot.wait(300)
    assert asked == []
    qtbot.mouseClick(bar.clear, LEFT)
    assert asked == [ImageFilter()], "also the images that a problem had singled out"


def test_counts_change_under_the_chosen_type(bar: FilterBar, asked: list[ImageFilter]) -> None:
    bar.set_filter(ImageFilter(defect_type="scratch"))
    bar.set_counts(COUNTS, {"burr": 1, "dent": 9, "scratch": 5})
    assert bar.types.currentText() == "scratch 5"
    assert bar.kinds.button("good").text() == "Good 1,200"
    bar.set_counts(COUNTS, {"dent": 9})
    assert bar.filter.defect_type is None, "the last scratch has another label now"
    assert not bar.clear.isEnabled()
    bar.set_counts(COUNTS, {})
    assert not bar.types.isVisible()
    assert asked == []


def test_the_slider_tells_the_side_of_a_thumbnail(qtbot: QtBot, bar: FilterBar) -> None:
    sides: list[int] = []
    bar.side_chosen.connect(sides.append)
    bar.set_side(SIZES_PX[2])
    QApplication.processEvents()
    assert sides == []
    qtbot.keyClick(bar.thumbnail_size, Qt.Key.Key_Right)
    qtbot.keyClick(bar.thumbnail_size, Qt.Key.Key_Home)
    assert sides == [SIZES_PX[3], SIZES_PX[0]]

"""What the bars above the gallery ask for, and what they show without asking."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.pages.data_bar import AddButtons, FilterBar, ViewBar
from anomaly_gui.ui.widgets.gallery import SIZES_PX

LEFT = Qt.MouseButton.LeftButton
COUNTS = {"all": 1213, "good": 1200, "defect": 13, "unlabelled": 0, "unsure": 0}


@pytest.fixture
def bar(qtbot: QtBot) -> FilterBar:
    made = FilterBar()
    qtbot.addWidget(made)
    made.set_counts(COUNTS)
    made.show_filter("all", "", [], is_filtered=False)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def look(qtbot: QtBot) -> ViewBar:
    made = ViewBar()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_each_button_asks_for_its_own_folder(qtbot: QtBot) -> None:
    buttons = AddButtons()
    qtbot.addWidget(buttons)
    buttons.show()
    asked: list[str] = []
    buttons.good_wanted.connect(lambda: asked.append("good"))
    buttons.defect_wanted.connect(lambda: asked.append("defect"))
    buttons.dataset_wanted.connect(lambda: asked.append("dataset"))
    buttons.any_wanted.connect(lambda: asked.append("any"))
    for button in (buttons.dataset, buttons.good, buttons.other, buttons.defect):
        qtbot.mouseClick(button, LEFT)
    assert asked == ["dataset", "good", "any", "defect"]


def test_a_word_is_looked_for_when_the_typing_rests(qtbot: QtBot, bar: FilterBar) -> None:
    asked: list[str] = []
    bar.text_typed.connect(asked.append)
    qtbot.keyClicks(bar.text, "line 4")
    assert asked == [], "a hundred thousand images are not looked through at every letter"
    bar.show_filter("all", "", [], is_filtered=False)
    assert bar.text.text() == "line 4", "what is typed is not taken away meanwhile"
    qtbot.waitUntil(lambda: asked == ["line 4"])
    bar.text.clear()
    qtbot.waitUntil(lambda: asked == ["line 4", ""])


def test_a_filter_is_shown_and_announced_by_no_one(qtbot: QtBot, bar: FilterBar) -> None:
    asked: list[object] = []
    for signal in (bar.kind_chosen, bar.text_typed, bar.panel_wanted):
        signal.connect(asked.append)
    bar.show_filter("defect", "line 4", ["Testing", "Score"], is_filtered=True)
    bar.show_panel(True)
    assert (bar.kinds.current, bar.text.text(), bar.words.text()) == ("defect", "line 4", "Testing and Score")
    bar.show_filter("", "line 4", [], is_filtered=True)
    assert bar.kinds.current == "", "several kinds"
    assert bar.clear.isEnabled()
    qtbot.wait(300)
    assert asked == []
    qtbot.mouseClick(bar.kinds.button("good"), LEFT)
    qtbot.mouseClick(bar.panel, LEFT)
    assert asked == ["good", False]
    assert bar.kinds.button("good").text() == "Good 1,200"


def test_order_layout_and_size_are_chosen(qtbot: QtBot, look: ViewBar) -> None:
    asked: list[object] = []
    for signal in (look.sort_chosen, look.list_chosen, look.side_chosen):
        signal.connect(asked.append)
    look.show_sort("score", descending=True)
    look.set_list(False)
    look.set_side(SIZES_PX[2])
    QApplication.processEvents()
    assert asked == []
    qtbot.keyClick(look.thumbnail_size, Qt.Key.Key_Right)
    qtbot.keyClick(look.sort, Qt.Key.Key_Home)
    qtbot.mouseClick(look.mode, LEFT)
    assert asked == [SIZES_PX[3], "imported", True]
    with qtbot.waitSignal(look.direction_turned):
        qtbot.mouseClick(look.direction, LEFT)

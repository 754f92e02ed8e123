from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.problem_list import CONFLICT, REFUSED, WARNING, Problem, ProblemList, summary_of

CLASH = Problem(CONFLICT, "/a/1.png", "the same picture twice", ("/a/1.png", "/b/1.png"))
BAD = Problem(REFUSED, "/a/x.png", "this is not an image")
NOTE = Problem(WARNING, "", "2 of 4 have no mask")


def test_it_is_not_there_without_problems(qtbot: QtBot) -> None:
    shown = ProblemList()
    qtbot.addWidget(shown)
    shown.show()
    shown.set_problems([BAD])
    assert shown.isVisible()
    shown.set_problems([])
    assert not shown.isVisible()


def test_the_list_is_folded_until_asked_for(qtbot: QtBot) -> None:
    shown = ProblemList()
    qtbot.addWidget(shown)
    shown.set_problems([NOTE, BAD, CLASH])
    shown.show()
    assert not shown.list.isVisible()
    qtbot.mouseClick(shown.arrow, Qt.MouseButton.LeftButton)
    assert shown.list.isVisible()
    texts = [shown.list.topLevelItem(row).text(2) for row in range(3)]
    assert texts == ["the same picture twice", "this is not an image", "2 of 4 have no mask"]
    assert shown.list.topLevelItem(1).text(1) == "x.png"


def test_a_double_click_shows_the_images_of_a_conflict(qtbot: QtBot) -> None:
    shown = ProblemList()
    qtbot.addWidget(shown)
    shown.resize(700, 300)
    shown.set_problems([CLASH, BAD], unfold=True)
    shown.show()
    qtbot.waitExposed(shown)
    place = shown.list.visualItemRect(shown.list.topLevelItem(0)).center()
    with qtbot.waitSignal(shown.images_chosen) as chosen:
        qtbot.mouseClick(shown.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(shown.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [("/a/1.png", "/b/1.png")]


def test_the_summary_counts_each_kind() -> None:
    assert summary_of([CLASH, BAD, BAD, NOTE]) == "1 conflict blocks training, 2 files refused and 1 warning"
    assert summary_of([CLASH, CLASH]) == "2 conflicts block training"

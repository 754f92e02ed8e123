from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.picture_set import PictureRequest
from anomaly_gui.ui.widgets.side_by_side import MOST, SideBySide, SidePicture
from tests.jobs.tiny_project import picture, write


def side(folder: Path, number: int, **facts: bool) -> SidePicture:
    write(folder / f"{number}.png", picture(number))
    request = PictureRequest(image_id=number, path=str(folder / f"{number}.png"), size=(40, 40), white_level=255)
    return SidePicture(request, f"{number}.png", facts.get("good", True), facts.get("training", True))


@pytest.fixture
def shown(qtbot: QtBot) -> SideBySide:
    made = SideBySide()
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    return made


def test_pictures_are_read_and_each_says_what_can_be_done(qtbot: QtBot, shown: SideBySide, tmp_path: Path) -> None:
    shown.set_pictures([side(tmp_path, 1), side(tmp_path, 2, good=False, training=False)], "")
    first, second = shown.panes[:2]
    qtbot.waitUntil(lambda: (first.view.image_id, second.view.image_id) == (1, 2))
    assert (first.relabel.text(), first.move_over.text()) == ("Defective", "To test")
    assert (second.relabel.text(), second.move_over.text()) == ("Good", "To training")
    assert [pane.isVisible() for pane in shown.panes] == [True, True, False, False]
    assert len(shown.panes) == MOST


def test_buttons_tell_which_image_is_meant(qtbot: QtBot, shown: SideBySide, tmp_path: Path) -> None:
    shown.set_pictures([side(tmp_path, 1), side(tmp_path, 2)], "")
    pane = shown.panes[1]
    for signal, button in (
        (shown.left_out, pane.leave_out),
        (shown.moved, pane.move_over),
        (shown.relabelled, pane.relabel),
    ):
        with qtbot.waitSignal(signal) as told:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert told.args == [2]


def test_without_pictures_there_is_a_message(shown: SideBySide) -> None:
    shown.set_pictures([], "about the whole set")
    assert shown.message.isVisible()
    assert shown.message.text() == "about the whole set"

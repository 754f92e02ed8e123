from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.segmented import SegmentedButtons


@pytest.fixture
def buttons(qtbot: QtBot) -> SegmentedButtons:
    made = SegmentedButtons([("a", "All"), ("b", "Good"), ("c", "Bad")], name="Label")
    qtbot.addWidget(made)
    made.show()
    return made


def test_one_is_chosen_with_the_mouse(qtbot: QtBot, buttons: SegmentedButtons) -> None:
    assert buttons.current == "a"
    with qtbot.waitSignal(buttons.chosen) as chosen:
        qtbot.mouseClick(buttons.button("c"), Qt.MouseButton.LeftButton)
    assert chosen.args == ["c"]
    assert buttons.current == "c"
    assert not buttons.button("a").isChecked()


def test_setting_says_nothing_and_passes_over_unknown_names(qtbot: QtBot, buttons: SegmentedButtons) -> None:
    with qtbot.assertNotEmitted(buttons.chosen):
        buttons.set_current("b")
        buttons.set_current("nothing")
    assert buttons.current == "b"


def test_a_longer_text_gets_more_room(buttons: SegmentedButtons) -> None:
    before = buttons.sizeHint().width()
    buttons.set_text("b", "Good 1,234,567")
    assert buttons.sizeHint().width() > before


def test_the_chosen_one_is_filled_to_its_edges(buttons: SegmentedButtons) -> None:
    """A path that crosses itself must not be hollow where its parts overlap."""
    buttons.set_current("b")
    button = buttons.button("b")
    seen = button.grab().toImage()
    highlight = button.palette().highlight().color()
    for x in (2, seen.width() - 3):
        for y in (2, seen.height() // 2, seen.height() - 3):
            assert seen.pixelColor(x, y) == highlight

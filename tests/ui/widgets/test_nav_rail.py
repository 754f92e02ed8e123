from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.nav_rail import NavRail


def rail_of(qtbot: QtBot) -> NavRail:
    rail = NavRail()
    qtbot.addWidget(rail)
    for name in ("data", "train"):
        rail.add_page(name, name.capitalize(), "mdi6.play", f"Go to {name}")
    rail.resize(rail.width(), 400)
    rail.show()
    return rail


def test_pressing_a_page_tells_its_name(qtbot: QtBot) -> None:
    rail = rail_of(qtbot)
    with qtbot.waitSignal(rail.page_chosen) as chosen:
        qtbot.mouseClick(rail.button("train"), Qt.MouseButton.LeftButton)
    assert chosen.args == ["train"]


def test_marking_the_page_that_is_shown_emits_nothing_and_shows_it(qtbot: QtBot) -> None:
    rail = rail_of(qtbot)
    rail.set_current("data")
    before = rail.grab().toImage()
    with qtbot.assertNotEmitted(rail.page_chosen, wait=10):
        rail.set_current("train")
    assert rail.button("train").isChecked()
    assert not rail.button("data").isChecked()
    assert rail.grab().toImage() != before


def test_a_page_can_be_reached_with_tab_and_space(qtbot: QtBot) -> None:
    rail = rail_of(qtbot)
    rail.button("data").setFocus()
    with qtbot.waitSignal(rail.page_chosen) as chosen:
        qtbot.keyClick(rail.button("data"), Qt.Key.Key_Space)
    assert chosen.args == ["data"]

"""The label beside a mask, in the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Label
from anomaly_gui.ui.main_window import MainWindow
from tests.ui.pages.mask_window import Editing
from tests.ui.pages.scored_project import scored_project

GOOD, CRACK = 1, 6


@pytest.fixture
def editing(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> Editing:
    scored_project(tmp_path).close()
    window.resize(1366, 768)
    assert window.session.open_project(tmp_path / "project")
    window.activateWindow()
    qtbot.waitActive(window)
    return Editing(qtbot, window)


def shown(editing: Editing) -> QColor:
    """Of the middle of the mask."""
    x, y = editing.at(13.0, 10.0).toPoint().toTuple()
    return editing.pane.grab().toImage().pixelColor(x, y)


def test_the_mask_has_its_types_colour_and_follows_another(editing: Editing) -> None:
    types = editing.project.types
    types.set_colour("crack", "#ff0000")
    types.set_colour("dent", "#0000ff")
    editing.open(CRACK)
    assert shown(editing).red() > shown(editing).blue() + 30
    editing.key("2")
    assert editing.project.image(CRACK).label == Label("defect", "dent")
    assert shown(editing).blue() > shown(editing).red() + 30
    editing.window.session.undo()
    assert editing.page.view.types.currentText() == "crack"
    assert shown(editing).red() > shown(editing).blue() + 30


def test_a_type_chosen_for_a_good_image_waits_for_its_mask(editing: Editing) -> None:
    editing.open(GOOD)
    editing.key("1")
    assert editing.project.image(GOOD).label == Label("good")
    editing.stroke((20.5, 20.5), (25.5, 20.5))
    assert editing.page.view.types.currentText() == "crack"
    assert editing.page.label.colour() == QColor(editing.project.types.all()[0].colour)


def test_a_digit_without_a_type_says_so(editing: Editing, qtbot: QtBot) -> None:
    editing.open(CRACK)
    with qtbot.waitSignal(editing.window.session.said) as said:
        editing.key("9")
    assert "no defect type with key 9" in said.args[0]

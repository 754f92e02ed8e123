"""What the panel beside the gallery shows of a selection, and what it asks for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import DefectType, Image, Label
from anomaly_gui.ui.pages.data_panel import DataPanel
from tests.ui.widgets.sample_images import DEFECT, image, written

LEFT = Qt.MouseButton.LeftButton
DENT = Label("defect", "dent")
TYPES = [
    DefectType(name=name, colour="#e69f00", key=None, position=n) for n, name in enumerate(("burr", "crack", "dent"))
]


@pytest.fixture
def panel(qtbot: QtBot) -> DataPanel:
    made = DataPanel()
    qtbot.addWidget(made)
    made.set_types([TYPES[1], TYPES[2]])
    made.resize(380, 600)
    made.show()
    made.activateWindow()
    qtbot.waitActive(made)
    return made


@pytest.fixture
def asked(panel: DataPanel) -> list[object]:
    """What the panel asked for, in order."""
    found: list[object] = []
    panel.good_wanted.connect(lambda: found.append("good"))
    panel.defect_wanted.connect(lambda: found.append("defect"))
    panel.unsure_wanted.connect(lambda: found.append("unsure"))
    panel.unlabelled_wanted.connect(lambda: found.append("unlabelled"))
    panel.split_chosen.connect(found.append)
    panel.type_chosen.connect(lambda name: found.append(f"type {name}"))
    panel.exclusion_wanted.connect(found.append)
    return found


def test_without_a_selection_there_is_nothing_to_press(panel: DataPanel) -> None:
    panel.show_images([image(1)], 0)
    panel.show_images([], 0)
    for widget in (panel.good, panel.defect, panel.unlabel, panel.leave_out, panel.types):
        assert not widget.isEnabled()
    assert panel.heading.text() == "No image selected"
    assert panel.facts.text() == ""
    assert panel.view.image_id is None


def test_each_button_asks_for_its_own_label(qtbot: QtBot, panel: DataPanel, asked: list[object]) -> None:
    panel.show_images([image(1), image(2, DEFECT)], 0)
    assert asked == []
    for button in (panel.defect, panel.unlabel, panel.unsure, panel.good):
        qtbot.mouseClick(button, LEFT)
    for action in panel.split.menu().actions():
        action.trigger()
    assert asked == ["defect", "unlabelled", "unsure", "good", "train", "test"]


def test_a_selection_is_put_back_only_if_all_of_it_is_left_out(
    qtbot: QtBot, panel: DataPanel, asked: list[object]
) -> None:
    panel.show_images([image(1, excluded=True), image(2)], 0)
    assert panel.leave_out.text() == "Leave out"
    qtbot.mouseClick(panel.leave_out, LEFT)
    panel.show_images([image(1, excluded=True), image(2, excluded=True)], 0)
    assert panel.leave_out.text() == "Put back"
    qtbot.mouseClick(panel.leave_out, LEFT)
    assert asked == [True, False]


def test_a_type_is_asked_for(qtbot: QtBot, panel: DataPanel, asked: list[object]) -> None:
    panel.show_images([image(1, DEFECT)], 0)
    panel.types.setFocus()
    panel.types.lineEdit().selectAll()
    qtbot.keyClicks(panel.types, "burr")
    qtbot.keyClick(panel.types, Qt.Key.Key_Return)
    assert asked == ["type burr"]
    assert panel.types.names == ["crack", "dent"], "the page tells which types there are"


def test_the_type_is_shown_if_the_selection_has_one(panel: DataPanel, asked: list[object]) -> None:
    panel.show_images([image(1, DENT), image(2, DENT)], 0)
    assert panel.types.currentText() == "dent"
    panel.show_images([image(1, DENT), image(2, DEFECT)], 0)
    assert panel.types.currentText() == ""
    assert asked == []


def test_a_half_typed_type_outlives_what_a_job_changes(qtbot: QtBot, panel: DataPanel) -> None:
    panel.show_images([image(1, DENT)], 0)
    panel.types.setFocus()
    panel.types.lineEdit().selectAll()
    qtbot.keyClicks(panel.types, "por")
    panel.set_types(TYPES)
    panel.show_images([image(1, DENT)], 0)
    assert panel.types.currentText() == "por"


def test_16_bit_images_share_one_white(qtbot: QtBot, panel: DataPanel, tmp_path: Path) -> None:
    """Each with a white of its own, a dark part would look like a bright one."""
    dark = written(tmp_path, 1, np.full((40, 60), 1000, np.uint16), bits=16, peak=1000)
    assert brightness(qtbot, panel, dark, 4000) == pytest.approx(255 * 1000 / 4095, abs=2)
    assert brightness(qtbot, panel, dark, 0) == pytest.approx(255 * 1000 / 1023, abs=2)


def brightness(qtbot: QtBot, panel: DataPanel, shown: Image, peak: int) -> int:
    with qtbot.waitSignal(panel.view.shown):
        panel.show_images([shown], peak)
    picture = panel.view.pane.grab().toImage()
    return picture.pixelColor(picture.width() // 2, picture.height() // 2).lightness()

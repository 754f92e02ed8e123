from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.project.image_filter import FACETS, Facet, ImageFilter
from anomaly_gui.project.records import DefectType
from anomaly_gui.ui.pages.data_facets import FacetPanel, with_ranges
from anomaly_gui.ui.theme import failure_colour

TYPES = [
    DefectType(name="dent", colour="#e69f00", key=1, position=0),
    DefectType(name="burr", colour="#56b4e9", key=2, position=1),
]
COUNTS: dict[Facet, dict[str, int]] = {facet: {} for facet in FACETS}
COUNTS["label"] = {"good": 5, "defect": 3}
COUNTS["defect_type"] = {"burr": 1, "dent": 2, "": 5}


@pytest.fixture
def panel(qtbot: QtBot) -> FacetPanel:
    made = FacetPanel()
    qtbot.addWidget(made)
    made.resize(240, 600)
    made.show_counts(COUNTS, ImageFilter(), TYPES)
    made.show_saved([])
    made.show()
    made.activateWindow()
    qtbot.waitActive(made)
    return made


def test_a_value_is_ticked_by_keyboard_and_stays_under_it(qtbot: QtBot, panel: FacetPanel) -> None:
    item = panel.item("defect_type", "burr")
    assert item is not None
    assert item.text(1) == "1"
    assert not item.icon(0).isNull()
    panel.tree.setCurrentItem(item)
    with qtbot.waitSignal(panel.value_ticked) as ticked:
        qtbot.keyClick(panel.tree, Qt.Key.Key_Space)
    assert ticked.args == ["defect_type", "burr", True]
    with qtbot.assertNotEmitted(panel.value_ticked):
        panel.show_counts(COUNTS, ImageFilter(defect_type=frozenset({"burr"})), TYPES)
    assert panel.tree.currentItem() is item
    assert item.checkState(0) == Qt.CheckState.Checked


def test_ranges_are_announced_together_and_nonsense_is_shown_in_red(qtbot: QtBot, panel: FacetPanel) -> None:
    low, high = panel.ranges["file_bytes"]
    low.setFocus()
    qtbot.keyClicks(low, "1.5")
    with qtbot.waitSignal(panel.ranges_typed) as typed:
        qtbot.keyClick(low, Qt.Key.Key_Return)
    wanted = with_ranges(ImageFilter(text="x"), typed.args[0])
    assert wanted == ImageFilter(text="x", file_bytes=(1500, None))
    high.setFocus()
    panel.show_ranges(wanted)
    assert low.text() == "1.5"
    qtbot.keyClicks(high, "big")
    with qtbot.assertNotEmitted(panel.ranges_typed):
        qtbot.keyClick(high, Qt.Key.Key_Return)
    assert high.palette().text().color() == failure_colour(panel.palette())


def test_ranges_of_a_filter_are_shown_whole(panel: FacetPanel) -> None:
    panel.tree.setFocus()
    panel.show_ranges(ImageFilter(score=(None, 0.25), pixels=(1_000_000, 2_500_000)))
    assert [field.text() for field in panel.ranges["score"]] == ["", "0.25"]
    assert [field.text() for field in panel.ranges["pixels"]] == ["1", "2.5"]


def test_saved_filters_are_chosen_and_forgotten(qtbot: QtBot, panel: FacetPanel) -> None:
    assert not panel.saved.isEnabled()
    panel.show_saved(["mine", "to relabel"], "mine")
    assert panel.saved.currentText() == "mine"
    with qtbot.waitSignal(panel.saved_chosen) as chosen:
        qtbot.keyClick(panel.saved, Qt.Key.Key_Down)
        panel.saved.activated.emit(1)
    assert chosen.args == ["to relabel"]
    with qtbot.waitSignal(panel.forgetting_wanted):
        qtbot.mouseClick(panel.forget, Qt.MouseButton.LeftButton)

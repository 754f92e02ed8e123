from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QColorDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import DefectType
from anomaly_gui.ui.widgets.types_dialog import KEY, NAME, TypesDialog

LEFT = Qt.MouseButton.LeftButton
TYPES = [
    DefectType(name=name, colour=colour, key=key, position=place)
    for place, (name, colour, key) in enumerate(
        [("dent", "#e69f00", 1), ("burr", "#56b4e9", 2), ("stain", "#009e73", None)]
    )
]


@pytest.fixture
def dialog(qtbot: QtBot, owner: QWidget) -> Iterator[TypesDialog]:
    owner.show()
    made = TypesDialog(owner)
    made.show_types(TYPES, {"dent": 1200})
    made.open()
    qtbot.waitExposed(made)
    yield made
    made.reject()


def rows(dialog: TypesDialog) -> list[tuple[str, str]]:
    return [(row.name.text(), row.count.text()) for row in dialog._rows]


def test_types_are_listed_in_their_order_with_counts(dialog: TypesDialog) -> None:
    assert rows(dialog) == [("dent", "1,200"), ("burr", "0"), ("stain", "0")]
    assert [row.key.currentText() for row in dialog._rows] == ["1", "2", "none"]
    for button in (dialog.up, dialog.down, dialog.colour, dialog.merge, dialog.delete):
        assert not button.isEnabled(), "nothing is selected"


def test_a_name_is_changed_in_its_place(qtbot: QtBot, dialog: TypesDialog) -> None:
    dialog.table.editItem(dialog._rows[1].name)
    (field,) = dialog.table.findChildren(QLineEdit)
    field.setText(" scratch ")
    with qtbot.waitSignal(dialog.renamed) as renamed:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert renamed.args == ["burr", "scratch"]
    with qtbot.assertNotEmitted(dialog.renamed):
        dialog.show_types(TYPES, {})
    assert rows(dialog)[1] == ("burr", "0"), "it was refused: what is so is shown"


def test_order_is_changed_by_keyboard_and_the_selection_moves_along(qtbot: QtBot, dialog: TypesDialog) -> None:
    dialog.table.selectRow(1)
    assert dialog.up.isEnabled()
    with qtbot.waitSignal(dialog.ordered) as ordered:
        qtbot.keyClick(dialog, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert ordered.args == [["burr", "dent", "stain"]]
    dialog.show_types([TYPES[1], TYPES[0], TYPES[2]], {})
    assert dialog._selected() == ["burr"]
    assert not dialog.up.isEnabled()


def test_key_and_colour_are_chosen_for_the_right_type(qtbot: QtBot, dialog: TypesDialog) -> None:
    box = dialog.table.cellWidget(2, KEY)
    with qtbot.waitSignal(dialog.key_chosen) as chosen:
        qtbot.keyClick(box, Qt.Key.Key_7)
    assert chosen.args == ["stain", 7]
    dialog.table.selectRow(0)
    qtbot.mouseClick(dialog.colour, LEFT)
    (colours,) = dialog.findChildren(QColorDialog)
    colours.setCurrentColor("#123456")
    with qtbot.waitSignal(dialog.coloured) as coloured:
        colours.accept()
    assert coloured.args == ["dent", "#123456"]


def test_several_are_merged_and_one_is_deleted(qtbot: QtBot, dialog: TypesDialog) -> None:
    dialog.table.selectAll()
    assert [action.text() for action in dialog.merge_menu.actions()] == ["into dent", "into burr", "into stain"]
    assert not dialog.delete.isEnabled()
    with qtbot.waitSignal(dialog.merged) as merged:
        dialog.merge_menu.actions()[1].trigger()
    assert merged.args == [["dent", "stain"], "burr"]
    dialog.table.clearSelection()
    dialog.table.selectRow(2)
    dialog.table.setFocus()
    with qtbot.waitSignal(dialog.deleted) as deleted:
        qtbot.keyClick(dialog.table, Qt.Key.Key_Delete)
    assert deleted.args == ["stain"]


def test_a_type_is_added_by_its_name(qtbot: QtBot, dialog: TypesDialog) -> None:
    qtbot.keyClicks(dialog.name, "  pore ")
    with qtbot.waitSignal(dialog.add_wanted) as added:
        qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    assert added.args == ["pore"]
    assert dialog.isVisible(), "Enter in the field closes nothing"
    with qtbot.assertNotEmitted(dialog.add_wanted):
        qtbot.mouseClick(dialog.add, LEFT)
    assert dialog.table.horizontalHeaderItem(NAME).text() == "Name"

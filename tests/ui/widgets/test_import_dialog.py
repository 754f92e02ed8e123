from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.ui.widgets.import_dialog import ImportDialog
from anomaly_gui.ui.widgets.import_roles import Place


def opened(qtbot: QtBot, *places: Place) -> ImportDialog:
    dialog = ImportDialog(list(places))
    dialog.open()
    qtbot.waitExposed(dialog)
    return dialog


def choose(dialog: ImportDialog, row: int, role: str) -> None:
    box = dialog.roles[row]
    box.setCurrentIndex(box.findData(role))


def test_the_confirmed_roles_are_imported(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Place(("/a/one",), "good"), Place(("/a/two",), "unlabelled"))
    choose(dialog, 1, "defect")
    with qtbot.waitSignal(dialog.import_chosen) as chosen:
        qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    assert chosen.args == [ImportRequest(good=("/a/one",), defect=("/a/two",)), ()]


def test_cancel_imports_nothing(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Place(("/a/one",), "good"))
    cancel = dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel)
    with qtbot.assertNotEmitted(dialog.import_chosen):
        qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)


def test_it_says_why_an_import_is_not_possible(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Place(("/a",), "dataset"), Place(("/b",), "dataset"))
    assert not dialog.start.isEnabled()
    assert "more than one data set" in dialog.advice.text().lower()
    choose(dialog, 0, "leave")
    assert dialog.start.isEnabled()
    choose(dialog, 1, "leave")
    assert not dialog.start.isEnabled()
    dialog.close()


def test_files_are_neither_a_data_set_nor_masks(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Place(("/a/1.png", "/a/2.png"), "unlabelled", is_folder=False))
    roles = [dialog.roles[0].itemData(row) for row in range(dialog.roles[0].count())]
    assert roles == ["good", "defect", "unlabelled", "leave"]
    dialog.close()

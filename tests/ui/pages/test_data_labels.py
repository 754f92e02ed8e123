"""Labels by keyboard and mouse, types and splits, on the real window and a real project."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Label
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.data import DataPage
from anomaly_gui.ui.theme import settings
from anomaly_gui.ui.widgets.types_dialog import TypesDialog
from tests.ui.pages.data_window import CTRL, SHIFT, click, dialog_of, press, tiny, waited

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> DataPage:
    return tiny(qtbot, window, tmp_path)


def kinds(page: DataPage, *ids: int) -> list[str]:
    return [page.session.project.image(image_id).label.kind for image_id in ids]


def test_one_key_labels_one_image_and_goes_on(qtbot: QtBot, page: DataPage) -> None:
    click(qtbot, page, 1)
    for key in ("x", "u", "g", "1"):
        press(qtbot, page, key)
    assert kinds(page, 1, 2, 3, 4) == ["defect", "unsure", "good", "defect"]
    assert page.session.project.image(4).label.defect_type == "hole"
    assert page.view.gallery.selected_ids() == [5]
    for _ in range(3):
        press(qtbot, page, Qt.Key.Key_Z, CTRL)
    assert kinds(page, 1, 2, 3, 4) == ["good"] * 4, "the third image was good before"


def test_going_on_can_be_switched_off_and_is_remembered(qtbot: QtBot, page: DataPage) -> None:
    page.view.panel.going_on.click()
    click(qtbot, page, 1)
    press(qtbot, page, "x")
    assert page.view.gallery.selected_ids() == [1]
    assert not settings().value("data/go_on", True, bool)
    press(qtbot, page, "g", CTRL | SHIFT)
    assert page.view.panel.going_on.isChecked()


def test_a_selection_is_labelled_in_one_step_and_stays(qtbot: QtBot, page: DataPage) -> None:
    page.view.gallery.setFocus()
    qtbot.keyClick(page.view.gallery, Qt.Key.Key_A, CTRL)
    press(qtbot, page, "u")
    assert kinds(page, *range(1, 21)) == ["unsure"] * 20
    assert len(page.view.gallery.selected_ids()) == 20
    press(qtbot, page, Qt.Key.Key_Z, CTRL)
    assert kinds(page, 1, 20) == ["good", "defect"]


def test_labels_can_be_given_while_a_job_runs(qtbot: QtBot, page: DataPage) -> None:
    page.session.start_job("train", "Training", lambda _project, _emit, cancel: waited(cancel))
    click(qtbot, page, 1)
    press(qtbot, page, "x")
    assert kinds(page, 1) == ["defect"]
    page.session.cancel_job()
    qtbot.waitUntil(lambda: page.session.job is None)


def test_digits_follow_the_keys_of_the_types(qtbot: QtBot, page: DataPage) -> None:
    said: list[str] = []
    page.session.said.connect(said.append)
    click(qtbot, page, 1)
    press(qtbot, page, "7")
    assert "No defect type has the key 7" in said[-1]
    assert kinds(page, 1) == ["good"]
    page.session.apply(lambda project: project.types.set_key("hole", 7))
    press(qtbot, page, "7")
    assert page.session.project.image(1).label == Label("defect", "hole")


def activated(dialog: TypesDialog) -> bool:
    dialog.activateWindow()
    return dialog.isActiveWindow()


def test_types_are_managed_in_a_dialog_and_undone_there(qtbot: QtBot, page: DataPage) -> None:
    press(qtbot, page, "t", CTRL)
    dialog = dialog_of(TypesDialog)
    assert isinstance(dialog, TypesDialog)
    qtbot.waitUntil(lambda: activated(dialog))
    qtbot.keyClicks(dialog.name, "burr")
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    assert [row.name.text() for row in dialog._rows] == ["hole", "burr"]
    dialog.coloured.emit("hole", "#123456")
    assert page.view.gallery.painter.type_colours["hole"] == "#123456"
    dialog.renamed.emit("hole", "pore")
    assert page.session.project.image(17).label.defect_type == "pore"
    assert dialog._rows[0].name.text() == "pore"
    dialog.ordered.emit(["burr", "pore"])
    assert page.view.panel.types.names == ["burr", "pore"]
    dialog.merged.emit(["pore"], "burr")
    assert page.session.project.defect_types() == ["burr"]
    assert page.session.project.image(17).label.defect_type == "burr"
    qtbot.keyClick(dialog.table, Qt.Key.Key_Z, CTRL)
    assert page.session.project.image(17).label.defect_type == "pore"
    dialog.deleted.emit("pore")
    assert page.session.project.image(17).label == Label("defect")
    dialog.reject()


def test_the_selection_is_moved_to_training_and_testing(qtbot: QtBot, page: DataPage) -> None:
    click(qtbot, page, 1)
    click(qtbot, page, 3, SHIFT)
    press(qtbot, page, "t", SHIFT)
    assert [page.session.project.image(each).split for each in (1, 2, 3, 4)] == ["test"] * 3 + ["train"]
    page.view.panel.split.menu().actions()[0].trigger()
    assert page.session.project.image(2).split == "train"
    press(qtbot, page, Qt.Key.Key_Z, CTRL)
    assert page.session.project.image(2).split == "test"

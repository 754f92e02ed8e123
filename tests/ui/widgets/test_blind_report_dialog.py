"""The report of a blind review: words, and images to relabel."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.jobs.blind_report import Report, Table, Verdict
from anomaly_gui.ui.widgets.blind_report_dialog import BlindReportDialog
from tests.ui.widgets.sample_images import written

REPORT = Report(
    "Blind review 4",
    (("Images", "2"),),
    (Verdict("<Anna>, trial 1", ("Missed 1 of 2 defects.",), "unacceptable"), Verdict("Ben", ("n/a",), None)),
    (Table("Rates", ("Reviewer", "Miss rate"), (("<Anna>", "50 %"),)),),
    ("A note.",),
)


@pytest.fixture
def dialog(owner: QWidget, tmp_path: Path) -> BlindReportDialog:
    owner.resize(1200, 700)
    made = BlindReportDialog(owner)
    made.show_report(REPORT, can_finish=True)
    made.show_images([written(tmp_path, number) for number in (1, 2)], {1: "Anna: good", 2: "Ben: unsure"}, 0)
    made.open()
    return made


def test_names_are_text_and_figures_without_a_grade_are_not_available(dialog: BlindReportDialog) -> None:
    text = dialog.text.toPlainText()
    assert "<Anna>, trial 1: unacceptable" in text
    assert "Ben: n/a" in text
    assert "50 %" in text
    assert dialog.windowTitle() == "Blind review 4"
    assert dialog.count.text() == "2 images seen otherwise"
    dialog.reject()


def test_a_selected_image_tells_who_said_what_and_is_relabelled(qtbot: QtBot, dialog: BlindReportDialog) -> None:
    assert not dialog.good.isEnabled()
    place = dialog.gallery.cell_rect(1).center()
    qtbot.mouseClick(dialog.gallery.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert dialog.said.text() == "Ben: unsure"
    with qtbot.waitSignal(dialog.label_wanted) as wanted:
        qtbot.mouseClick(dialog.defective, Qt.MouseButton.LeftButton)
    assert wanted.args == [[2], "defect"]
    with qtbot.waitSignal(dialog.image_wanted) as opened:
        qtbot.keyClick(dialog.gallery, Qt.Key.Key_Return)
    assert opened.args == [2]
    dialog.reject()


def test_several_images_are_one_step_and_ctrl_z_undoes(qtbot: QtBot, dialog: BlindReportDialog) -> None:
    qtbot.waitActive(dialog)
    dialog.gallery.select_all()
    assert "one step for all" in dialog.said.text()
    assert not dialog.open_button.isEnabled()
    with qtbot.waitSignal(dialog.label_wanted) as wanted:
        qtbot.mouseClick(dialog.good, Qt.MouseButton.LeftButton)
    assert wanted.args == [[1, 2], "good"]
    with qtbot.assertNotEmitted(dialog.undo_wanted):
        qtbot.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    dialog.set_can_undo(True)
    with qtbot.waitSignal(dialog.undo_wanted):
        qtbot.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    dialog.reject()


def test_no_image_seen_otherwise_is_said(dialog: BlindReportDialog) -> None:
    dialog.show_images([], {}, 0)
    dialog.show_report(REPORT, can_finish=False)
    assert dialog.count.text().startswith("Everyone said")
    assert dialog.said.text() == ""
    assert not dialog.finish.isEnabled()
    dialog.reject()

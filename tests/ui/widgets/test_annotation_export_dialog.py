from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.project.store import Project
from anomaly_gui.ui.widgets.annotation_export_dialog import AnnotationExportDialog
from tests.jobs.tiny_project import make_project


def test_every_format_says_what_it_loses_before_it_can_be_chosen(qtbot: QtBot, owner: QWidget, tmp_path: Path) -> None:
    owner.show()
    with make_project(tmp_path) as project:
        dialog = AnnotationExportDialog(project, owner)
        dialog.open()
        found = {}
        for row in range(dialog.format.count()):
            dialog.format.setCurrentIndex(row)
            qtbot.waitUntil(dialog.start.isEnabled)
            found[dialog.format.currentData()] = dialog.losses.toPlainText()
            assert "20 images, 4 of them with their defects marked" in dialog.summary.text()
        assert "masks" not in found["mvtec"]
        assert "mask" in found["folders"]
        dialog.folder.setText(" ")
        assert not dialog.start.isEnabled()
        dialog.reject()


def test_a_project_without_labels_says_what_to_do(qtbot: QtBot, owner: QWidget, tmp_path: Path) -> None:
    owner.show()
    with Project.create(tmp_path / "empty") as project:
        dialog = AnnotationExportDialog(project, owner)
        dialog.open()
        qtbot.waitUntil(lambda: "Label images first" in dialog.summary.text())
        assert not dialog.start.isEnabled()
        dialog.reject()

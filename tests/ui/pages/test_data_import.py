"""Images and annotations come in through the preview, and annotations go out, on the real window."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.data import DataPage
from anomaly_gui.ui.widgets.annotation_export_dialog import AnnotationExportDialog
from anomaly_gui.ui.widgets.import_dialog import ImportDialog
from tests.jobs.tiny_project import SIDE, picture, write
from tests.ui.pages.data_window import dialog_of, tiny

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(window: MainWindow, tmp_path: Path) -> DataPage:
    """Of an empty project."""
    assert window.session.create_project(tmp_path / "project")
    window.show_page("data")
    return window.data_page


def preview(page: DataPage, *paths: Path) -> ImportDialog:
    page.imports.offer(map(str, paths))
    dialog = dialog_of(ImportDialog)
    assert isinstance(dialog, ImportDialog)
    return dialog


def labelme(image: Path, kind: str) -> None:
    shape = {"label": kind, "points": [[5, 5], [20, 5], [20, 20]], "shape_type": "polygon"}
    said = {"imagePath": image.name, "imageHeight": SIDE, "imageWidth": SIDE, "shapes": [shape]}
    image.with_suffix(".json").write_text(json.dumps(said))


def test_a_preview_counts_and_can_be_corrected_before_anything_is_read(
    qtbot: QtBot, page: DataPage, tmp_path: Path
) -> None:
    for number in range(8):
        write(tmp_path / "line/OK" / f"{number}.png", picture(number))
        write(tmp_path / "line/NIO" / f"{number}.png", picture(50 + number, defect=True))
    dialog = preview(page, tmp_path / "line")
    assert sorted(box.currentData() for box in dialog.roles) == ["defect", "good"]
    qtbot.waitUntil(lambda: "6 good images for training, 2 good for testing and 8 defective" in dialog.survey.text())
    qtbot.waitUntil(lambda: all(row.found.text() == "8 images" for row in dialog.rows))
    assert not dialog.rows[0].samples[0].pixmap().isNull()
    assert page.session.images == {}
    bad = next(box for box in dialog.roles if box.currentData() == "defect")
    bad.setCurrentIndex(bad.findData("unlabelled"))
    qtbot.waitUntil(lambda: "8 not labelled" in dialog.survey.text())
    with qtbot.waitSignal(page.session.job_ended, timeout=20_000):
        qtbot.mouseClick(dialog.start, LEFT)
    kinds = [image.label.kind for image in page.session.images.values()]
    assert (kinds.count("good"), kinds.count("unlabelled")) == (8, 8)


def test_annotations_beside_images_are_recognised_and_read(qtbot: QtBot, page: DataPage, tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path / "shots" / f"{number}.png", picture(number, defect=True))
        labelme(tmp_path / "shots" / f"{number}.png", "scratch")
    said: list[str] = []
    page.session.said.connect(said.append)
    dialog = preview(page, tmp_path / "shots")
    qtbot.waitUntil(lambda: dialog.rows[0].annotations.isVisible())
    assert "labelme" in dialog.rows[0].found.text()
    assert dialog.rows[0].annotations.isChecked()
    with qtbot.waitSignal(page.session.job_ended, timeout=20_000):
        qtbot.mouseClick(dialog.start, LEFT)
    images = page.session.project.images()
    assert [image.label.defect_type for image in images] == ["scratch"] * 3
    assert all(image.mask_path for image in images)
    assert said[-1] == ("Imported 3 images (3 not labelled). Took 3 labels and 3 masks from labelme JSON.")
    page.session.undo()
    assert {image.label.kind for image in page.session.images.values()} == {"unlabelled"}


def test_annotations_go_out_once_it_is_said_what_is_lost(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    page = tiny(qtbot, window, tmp_path)
    page.imports.export()
    dialog = dialog_of(AnnotationExportDialog)
    assert isinstance(dialog, AnnotationExportDialog)
    assert not dialog.start.isEnabled()
    dialog.format.setCurrentIndex(dialog.format.findData("yolo"))
    qtbot.waitUntil(dialog.start.isEnabled)
    assert dialog.losses.toPlainText(), "boxes are not masks"
    dialog.folder.setText(str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    with qtbot.waitSignal(page.session.job_ended, timeout=20_000):
        qtbot.mouseClick(dialog.start, LEFT)
    assert any((tmp_path / "out").rglob("*.txt"))

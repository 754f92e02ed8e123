from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from anomaly_gui.jobs.import_survey import PlaceSurvey
from anomaly_gui.progress import CancelToken
from anomaly_gui.ui.widgets.import_place import Look, PlaceRow, look_at
from anomaly_gui.ui.widgets.import_roles import Place
from tests.jobs.tiny_project import picture, write


def test_samples_that_cannot_be_shown_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / "1.png", picture(1))
    (tmp_path / "2.png").write_text("no image")
    look = look_at(Place((str(tmp_path),), "good"), CancelToken())
    assert look.survey.images == 2
    assert [picture.width() for picture in look.pictures] == [40]


def test_annotations_are_offered_where_images_come_in(qtbot: QtBot) -> None:
    row = PlaceRow(Place(("/parts",), "unlabelled"))
    qtbot.addWidget(row)
    row.show()
    assert not row.reads_annotations
    row.show_look(Look(PlaceSurvey(images=3, samples=(), annotations="coco"), ()))
    assert row.annotations.isVisible()
    assert row.reads_annotations
    with qtbot.waitSignal(row.changed):
        row.role.setCurrentIndex(row.role.findData("leave"))
    assert not row.reads_annotations
    assert not row.annotations.isVisible()
    row.role.setCurrentIndex(row.role.findData("annotations"))
    assert row.reads_annotations


def test_a_file_of_annotations_is_nothing_else(qtbot: QtBot) -> None:
    row = PlaceRow(Place(("/parts/all.json",), "annotations", is_folder=False))
    qtbot.addWidget(row)
    assert [row.role.itemData(place) for place in range(row.role.count())] == ["annotations", "leave"]

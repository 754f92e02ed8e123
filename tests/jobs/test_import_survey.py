from __future__ import annotations

import json
from pathlib import Path

from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.jobs.import_images import ImportReport, import_images
from anomaly_gui.jobs.import_survey import survey_import, survey_place
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.store import Project
from tests.jobs.tiny_project import make_dataset, picture, write


def test_a_folder_is_counted_with_samples_spread_over_it(tmp_path: Path) -> None:
    for number in range(9):
        write(tmp_path / "parts" / f"{number}.png", picture(number))
    found = survey_place([str(tmp_path / "parts")], 3, CancelToken())
    assert found.images == 9
    assert [Path(path).stem for path in found.samples] == ["0", "3", "6"]
    assert found.annotations == ""
    assert "no such folder" in survey_place([str(tmp_path / "none")], 3, CancelToken()).problem


def test_the_masks_of_a_data_set_are_no_images_of_it_and_a_folder_of_masks_has_its_own(tmp_path: Path) -> None:
    make_dataset(tmp_path, train=3, good=1, defects=2)
    found = survey_place([str(tmp_path)], 6, CancelToken())
    assert found.images == 6
    assert not any("ground_truth" in path for path in found.samples)
    assert survey_place([str(tmp_path / "ground_truth")], 6, CancelToken()).images == 2


def test_annotations_in_a_folder_are_recognised(tmp_path: Path) -> None:
    write(tmp_path / "1.png", picture(1))
    (tmp_path / "1.json").write_text(json.dumps({"version": "5", "shapes": [], "imagePath": "1.png"}))
    assert survey_place([str(tmp_path)], 3, CancelToken()).annotations == "labelme"
    assert survey_place([str(tmp_path / "1.json")], 3, CancelToken()).annotations == "labelme"


def test_what_is_counted_is_what_comes_in(tmp_path: Path) -> None:
    make_dataset(tmp_path / "data")
    request = ImportRequest(dataset=str(tmp_path / "data"))
    survey = survey_import(request, CancelToken())
    assert (survey.good_train, survey.good_test, survey.defects, survey.masks) == (12, 4, {"hole": 4}, 4)
    with Project.create(tmp_path / "project") as project:
        report = import_images(project, request, ignore_events, CancelToken())
    assert isinstance(report, ImportReport)
    assert (report.added, report.masks) == (survey.images, survey.masks)


def test_what_cannot_come_in_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    survey = survey_import(ImportRequest(good=(str(tmp_path / "empty"),)), CancelToken())
    assert survey.images == 0
    assert "no images" in survey.remarks[0]

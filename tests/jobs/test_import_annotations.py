from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anomaly_gui.annotations import formats
from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.thresholds import Rule
from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.jobs.evaluate import set_threshold_by_rule
from anomaly_gui.jobs.import_annotations import AnnotationsReport, AnnotationsRequest, import_annotations
from anomaly_gui.jobs.import_images import ImportRequest, import_images
from anomaly_gui.progress import Cancelled, CancelToken, Event, FileRefused, Noted, ignore_events
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from tests.jobs.tiny_project import SIDE, make_dataset, picture, write
from tests.ui.pages.scored_project import scored_project


@pytest.fixture
def project(tmp_path: Path) -> Any:
    for number in range(4):
        write(tmp_path / "parts" / f"{number}.png", picture(number))
    with Project.create(tmp_path / "project") as made:
        import_images(made, ImportRequest(unlabelled=(str(tmp_path / "parts"),)), ignore_events, CancelToken())
        yield made


def table(folder: Path, *lines: str) -> str:
    path = folder / "labels.csv"
    path.write_text("\n".join(["path,label", *lines]), "utf-8")
    return str(path)


def coco(folder: Path, *regions: dict[str, Any], side: int = SIDE, count: int = 4) -> str:
    content = {
        "images": [{"id": n, "file_name": f"{n}.png", "width": side, "height": side} for n in range(count)],
        "categories": [{"id": 1, "name": "dent"}],
        "annotations": [{"id": n, "category_id": 1, "image_id": 0, **region} for n, region in enumerate(regions)],
    }
    path = folder / "labels.json"
    path.write_text(json.dumps(content))
    return str(path)


def taken(project: Project, place: str, emit: Any = ignore_events, **more: Any) -> AnnotationsReport:
    report = import_annotations(project, AnnotationsRequest(place=place, **more), emit, CancelToken())
    assert isinstance(report, AnnotationsReport)
    return report


def labels(project: Project) -> dict[str, tuple[str, str | None]]:
    return {Path(image.path).name: (image.label.kind, image.label.defect_type) for image in project.images()}


def test_labels_types_and_masks_are_one_step_that_one_undo_takes_back(project: Project, tmp_path: Path) -> None:
    before = project.images()
    report = taken(project, coco(tmp_path, {"bbox": [2, 3, 4, 5]}, {"bbox": [0, 0, 1, 1], "image_id": 1}), empty="good")
    assert (report.format, report.matched, report.labels_changed, report.masks_changed) == ("coco", 4, 4, 2)
    assert (report.defect_types, report.new_types) == ({"dent": 2}, ("dent",))
    assert labels(project)["0.png"] == ("defect", "dent")
    assert labels(project)["3.png"] == ("good", None)
    expected = np.zeros((SIDE, SIDE), bool)
    expected[3:8, 2:6] = True
    path = project.images()[0].mask_path
    assert path is not None
    assert Path(path).parent == project.folder / "masks"
    np.testing.assert_array_equal(load_mask(path, SIDE, SIDE), expected)
    assert project.verify() == []
    project.undo()
    assert project.images() == before
    assert project.undo_sentence is None
    project.redo()
    assert labels(project)["0.png"] == ("defect", "dent")


def test_the_same_again_changes_nothing(project: Project, tmp_path: Path) -> None:
    place = coco(tmp_path, {"bbox": [2, 3, 4, 5]})
    taken(project, place)
    events = len(project.events())
    report = taken(project, place)
    assert (report.labels_changed, report.masks_changed, report.unchanged, report.silent) == (0, 0, 1, 3)
    assert len(project.events()) == events


def test_what_says_nothing_takes_no_label_away(project: Project, tmp_path: Path) -> None:
    ids = [image.id for image in project.images()]
    project.set_label(ids[:2], Label("good"))
    project.set_label(ids[2:], Label("defect", "dent"))
    report = taken(project, table(tmp_path, "0.png,", "1.png,unlabelled", "2.png,defect", "3.png,scratch"))
    assert (report.silent, report.unchanged, report.labels_changed) == (2, 1, 1)
    assert list(labels(project).values()) == [("good", None)] * 2 + [("defect", "dent"), ("defect", "scratch")]


def test_what_is_not_found_is_named_and_the_rest_is_done(project: Project, tmp_path: Path) -> None:
    heard: list[Event] = []
    report = taken(project, table(tmp_path, "0.png,good", "9.png,good"), heard.append)
    assert [(each.path, each.reason) for each in report.unmatched] == [
        ("9.png", "the project has no image of this name.")
    ]
    assert [event for event in heard if isinstance(event, FileRefused)]
    assert labels(project)["0.png"] == ("good", None)


@pytest.mark.parametrize(
    ("regions", "options", "cause"),
    [
        ([{"bbox": [2, 3, 4, 5]}, {"bbox": [50, 50, 9, 9], "image_id": 2}], {}, "region 1 of 1 lies outside the image"),
        ([{"bbox": [2, 3, 4, 5]}], {"side": 64}, "annotated at 64×64 pixels, and the image has 40×40"),
        ([{"bbox": [2, 3, 4, 5]}, {"bbox": [1]}], {}, "left, top, width and height"),
    ],
)
def test_nothing_is_half_imported(
    project: Project, tmp_path: Path, regions: list[dict[str, Any]], options: dict[str, Any], cause: str
) -> None:
    before, events = project.images(), len(project.events())
    with pytest.raises(InputError, match=cause):
        taken(project, coco(tmp_path, *regions, **options))
    assert (project.images(), len(project.events())) == (before, events)
    assert not list((project.folder / "masks").iterdir())


def test_a_region_over_the_edge_is_cut_and_that_is_told(project: Project, tmp_path: Path) -> None:
    heard: list[Event] = []
    report = taken(project, coco(tmp_path, {"bbox": [-5, -5, 7, 6]}), heard.append)
    sentence = "0.png: a region reaches over the edge of the image and is cut there"
    assert report.notes == (sentence,)
    assert Noted(sentence) in heard
    assert load_mask(project.images()[0].mask_path or "", SIDE, SIDE).sum() == 2


def test_two_annotations_of_one_image_are_refused(project: Project, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="both stand for"):
        taken(project, table(tmp_path, "0.png,good", "x/0.png,defect"))


def test_annotations_of_other_images_change_nothing(project: Project, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of its images is in the project: 8"):
        taken(project, table(tmp_path, "8.png,good", "9.png,good"))


def test_a_folder_that_vanishes_in_between_is_refused(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = table(tmp_path, "0.png,good")
    find = formats.detect

    def gone(path: Path) -> str:
        found = find(path)
        path.unlink()
        return found

    monkeypatch.setattr(formats, "detect", gone)
    with pytest.raises(InputError, match="no such file"):
        taken(project, place)


def test_cancelled_nothing_is_changed(project: Project, tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    request = AnnotationsRequest(place=table(tmp_path, "0.png,good"))
    assert import_annotations(project, request, ignore_events, cancel) == Cancelled("Nothing was changed")
    assert labels(project)["0.png"] == ("unlabelled", None)


def test_reading_many_files_can_be_stopped(tmp_path: Path) -> None:
    make_dataset(tmp_path / "data", train=3, good=2, defects=2)
    with Project.create(tmp_path / "project") as project:
        cancel, heard = CancelToken(), []

        def stop_soon(event: Event) -> None:
            heard.append(event)
            cancel.cancel()

        request = AnnotationsRequest(place=str(tmp_path / "data"), add_images=True)
        assert import_annotations(project, request, stop_soon, cancel) == Cancelled("Nothing was changed")
        assert len(heard) == 1
        assert project.images() == []


def test_images_beside_the_annotations_are_added_with_their_split(tmp_path: Path) -> None:
    make_dataset(tmp_path / "data", train=3, good=2, defects=2)
    with Project.create(tmp_path / "project") as project:
        report = taken(project, str(tmp_path / "data"), add_images=True)
        assert (report.format, report.added, report.matched, report.masks_changed) == ("mvtec", 7, 7, 2)
        found = [(image.label.kind, image.split) for image in project.images()]
        assert sorted(found) == [("defect", "test")] * 2 + [("good", "test")] * 2 + [("good", "train")] * 3
        project.undo()
        assert {image.label.kind for image in project.images()} == {"unlabelled"}


def test_a_threshold_by_a_rule_follows_within_the_same_step(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        set_threshold_by_rule(project, 1, Rule("best-f1"))
        before, image = project.threshold(1), project.image(6)
        taken(project, table(tmp_path, f"{Path(image.path).name},good"))
        assert project.threshold(1) != before
        project.undo()
        assert (project.threshold(1), project.image(6)) == (before, image)

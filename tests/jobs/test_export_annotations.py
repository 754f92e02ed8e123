from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anomaly_gui.annotations.formats import FORMATS
from anomaly_gui.errors import InputError
from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.jobs import export_annotations as job
from anomaly_gui.jobs.export_annotations import (
    AnnotationsExportReport,
    Prepared,
    export_annotations,
    prepare_export,
)
from anomaly_gui.jobs.import_annotations import AnnotationsReport, AnnotationsRequest, import_annotations
from anomaly_gui.jobs.import_images import ImportRequest, import_images
from anomaly_gui.progress import Cancelled, CancelToken, Event, Noted, Progress, ignore_events
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from tests.jobs.tiny_project import SIDE, make_project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with make_project(tmp_path, train=3, good=2, defects=2) as made:
        yield made


def prepared(project: Project, name: str) -> Prepared:
    made = prepare_export(project, name, ignore_events, CancelToken())
    assert isinstance(made, Prepared)
    return made


def exported(project: Project, name: str, to: Path, emit: Any = ignore_events) -> AnnotationsExportReport:
    report = export_annotations(prepared(project, name), to, emit, CancelToken())
    assert isinstance(report, AnnotationsExportReport)
    return report


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_project_says_comes_back_into_another_as_far_as_the_format_holds_it(
    project: Project, tmp_path: Path, name: str
) -> None:
    report = exported(project, name, tmp_path / "out")
    assert (report.images, report.refused) == (7, ())
    with Project.create(tmp_path / "other") as other:
        import_images(
            other,
            ImportRequest(unlabelled=(str(tmp_path / "data/train"), str(tmp_path / "data/test"))),
            ignore_events,
            CancelToken(),
        )
        request = AnnotationsRequest(place=str(tmp_path / "out"), empty="good")
        taken = import_annotations(other, request, ignore_events, CancelToken())
        assert isinstance(taken, AnnotationsReport)
        by_path = {image.path: image for image in other.images()}
        assert taken.unmatched == ()
        assert {p: i.label for p, i in by_path.items()} == {i.path: i.label for i in project.images()}
        masked = [image for image in by_path.values() if image.mask_path is not None]
        assert len(masked) == (0 if name in ("folders", "csv") else 2)
        for image in masked:
            mask = load_mask(image.mask_path or "", SIDE, SIDE)
            expected = np.zeros((SIDE, SIDE), bool)
            expected[15:21, 18:24] = True
            np.testing.assert_array_equal(mask, expected)


def test_what_is_lost_is_said_before_anything_is_written(project: Project, tmp_path: Path) -> None:
    heard: list[tuple[Event, bool]] = []
    report = exported(
        project, "csv", tmp_path / "out", lambda event: heard.append((event, (tmp_path / "out").exists()))
    )
    assert report.losses == ("2 masks are left out",)
    assert (Noted("2 masks are left out."), False) in heard
    assert report.marked == 0


def test_excluded_images_stale_masks_and_missing_files_are_told(project: Project, tmp_path: Path) -> None:
    first, second, *_ = project.images()
    defects = [image for image in project.images() if image.label.kind == "defect"]
    project.set_excluded([first.id], True)
    project.set_label([defects[0].id], Label("good"))
    Path(second.path).unlink()
    Path(defects[1].mask_path or "").write_bytes(b"no picture")
    made = prepared(project, "coco")
    assert made.losses[:2] == (
        "1 excluded image left out",
        "The masks of 1 image that are not labelled defective are left out",
    )
    assert [Path(each.path).name for each in made.refused] == [Path(second.path).name, "001_mask.png"]
    assert len(made.records) == 5


def test_only_a_new_or_empty_folder_is_written_to(project: Project, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    for place, cause in ((full, "the folder is not empty"), (full / "mine.txt", "a file of this name")):
        with pytest.raises(InputError, match=cause):
            exported(project, "csv", place)
    assert [path.name for path in full.iterdir()] == ["mine.txt"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert exported(project, "csv", empty).files == 1
    assert exported(project, "csv", tmp_path / "a/b/c").files == 1


def test_a_cancelled_or_failed_export_leaves_nothing(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, cancel = tmp_path / "place/out", CancelToken()
    stopped = export_annotations(
        prepared(project, "mvtec"),
        place,
        lambda event: cancel.cancel() if isinstance(event, Progress) else None,
        cancel,
    )
    assert stopped == Cancelled("Nothing was written")
    assert list(place.parent.iterdir()) == []

    def full(*_argv: object) -> None:
        raise OSError(28, "No space left on device")

    made = prepared(project, "mvtec")
    monkeypatch.setattr("anomaly_gui.annotations.target.shutil.copyfile", full)
    with pytest.raises(InputError, match="No space left on device"):
        export_annotations(made, place, ignore_events, CancelToken())
    assert list(place.parent.iterdir()) == []


def test_a_project_with_nothing_for_a_format_is_refused(tmp_path: Path) -> None:
    with Project.create(tmp_path / "project") as project, pytest.raises(InputError, match="no image that COCO"):
        prepared(project, "coco")
    assert job.formats.format_of("coco").title == "COCO JSON"

from __future__ import annotations

from pathlib import Path

from anomaly_gui.annotations import class_folders
from anomaly_gui.annotations.records import Annotated
from anomaly_gui.annotations.sources import Options
from anomaly_gui.annotations.target import Target
from tests.annotations.samples import picture, refusal, with_pictures


def test_the_folder_of_an_image_is_its_class(tmp_path: Path) -> None:
    for name in ("OK/1.png", "NIO/2.png", "Kratzer/a/3.png", "_unlabeled/4.png"):
        picture(tmp_path / name, 2, 2)
    found = {
        record.image: (record.label, record.defect_type) for record in class_folders.read(tmp_path, Options()).images
    }
    assert found == {
        "OK/1.png": ("good", None),
        "NIO/2.png": ("defect", None),
        "Kratzer/a/3.png": ("defect", "Kratzer"),
        "_unlabeled/4.png": ("unlabelled", None),
    }


def test_a_tree_as_fiftyone_writes_it(tmp_path: Path) -> None:
    records = [
        Annotated(image="1.png", label="good"),
        Annotated(image="2.png", label="defect", defect_type="dent"),
        Annotated(image="3.png", label="unlabelled"),
        Annotated(image="4.png", label="defect"),
    ]
    out = tmp_path / "out"
    class_folders.write(with_pictures(records, tmp_path / "in"), Target(out))
    names = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.png"))
    assert names == ["_unlabeled/3.png", "defect/4.png", "dent/2.png", "good/1.png"]


def test_a_folder_without_classes_and_a_picture_that_is_none_are_refused(tmp_path: Path) -> None:
    picture(tmp_path / "1.png", 2, 2)
    assert "no folders" in refusal(class_folders.read, tmp_path, Options()).cause
    (tmp_path / "good").mkdir()
    assert "no annotations" in refusal(class_folders.read, tmp_path, Options()).cause
    (tmp_path / "good/x.png").write_text("no picture")
    assert "not an image" in refusal(class_folders.read, tmp_path, Options()).cause

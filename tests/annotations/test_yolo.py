"""YOLO's files, by hand as the documentations of Ultralytics, Darknet, labelImg and FiftyOne have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from anomaly_gui.annotations import yolo
from anomaly_gui.annotations.records import Annotated, Box, Polygon, Region
from anomaly_gui.annotations.sources import Options
from anomaly_gui.annotations.target import Target
from tests.annotations.samples import picture, refusal, with_pictures

KNOWN = Options(size_of=lambda name: (8, 4) if name == "a" else None)


def labels(root: Path, text: str, name: str = "labels/train/a.txt", classes: str = "names: [dent, scratch]\n") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    (root / "data.yaml").write_text(classes)
    return root


def test_a_line_is_class_centre_and_size_as_shares(tmp_path: Path) -> None:
    path = picture(tmp_path / "images/train/a.png", 8, 4)
    (found,) = yolo.read(labels(tmp_path, "1 0.5 0.5 0.25 0.5\n\n0 0.125 0.25 0.25 0.5 0.9\n"), Options()).images
    assert found.regions == (Region(Box(3, 1, 5, 3), "scratch"), Region(Box(0, 0, 2, 2), "dent"))
    assert (found.image, found.split, found.path, found.width) == ("a.png", "train", str(path), 8)


def test_more_numbers_are_an_outline(tmp_path: Path) -> None:
    (found,) = yolo.read(labels(tmp_path, "0 0 0 0.5 0 0.5 0.5\n"), KNOWN).images
    assert found.regions[0].shape == Polygon((((0, 0), (4, 0), (4, 2)),))
    assert found.image == "a"


def test_boxes_beside_the_images_with_a_list_of_names(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", 8, 4)
    (tmp_path / "a.txt").write_text("0 0.5 0.5 1 1")
    (tmp_path / "classes.txt").write_text("dent\n")
    (found,) = yolo.read(tmp_path, Options()).images
    assert (found.image, found.regions[0].defect_type, found.split) == ("a.png", "dent", None)
    (tmp_path / "classes.txt").rename(tmp_path / "obj.names")
    assert yolo.read(tmp_path, Options()).images == (found,)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("2 0.5 0.5 0.1 0.1", "there is no class 2; the list names 2"),
        ("-1 0.5 0.5 0.1 0.1", "no class -1"),
        ("0.5 0.5 0.5 0.1 0.1", "not a whole number"),
        ("dent 0.5 0.5 0.1 0.1", "not a number"),
        ("0 nan 0.5 0.1 0.1", "not a number"),
        ("0 1e999 0.5 0.1 0.1", "not a number"),
        ("0 0.5 0.5 -0.1 0.1", "below 0"),
        ("0 0.5 0.5 0.1", "neither a box nor a polygon"),
        ("0 " + "0.5 " * 7, "neither a box nor a polygon"),
    ],
)
def test_a_line_that_is_wrong_is_refused_by_its_number(tmp_path: Path, line: str, cause: str) -> None:
    problem = refusal(yolo.read, labels(tmp_path, f"0 0.5 0.5 0.1 0.1\n{line}\n"), KNOWN)
    assert problem.what.endswith("a.txt, line 2")
    assert cause in problem.cause


def test_without_classes_or_a_size_nothing_can_be_told(tmp_path: Path) -> None:
    labels(tmp_path, "0 0.5 0.5 0.1 0.1")
    assert "size of a is needed" in refusal(yolo.read, tmp_path, Options()).cause
    (tmp_path / "other.yaml").write_text("names: [x]")
    assert "2 YAML files" in refusal(yolo.read, tmp_path, KNOWN).cause
    (tmp_path / "other.yaml").unlink()
    (tmp_path / "data.yaml").unlink()
    assert "neither data.yaml nor classes.txt" in refusal(yolo.read, tmp_path, KNOWN).cause


def test_a_set_is_written_as_ultralytics_reads_it(tmp_path: Path) -> None:
    region = Region(Box(0, 1, 4, 3), "dent")
    records = [
        Annotated(
            image="a.png", label="defect", defect_type="dent", width=8, height=4, split="train", regions=(region,)
        ),
        Annotated(image="b.png", label="good", width=8, height=4, split="test"),
    ]
    yolo.write(with_pictures(records, tmp_path / "in"), Target(tmp_path / "out"))
    out = tmp_path / "out"
    assert (out / "labels/train/a.txt").read_text() == "0 0.25 0.5 0.5 0.5\n"
    assert (out / "labels/test/b.txt").read_text() == ""
    assert (out / "images/test/b.png").is_file()
    assert (out / "data.yaml").read_text() == (
        "path: .\ntrain: images/train\ntest: images/test\nnc: 1\nnames:\n  0: 'dent'\n"
    )

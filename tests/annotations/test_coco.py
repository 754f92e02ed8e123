"""COCO's files, by hand as https://cocodataset.org/#format-data has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anomaly_gui.annotations import coco
from anomaly_gui.annotations.raster import mask_of
from anomaly_gui.annotations.records import Annotated, Box, Polygon, Region
from anomaly_gui.annotations.rle import Rle
from anomaly_gui.annotations.sources import Options
from anomaly_gui.annotations.target import Target
from tests.annotations.samples import picture, refusal, with_pictures

CATEGORIES = [{"id": 1, "name": "dent", "supercategory": None}, {"id": 7, "name": "scratch", "supercategory": "x"}]
IMAGES = [{"id": 5, "file_name": "a.png", "width": 6, "height": 4, "license": None, "coco_url": None}]


def region(**more: Any) -> dict[str, Any]:
    return {"id": 1, "image_id": 5, "category_id": 7, "bbox": [1, 2, 3, 1], "area": 3, "iscrowd": 0, **more}


def file(*annotations: dict[str, Any], **more: Any) -> dict[str, Any]:
    info = {"info": {"year": 2024}, "licenses": []}
    return {**info, "images": IMAGES, "categories": CATEGORIES, "annotations": list(annotations), **more}


def read(folder: Path, content: dict[str, Any], **options: Any) -> tuple[Annotated, ...]:
    (folder / "labels.json").write_text(json.dumps(content))
    return coco.read(folder / "labels.json", Options(**options)).images


def shape_of(folder: Path, **more: Any) -> object:
    return read(folder, file(region(**more)))[0].regions[0].shape


def test_boxes_polygons_and_both_kinds_of_runs_are_read(tmp_path: Path) -> None:
    assert shape_of(tmp_path) == Box(1, 2, 4, 3)
    assert shape_of(tmp_path, segmentation=[]) == Box(1, 2, 4, 3)
    assert shape_of(tmp_path, segmentation=[[0, 0, 2, 0, 2.5, 2], [3, 3, 4, 3, 4, 4]]) == Polygon(
        (((0, 0), (2, 0), (2.5, 2)), ((3, 3), (4, 3), (4, 4)))
    )
    runs = Rle(4, 6, (5, 2, 2, 2, 13))
    assert shape_of(tmp_path, segmentation={"size": [4, 6], "counts": [5, 2, 2, 2, 13]}) == runs
    # The same, compressed: from the fourth number on the difference to the one two before (0, 11).
    assert shape_of(tmp_path, segmentation={"size": [4, 6], "counts": "5220;"}) == runs
    assert np.argwhere(mask_of([Region(runs)], 4, 6)).tolist() == [[1, 1], [1, 2], [2, 1], [2, 2]]


def test_a_crowd_stays_one(tmp_path: Path) -> None:
    assert read(tmp_path, file(region(iscrowd=1)))[0].regions[0].crowd
    assert not read(tmp_path, file(region()))[0].regions[0].crowd


def test_an_image_without_regions_is_what_the_reader_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, file())[0].label == "unlabelled"
    assert read(tmp_path, file(), empty="good")[0].label == "good"


@pytest.mark.parametrize("place", ["a.png", "data/a.png", "images/a.png"])
def test_images_are_found_where_tools_put_them(tmp_path: Path, place: str) -> None:
    path = picture(tmp_path / place, 6, 4)
    assert read(tmp_path, file(region()))[0].path == str(path)
    assert coco.read(tmp_path, Options()).images[0].path == str(path)


BAD: list[tuple[dict[str, Any], str, str]] = [
    (file(region(image_id=6)), "annotations[0].image_id", "no image 6"),
    (file(region(category_id=2)), "annotations[0].category_id", "no category 2"),
    (file(region(), region()), "annotations[1].id", "taken twice"),
    (file(images=IMAGES * 2), "images[1].id", "taken twice"),
    (file(images=[*IMAGES, {**IMAGES[0], "id": 6}]), "images[1]", "a.png is listed twice"),
    (file(categories=CATEGORIES * 2), "categories[2].id", "taken twice"),
    (file(categories=[{"id": 1, "name": " "}]), "categories[0].name", "empty"),
    (file(region(bbox=[1, 2, -3, 1])), "annotations[0].bbox", "below 0"),
    (file(region(bbox=[1, 2, 3])), "annotations[0].bbox", "left, top, width and height"),
    (file(region(bbox=None)), "annotations[0]", "neither segmentation nor bbox"),
    (file(region(segmentation=[[0, 0, 1, 1]])), "annotations[0].segmentation[0]", "no outline"),
    (file(region(segmentation=[[0, 0, 1, 1, 2, 2, 3]])), "annotations[0].segmentation[0]", "no outline"),
    (file(region(segmentation={"size": [4, 6], "counts": [3]})), "annotations[0].segmentation", "do not add up"),
    (file(region(segmentation={"size": [4, 6], "counts": "\u00e9"})), "annotations[0].segmentation", "characters"),
    (file(region(segmentation={"size": [5, 6], "counts": [30]})), "annotations[0].segmentation", "6×5 pixels"),
    (file(region(iscrowd=2)), "annotations[0].iscrowd", "2"),
    (file(images=[{**IMAGES[0], "file_name": "../a.png"}]), "images[0].file_name", "leaves the folder"),
    (file(images=[{"id": 5, "file_name": "a.png"}]), "images[0]", "no such image"),
    (file(images=[{**IMAGES[0], "width": 0}]), "images[0]", "cannot be used"),
]


@pytest.mark.parametrize(("content", "what", "cause"), BAD)
def test_what_is_wrong_is_refused_with_its_key(tmp_path: Path, content: Any, what: str, cause: str) -> None:
    problem = refusal(read, tmp_path, content)
    assert what in problem.what
    assert cause in problem.cause


def test_a_folder_of_several_files_is_not_guessed_at(tmp_path: Path) -> None:
    for name in ("train.json", "val.json"):
        (tmp_path / name).write_text("{}")
    assert "2 JSON files" in refusal(coco.read, tmp_path, Options()).cause


def test_a_set_is_written_as_fiftyone_lays_it_out(tmp_path: Path) -> None:
    regions = (Region(Rle(2, 3, (1, 2, 3)), "dent"), Region(Polygon((((0, 0), (2, 0), (2, 2)),)), crowd=True))
    record = Annotated(image="a.png", label="defect", defect_type="dent", width=3, height=2, regions=regions)
    coco.write(with_pictures([record], tmp_path / "in"), Target(tmp_path / "out"))
    assert (tmp_path / "out/data/a.png").is_file()
    written = json.loads((tmp_path / "out/labels.json").read_text())
    assert [category["name"] for category in written["categories"]] == ["defect", "dent"]
    first, second = written["annotations"]
    assert first["segmentation"] == {"size": [2, 3], "counts": "123"}
    assert (first["bbox"], first["area"], first["category_id"]) == ([0, 0, 2, 2], 2, 2)
    assert (second["segmentation"], second["area"], second["iscrowd"]) == ([[0, 0, 2, 0, 2, 2]], 2, 1)

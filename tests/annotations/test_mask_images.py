from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.annotations import mask_images
from anomaly_gui.annotations.mask_images import png, read_levels
from anomaly_gui.annotations.raster import mask_of
from anomaly_gui.annotations.records import Annotated, Box, Region
from anomaly_gui.annotations.sources import Options
from anomaly_gui.annotations.target import Target
from tests.annotations.samples import refusal

LEVELS = np.array([[0, 1, 1], [2, 0, 255]], np.uint8)


def masks(root: Path, levels: np.ndarray = LEVELS, classes: str | None = None) -> Path:
    (root / "side").mkdir(parents=True, exist_ok=True)
    (root / "side/a_mask.png").write_bytes(png(levels))
    if classes is not None:
        (root / "classes.txt").write_text(classes)
    return root


def test_anything_above_zero_is_a_defect_and_that_is_told(tmp_path: Path) -> None:
    found = mask_images.read(masks(tmp_path), Options())
    (record,) = found.images
    assert (record.image, record.label, record.defect_type, record.width) == ("side/a", "defect", None, 3)
    np.testing.assert_array_equal(mask_of(record.regions, 2, 3), LEVELS > 0)
    assert "several grey values" in found.notes[0]
    assert mask_images.read(masks(tmp_path, LEVELS // 255), Options()).notes == ()


@pytest.mark.parametrize(
    "classes", ["_background_\ndent\nscratch\n", "dent\nscratch\n", "__ignore__\n_background_\ndent\nscratch"]
)
def test_a_list_gives_each_grey_value_its_class(tmp_path: Path, classes: str) -> None:
    levels = np.where(LEVELS == 255, 0, LEVELS).astype(np.uint8)
    (record,) = mask_images.read(masks(tmp_path, levels, classes), Options()).images
    assert [region.defect_type for region in record.regions] == ["dent", "scratch"]
    np.testing.assert_array_equal(mask_of(record.regions[:1], 2, 3), levels == 1)


def test_a_grey_value_without_a_class_is_refused(tmp_path: Path) -> None:
    problem = refusal(mask_images.read, masks(tmp_path, classes="dent\n"), Options())
    assert "a_mask.png" in problem.what
    assert "grey value 2 is none of the 2 classes" in problem.cause


def test_two_masks_of_one_image_and_a_file_that_is_none_are_refused(tmp_path: Path) -> None:
    root = masks(tmp_path)
    (root / "side/a.png").write_bytes(png(LEVELS))
    assert "side/a is listed twice" in refusal(mask_images.read, root, Options()).cause
    (root / "side/a.png").write_bytes(png(LEVELS)[:40])
    assert "cut short" in refusal(mask_images.read, root, Options()).cause


def test_an_empty_mask_says_no_more_than_the_reader_is_told(tmp_path: Path) -> None:
    root = masks(tmp_path, LEVELS * 0)
    assert mask_images.read(root, Options()).images[0].label == "unlabelled"
    assert mask_images.read(root, Options(empty="good")).images[0].label == "good"


def test_masks_without_types_are_black_and_white(tmp_path: Path) -> None:
    record = Annotated(image="a.jpg", label="defect", width=3, height=2, regions=(Region(Box(0, 0, 1, 1)),))
    mask_images.write([record], Target(tmp_path))
    assert read_levels(tmp_path / "a_mask.png").tolist() == [[255, 0, 0], [0, 0, 0]]
    assert not (tmp_path / "classes.txt").exists()


def test_more_types_than_grey_values_are_refused(tmp_path: Path) -> None:
    regions = tuple(Region(Box(0, 0, 1, 1), f"type {n}") for n in range(256))
    record = Annotated(image="a.jpg", label="defect", width=3, height=2, regions=regions)
    assert "there are 256" in refusal(mask_images.write, [record], Target(tmp_path)).cause

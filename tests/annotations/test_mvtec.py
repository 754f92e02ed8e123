from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.annotations import mvtec
from anomaly_gui.annotations.mask_images import png
from anomaly_gui.annotations.raster import mask_of
from anomaly_gui.annotations.records import Annotated, Box, Region
from anomaly_gui.annotations.sources import Options
from anomaly_gui.annotations.target import Target
from tests.annotations.samples import picture, refusal, with_pictures


def data_set(root: Path) -> Path:
    for name in ("train/good/000.png", "test/good/000.png", "test/dent/000.png", "test/dent/001.png"):
        picture(root / name, 4, 3)
    mask = np.zeros((3, 4), np.uint8)
    mask[1, 2] = 255
    (root / "ground_truth/dent").mkdir(parents=True)
    (root / "ground_truth/dent/000_mask.png").write_bytes(png(mask))
    return root


def test_folders_tell_label_type_split_and_mask(tmp_path: Path) -> None:
    found = {record.image: record for record in mvtec.read(data_set(tmp_path), Options()).images}
    assert {name: (r.label, r.defect_type, r.split) for name, r in found.items()} == {
        "train/good/000.png": ("good", None, "train"),
        "test/good/000.png": ("good", None, "test"),
        "test/dent/000.png": ("defect", "dent", "test"),
        "test/dent/001.png": ("defect", "dent", "test"),
    }
    marked = mask_of(found["test/dent/000.png"].regions, 3, 4)
    assert np.argwhere(marked).tolist() == [[1, 2]]
    assert found["test/dent/001.png"].regions == ()


def test_a_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    picture(data_set(tmp_path) / "ground_truth/dent/001_mask.png", 5, 5)
    problem = refusal(mvtec.read, tmp_path, Options())
    assert "001_mask.png" in problem.what
    assert "the mask is 5×5 pixels, its image 4×3" in problem.cause


def test_a_mask_of_no_image_is_told(tmp_path: Path) -> None:
    picture(data_set(tmp_path) / "ground_truth/dent/009_mask.png", 4, 3)
    assert "009_mask.png: a mask of no defective image here" in mvtec.read(tmp_path, Options()).notes[0]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_out_of_the_set_is_refused(tmp_path: Path) -> None:
    root = data_set(tmp_path / "set")
    picture(tmp_path / "other.png", 4, 3)
    (root / "test/dent/002.png").symlink_to(tmp_path / "other.png")
    assert "leads out" in refusal(mvtec.read, root, Options()).cause


def test_the_layout_is_the_published_one(tmp_path: Path) -> None:
    dent = Region(Box(0, 0, 2, 1), "dent")
    records = [
        Annotated(image="x/1.png", label="good", width=4, height=3, split="train"),
        Annotated(image="y/1.png", label="good", width=4, height=3, split="test"),
        Annotated(image="2.png", label="defect", defect_type="dent", width=4, height=3, regions=(dent,)),
        Annotated(image="3.png", label="unlabelled", width=4, height=3),
    ]
    out = tmp_path / "out"
    mvtec.write(with_pictures(records, tmp_path / "in"), Target(out))
    names = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert names == ["ground_truth/dent/2_mask.png", "test/dent/2.png", "test/good/1.png", "train/good/1.png"]

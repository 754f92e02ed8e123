"""Pascal VOC's files, by hand as its development kit has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from anomaly_gui.annotations import voc
from anomaly_gui.annotations.records import Annotated, Box, Circle, Region
from anomaly_gui.annotations.sources import Options
from anomaly_gui.annotations.target import Target
from tests.annotations.samples import picture, refusal, with_pictures

BOX = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox>"
OBJECT = f"<object><name>dent</name><pose>Left</pose><truncated>1</truncated><difficult>0</difficult>{BOX}</object>"
SIZE = "<size><width>6</width><height>4</height><depth>3</depth></size>"


def file(body: str = SIZE + OBJECT, name: str = "a.png") -> str:
    return f"<annotation><folder>VOC2012</folder><filename>{name}</filename><source/>{body}</annotation>"


def read(folder: Path, text: str, name: str = "Annotations/a.xml") -> Annotated:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return voc.read(folder, Options()).images[0]


def test_pixels_count_from_one_and_both_corners_belong_to_the_box(tmp_path: Path) -> None:
    path = picture(tmp_path / "JPEGImages/a.png", 6, 4)
    found = read(tmp_path, file())
    assert found.regions == (Region(Box(0, 1, 3, 4), "dent"),)
    assert (found.width, found.height, found.path, found.defect_type) == (6, 4, str(path), "dent")


def test_fractions_and_parts_of_objects_are_no_trouble(tmp_path: Path) -> None:
    parts = f"<part><name>head</name>{BOX}</part>"
    found = read(
        tmp_path, file(SIZE + OBJECT.replace(">1</xmin>", ">1.5</xmin>").replace("</object>", parts + "</object>"))
    )
    assert [region.shape for region in found.regions] == [Box(0.5, 1, 3, 4)]


def test_a_size_that_is_missing_or_zero_is_the_images(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", 6, 4)
    for size in ("", "<size><width>0</width><height>0</height></size>"):
        assert read(tmp_path, file(size + OBJECT), "a.xml").width == 6


@pytest.mark.parametrize(
    ("text", "what", "cause"),
    [
        ("<a/>", "a.xml", "begins with <a>"),
        (file(name=""), "a.xml", "no filename"),
        (file(name="../../a.png"), "filename", "leaves the folder"),
        (file(SIZE.replace("6", "six")), "size/width", "not a number"),
        (file(SIZE.replace("6", "6.5")), "size/width", "not a whole number"),
        (file(SIZE + OBJECT + "<object><name>x</name></object>"), "object 2", "no bndbox"),
        (file(SIZE + OBJECT.replace("<name>dent</name>", "")), "object 1", "no name"),
        (file(SIZE + OBJECT.replace(">1</xmin>", ">nan</xmin>")), "object 1, bndbox/xmin", "not a number"),
        (file(SIZE + OBJECT.replace(">1</xmin>", ">9</xmin>")), "object 1, bndbox", "ends before"),
        (file(SIZE + OBJECT.replace("<ymax>4</ymax>", "")), "object 1, bndbox", "no ymax"),
        (file(OBJECT), "a.xml", "no such image"),
        ("<!DOCTYPE annotation>" + file(), "a.xml", "DOCTYPE"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(tmp_path: Path, text: str, what: str, cause: str) -> None:
    problem = refusal(read, tmp_path, text)
    assert what in problem.what
    assert cause in problem.cause


def test_a_box_is_written_in_whole_pixels_that_hold_the_shape(tmp_path: Path) -> None:
    region = Region(Circle((3, 2), (3.5, 2)), "Riß & mehr")
    record = Annotated(image="x/a.png", label="defect", width=6, height=4, regions=(region,))
    voc.write(with_pictures([record], tmp_path / "in"), Target(tmp_path / "out"))
    assert (tmp_path / "out/JPEGImages/a.png").is_file()
    text = (tmp_path / "out/Annotations/a.xml").read_text("utf-8")
    assert "<xmin>3</xmin>" in text
    assert "<xmax>4</xmax>" in text
    assert "<name>Riß &amp; mehr</name>" in text

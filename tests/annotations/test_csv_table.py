from __future__ import annotations

from pathlib import Path

import pytest

from anomaly_gui.annotations import csv_table
from anomaly_gui.annotations.records import Annotated
from anomaly_gui.annotations.sources import Options
from anomaly_gui.annotations.target import Target
from tests.annotations.samples import picture, refusal


def read(folder: Path, text: str, encoding: str = "utf-8") -> list[tuple[str, str, str | None]]:
    (folder / "labels.csv").write_bytes(text.encode(encoding))
    return [(r.image, r.label, r.defect_type) for r in csv_table.read(folder, Options()).images]


def test_paths_and_labels_in_the_ways_that_spreadsheets_write_them(tmp_path: Path) -> None:
    expected = [("a.png", "good", None), ("b/c, d.png", "defect", "scratch"), ("e.png", "unlabelled", None)]
    comma = 'path,label\r\na.png,OK\r\n"b/c, d.png",scratch\r\n\r\ne.png,\r\n'
    assert read(tmp_path, comma) == expected
    assert read(tmp_path, comma, "utf-8-sig") == expected
    assert read(tmp_path, comma, "utf-16") == expected
    assert read(tmp_path, "Image;Class\na.png;good\nb\\c, d.png;scratch\ne.png;unlabelled\n") == expected
    assert read(tmp_path, "path\tlabel\tdefect_type\na.png\tgood\t\nb/c, d.png\tNG\tscratch\ne.png\t\t\n") == expected


def test_an_image_beside_the_table_is_found(tmp_path: Path) -> None:
    path = picture(tmp_path / "x/a.png", 2, 2)
    (tmp_path / "t.csv").write_text("path,label,split\nx/a.png,good,val\n")
    (record,) = csv_table.read(tmp_path / "t.csv", Options()).images
    assert (record.path, record.split) == (str(path), "train")


@pytest.mark.parametrize(
    ("text", "what", "cause"),
    [
        ("a.png,good\nb.png,ok\n", "line 1", "no column label"),
        ("path,path,label\n", "line 1", "two columns are named path"),
        ("path,label\na.png\n", "line 2", "has 1 cells"),
        ("path,label\na.png,good\na.png,good\n", "line 3", "a.png is listed twice (first in "),
        ("path,label\nC:\\parts\\a.png,good\n", "line 2", "absolute path"),
        ("path,label\n/parts/a.png,good\n", "line 2", "absolute path"),
        ("path,label\n..\\a.png,good\n", "line 2", "leaves the folder"),
        ("path,label\n,good\n", "line 2", "no path"),
        ("path,label,defect_type\na.png,good,dent\n", "line 2", "a defect type is given with the label 'good'"),
        ("path,label,split\na.png,good,later\n", "line 2", "'later' is not known"),
        ('path,label\n"a.png,good\n', "line 2", "damaged"),
        ('path,label\n"a"b,good\n', "line 2", "damaged"),
        ("path,label\n", "labels.csv", "no annotations"),
        ("", "labels.csv", "no annotations"),
        ("path,label\n" + "x" * 200_000 + ",good\n", "line 2", "damaged"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, text: str, what: str, cause: str) -> None:
    problem = refusal(read, tmp_path, text)
    assert what in problem.what
    assert cause in problem.cause


def test_a_table_of_another_encoding_is_refused(tmp_path: Path) -> None:
    assert "not UTF-8" in refusal(read, tmp_path, "path,label\nlösch.png,good\n", "cp1252").cause


def test_a_table_is_one_file_and_copies_nothing(tmp_path: Path) -> None:
    records = [Annotated(image="a, b.png", label="defect", defect_type="dent", split="test")]
    csv_table.write(records, Target(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["labels.csv"]
    assert (tmp_path / "labels.csv").read_bytes() == (
        b'path,label,defect_type,split\r\n"a, b.png",defect,dent,test\r\n'
    )

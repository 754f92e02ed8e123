from __future__ import annotations

import os
from pathlib import Path

import pytest

from anomaly_gui.annotations.coco import CocoFile
from anomaly_gui.annotations.records import Annotated
from anomaly_gui.annotations.sources import (
    Options,
    collected,
    files_below,
    found_below,
    image_beside,
    number,
    read_bytes,
    read_json,
    read_text,
    read_xml,
    relative_name,
    size_of_image,
    whole,
)
from anomaly_gui.errors import InputError
from tests.annotations.samples import picture, refusal


def written(folder: Path, data: bytes | str, name: str = "it.json") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_whatever_mark_it_has(tmp_path: Path, encoding: str) -> None:
    assert read_text(written(tmp_path, "größe\r\n".encode(encoding))) == "größe\r\n"


def test_text_of_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    problem = refusal(read_text, written(tmp_path, "ok\nlösch".encode("cp1252")))
    assert problem.what.endswith("it.json, line 2")
    assert "not UTF-8" in problem.cause
    assert "not a text file" in refusal(read_text, written(tmp_path, b"a\0b")).cause
    assert "not UTF-8" in refusal(read_text, written(tmp_path, b"\xff\xfea")).cause


def test_a_file_that_is_too_large_or_none_at_all_is_refused(tmp_path: Path) -> None:
    assert "larger than 0 MB" in refusal(read_bytes, written(tmp_path, "12345"), 4).cause
    assert "no such file" in refusal(read_bytes, tmp_path / "none").cause
    assert "not a file" in refusal(read_bytes, tmp_path).cause
    assert "cannot be read" in refusal(read_bytes, tmp_path / ("x" * 5000)).cause


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a file" in refusal(read_bytes, tmp_path / "pipe").cause


@pytest.mark.parametrize(
    ("text", "what", "cause"),
    [
        ('{\n"images": [],\n"annotations": [}', "it.json, line 3", "damaged"),
        ('{"images": []', "it.json, line 1", "damaged"),
        ("", "it.json, line 1", "damaged"),
        ('{"images": [], "annotations": [{"image_id": 1, "category_id": 1, "bbox": [NaN]}]}', "line 1", "damaged"),
        ('{"images": [], "annotations": [{"image_id": "x", "category_id": 1}]}', "annotations[0].image_id", "got str"),
        ('{"images": [], "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1e999]}]}', "bbox[0]", "range"),
        ('{"images": []}', "it.json", "missing required field annotations"),
        ("[1]", "it.json", "got array"),
        ('{"x": ' + "[" * 100_000, "it.json", "nested too deeply"),
    ],
)
def test_damaged_json_is_refused_with_its_line_or_key(tmp_path: Path, text: str, what: str, cause: str) -> None:
    problem = refusal(read_json, written(tmp_path, text), CocoFile)
    assert what in problem.what
    assert cause in problem.cause


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><annotation>&c;</annotation>'
EXTERNAL = '<!DOCTYPE a SYSTEM "file:///etc/passwd"><annotation/>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("text", [BOMB, EXTERNAL, BOMB.replace("DOCTYPE", "doctype"), "<!  ENTITY x>"])
def test_xml_that_defines_anything_is_refused_before_it_is_parsed(tmp_path: Path, text: str, encoding: str) -> None:
    assert "DOCTYPE" in refusal(read_xml, written(tmp_path, text.encode(encoding))).cause


@pytest.mark.parametrize(
    ("text", "what", "cause"),
    [
        ("<a>\n<b></a>", "line 2", "mismatched tag"),
        ("", "line 1", "no element found"),
        ("<a>" * 100_000, "it.json", "nested too deeply"),
        ("<a>&unknown;</a>", "line 1", "undefined entity"),
        ("<a/>\n<b/>", "line 2", "junk after document element"),
    ],
)
def test_damaged_xml_is_refused_with_its_line(tmp_path: Path, text: str, what: str, cause: str) -> None:
    problem = refusal(read_xml, written(tmp_path, text))
    assert what in problem.what
    assert cause in problem.cause


def test_a_declared_encoding_does_not_matter_where_the_bytes_tell(tmp_path: Path) -> None:
    root = read_xml(written(tmp_path, '<?xml version="1.0" encoding="utf-16"?><a>ü</a>'))
    assert root.text == "ü"


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e999", "1_000", "", "x", "\uff10", "0x10"])
def test_only_finite_numbers_are_numbers(text: str) -> None:
    assert "is not a number" in refusal(number, text, "it").cause
    assert number(" -1.5e2 ", "it") == -150
    assert "not a whole number" in refusal(whole, "1.5", "it").cause
    assert whole("3.0", "it") == 3


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("../a.png", "leaves the folder"),
        ("b/../../a.png", "leaves the folder"),
        ("..\\a.png", "leaves the folder"),
        ("/etc/a.png", "absolute"),
        ("C:\\img\\a.png", "absolute"),
        ("c:a.png", "absolute"),
        ("\\\\server\\a.png", "absolute"),
        ("", "no path"),
        ("a\0.png", "no path"),
        (".", "leaves the folder"),
    ],
)
def test_a_path_that_leaves_the_folder_is_refused(name: str, cause: str) -> None:
    assert cause in refusal(relative_name, name, "it").cause


def test_a_path_is_taken_from_where_its_file_lies() -> None:
    assert relative_name("..\\images\\a.png", "it", "labels") == "images/a.png"
    assert relative_name("./b//a.png", "it") == "b/a.png"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_out_of_the_folder_is_refused_and_one_within_is_not(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    picture(tmp_path / "secret.png", 2, 2)
    picture(root / "in.png", 2, 2)
    (root / "out.png").symlink_to(tmp_path / "secret.png")
    (root / "inner.png").symlink_to(root / "in.png")
    assert found_below(root, "inner.png", "it") == root / "inner.png"
    assert found_below(root, "none.png", "it") is None
    assert found_below(root, "x" * 5000, "it") is None
    assert "leads out" in refusal(found_below, root, "out.png", "it").cause


def test_the_image_of_a_stem_must_be_one(tmp_path: Path) -> None:
    assert image_beside(tmp_path, ["."], "a", "it") is None
    path = picture(tmp_path / "images/a.png", 2, 2)
    assert image_beside(tmp_path, ["", "images"], "a", "it") == ("images/a.png", path)
    picture(tmp_path / "a.bmp", 2, 2)
    assert "have the same name" in refusal(image_beside, tmp_path, ["", "images"], "a", "it").cause


def test_a_size_comes_from_the_image_or_from_who_knows_it(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", 3, 2)
    known = Options(size_of=lambda name: (7, 5) if name == "b.png" else None)
    assert size_of_image("a.png", path, known, "it") == (3, 2)
    assert size_of_image("b.png", None, known, "it") == (7, 5)
    assert "no such image" in refusal(size_of_image, "c.png", None, known, "it").cause


def test_a_folder_that_went_away_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        files_below(tmp_path / "gone", (".json",))


def test_an_image_that_is_said_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    twice = [Annotated(image="a.png", label="good", where=f"line {n}") for n in (2, 5)]
    problem = refusal(collected, twice, (), tmp_path)
    assert problem.what == "line 5"
    assert "a.png is listed twice (first in line 2)" in problem.cause
    assert "no annotations" in refusal(collected, [], (), tmp_path).cause

from __future__ import annotations

from pathlib import Path

import pytest

from anomaly_gui.annotations.records import Annotated
from anomaly_gui.annotations.target import Target, check_folder_names, check_records, placed
from anomaly_gui.errors import InputError
from tests.annotations.samples import picture, refusal


def images(*names: str) -> list[Annotated]:
    return [Annotated(image=name, label="good") for name in names]


def test_names_that_would_meet_are_told_apart() -> None:
    assert placed(images("a.png", "A.jpg", "b/a.png", "A__2.png")) == ["a.png", "A__3.jpg", "b/a.png", "A__2.png"]
    assert placed(images("x/a.png", "y/a.png"), ["good", "good"]) == ["good/x__a.png", "good/y__a.png"]
    assert placed(images("x/a.png", "y/a.png"), ["good", "dent"]) == ["good/a.png", "dent/a.png"]


@pytest.mark.parametrize("name", ["a/b", "..", ".hidden", "a:b", "con", "AUX.txt", "end.", "x" * 101, "a\\b"])
def test_a_type_that_cannot_name_a_folder_anywhere_is_refused(name: str) -> None:
    assert "cannot name a folder" in refusal(check_folder_names, [name]).cause
    check_folder_names(["scratch", "Kratzer, tief", "傷"])


def test_types_that_differ_in_case_alone_share_no_folder() -> None:
    assert "on Windows" in refusal(check_folder_names, ["Dent", "dent"]).cause


def test_a_file_name_that_no_format_can_hold_is_refused() -> None:
    for name in ("a\n.png", "a\udcff.png"):
        with pytest.raises(InputError, match="Rename the file"):
            check_records(images(name))


def test_an_image_is_copied_and_no_file_written_twice(tmp_path: Path) -> None:
    path = picture(tmp_path / "in/a.png", 2, 2)
    heard: list[str] = []
    target = Target(tmp_path / "out", heard.append)
    target.copy_image(Annotated(image="a.png", label="good", path=str(path)), "x/a.png")
    target.write("x/a.txt", "ü")
    assert (tmp_path / "out/x/a.png").read_bytes() == path.read_bytes()
    assert heard == ["x/a.png", "x/a.txt"]
    with pytest.raises(FileExistsError):
        target.write("x/a.txt", "b")


def test_an_image_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = Annotated(image="a.png", label="good", path=str(tmp_path / "a.png"))
    assert "no such file" in refusal(Target(tmp_path).copy_image, gone, "b.png").cause
    assert "not there" in refusal(Target(tmp_path).copy_image, *images("a.png"), "b.png").cause

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anomaly_gui.jobs.annotation_matching import Matcher, relative_names
from anomaly_gui.project.records import Image, Label


def images(*paths: str) -> list[Image]:
    return [
        Image(
            id=number,
            path=path,
            sha256="",
            pixel_sha256="",
            file_bytes=1,
            format="PNG",
            width=4,
            height=4,
            channels=1,
            bit_depth=8,
            peak=1,
            label=Label("unlabelled"),
            split="test",
        )
        for number, path in enumerate(paths, start=1)
    ]


def found(matcher: Matcher, name: str, path: str | None = None) -> int | str:
    image = matcher.find(name, path)
    return image if isinstance(image, str) else image.id


@pytest.mark.skipif(os.name == "nt", reason="paths of Linux")
def test_an_image_is_found_by_place_then_path_then_end_of_path_then_name() -> None:
    matcher = Matcher(images("/d/a/1.png", "/d/x/a/1.png", "/d/b/2.JPG"), Path("/d/x"))
    assert found(matcher, "a/1.png") == 2  # below the annotations' own folder
    assert found(matcher, "any", "/d/b/2.JPG") == 3
    elsewhere = Matcher(images("/d/a/1.png", "/d/x/a/1.png", "/d/b/2.JPG"), Path("/other"))
    assert found(elsewhere, "a/1.png") == 1  # its path within the project
    assert found(elsewhere, "set/a/1.png") == "2 images of the project have this name, such as /d/a/1.png"
    assert found(elsewhere, "x/a/1.png") == 2
    assert found(elsewhere, "c/2.jpg") == 3
    assert found(elsewhere, "2") == 3
    assert found(elsewhere, "x/a/1") == 2
    assert found(elsewhere, "good/x__a__1.png") == 2  # as an export told it apart
    assert found(elsewhere, "3.png") == "the project has no image of this name"


@pytest.mark.skipif(os.name == "nt", reason="paths of Linux")
def test_names_begin_below_the_folder_that_holds_all() -> None:
    assert relative_names(["/d/a/1.png", "/d/b/1.png"]) == ["a/1.png", "b/1.png"]
    assert relative_names(["/d/a/1.png"]) == ["1.png"]
    assert relative_names([]) == []

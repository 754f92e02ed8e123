"""labelme's files, by hand as its own documentation and program have them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anomaly_gui.annotations import labelme
from anomaly_gui.annotations.mask_images import png
from anomaly_gui.annotations.raster import mask_of
from anomaly_gui.annotations.records import Annotated, Box, Circle, Line, Points, Polygon, Region
from anomaly_gui.annotations.rle import Rle
from anomaly_gui.annotations.sources import Options
from anomaly_gui.annotations.target import Target
from tests.annotations.samples import picture, refusal, with_pictures

PART = np.array([[1, 0], [1, 1], [0, 1]], np.uint8)


def shape(label: str, kind: str, points: list[list[float]], **more: Any) -> dict[str, Any]:
    plain = {"label": label, "points": points, "group_id": None, "description": "", "shape_type": kind, "flags": {}}
    return {**plain, "mask": None, **more}


def file(*shapes: dict[str, Any], **more: Any) -> dict[str, Any]:
    plain = {"version": "5.5.0", "flags": {}, "shapes": list(shapes), "imagePath": "part.png", "imageData": None}
    return {**plain, "imageHeight": 20, "imageWidth": 30, **more}


def read(folder: Path, content: dict[str, Any], name: str = "part.json", **options: Any) -> Annotated:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return labelme.read(folder, Options(**options)).images[0]


def test_every_kind_of_shape_is_read(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        file(
            shape("dent", "polygon", [[1, 1], [5.5, 1], [5, 4]]),
            shape("dent", "rectangle", [[9, 8], [3, 2]]),
            shape("dent", "rectangle", [[3, 2], [9, 2], [9, 8], [3, 8]]),
            shape("dent", "circle", [[10, 10], [12, 10]]),
            shape("scratch", "line", [[0, 0], [5, 5]]),
            shape("scratch", "linestrip", [[0, 0], [5, 5], [9, 5]]),
            shape("dot", "point", [[3.5, 4]]),
            shape("dot", "points", [[3.5, 4], [1, 1]], flags=None),
            shape("hole", "mask", [[4.0, 6.0], [5.0, 8.0]], mask=base64.b64encode(png(PART)).decode()),
        ),
    )
    assert [region.shape for region in found.regions[:-1]] == [
        Polygon((((1, 1), (5.5, 1), (5, 4)),)),
        Box(3, 2, 9, 8),
        Box(3, 2, 9, 8),
        Circle((10, 10), (12, 10)),
        Line(((0, 0), (5, 5))),
        Line(((0, 0), (5, 5), (9, 5))),
        Points(((3.5, 4),)),
        Points(((3.5, 4), (1, 1))),
    ]
    assert isinstance(found.regions[-1].shape, Rle)
    assert np.argwhere(mask_of(found.regions[-1:], 20, 30)).tolist() == [[6, 4], [7, 4], [7, 5], [8, 5]]
    assert [region.defect_type for region in found.regions[-5:]] == ["scratch", "scratch", "dot", "dot", "hole"]
    assert (found.label, found.defect_type) == ("defect", "dent")


def test_polygons_of_one_group_are_one_region(tmp_path: Path) -> None:
    a, b = [[0, 0], [2, 0], [2, 2]], [[5, 5], [7, 5], [7, 7]]
    shapes = [shape("dent", "polygon", a, group_id=3), shape("dent", "polygon", b, group_id=3)]
    found = read(tmp_path, file(*shapes, shape("scratch", "polygon", b, group_id=3)))
    assert [len(region.shape.parts) for region in found.regions if isinstance(region.shape, Polygon)] == [2, 1]


def test_flags_say_what_an_image_is_without_shapes(tmp_path: Path) -> None:
    assert read(tmp_path, file(flags={"OK": True, "dirty": False})).label == "good"
    assert read(tmp_path, file(flags={"defect": True, "scratch": True})).defect_type == "scratch"
    assert read(tmp_path, file()).label == "unlabelled"
    assert read(tmp_path, file(), empty="good").label == "good"
    assert read(tmp_path, file(shape("good", "rectangle", [[0, 0], [3, 3]]))).label == "good"


def test_an_image_in_a_folder_beside_is_found_and_one_outside_is_refused(tmp_path: Path) -> None:
    picture(tmp_path / "images/part.png", 30, 20)
    found = read(tmp_path, file(imagePath="..\\images\\part.png"), "json/part.json")
    assert (found.image, found.path) == ("images/part.png", str(tmp_path / "images/part.png"))
    problem = refusal(labelme.read, tmp_path / "json/part.json", Options())
    assert "leaves the folder" in problem.cause
    assert "imagePath" in problem.what


def test_a_size_that_the_file_does_not_give_is_the_images(tmp_path: Path) -> None:
    picture(tmp_path / "part.png", 30, 20)
    found = read(tmp_path, file(imageHeight=None, imageWidth=None))
    assert (found.width, found.height) == (30, 20)


MASK = base64.b64encode(png(PART)).decode()
BAD: list[tuple[dict[str, Any], str, str]] = [
    (file(shape("dent", "polygon", [[1, 1], [2, 2]])), "shapes[0]", "cannot have 2 points"),
    (file(shape("dent", "circle", [[1, 1]])), "shapes[0]", "cannot have 1 points"),
    (file(shape("dent", "spline", [[1, 1]])), "shapes[0]", "'spline' is not known"),
    (file(shape("dent", "mask", [[4, 6], [5, 9]], mask=MASK)), "shapes[0]", "2×3 pixels, its points span 2×4"),
    (file(shape("dent", "mask", [[29, 6], [30, 8]], mask=MASK)), "shapes[0]", "reaches out of the image"),
    (file(shape("dent", "mask", [[4, 6], [5, 8]], mask="?")), "shapes[0].mask", "not base64"),
    (file(shape("dent", "mask", [[4, 6], [5, 8]], mask="QUJD")), "shapes[0].mask", "not an image"),
    (file(shape("a\nb", "point", [[1, 1]])), "shapes[0].label", "characters"),
    (file(shape("dent", "point", [[1, 1, 1]])), "shapes[0].points[0]", "length"),
    (file(shape("dent", "point", [["1", 1]])), "shapes[0].points[0][0]", "got str"),
    (file(shape("dent", "point", [[1, 1]]), flags={"good": True}), "flags", "flagged good and marked"),
    (file(imageWidth=10**12), "imageWidth", "cannot be used"),
    (file(imagePath="/etc/passwd"), "imagePath", "absolute"),
]


@pytest.mark.parametrize(("content", "what", "cause"), BAD)
def test_what_is_wrong_is_refused_with_its_key(tmp_path: Path, content: Any, what: str, cause: str) -> None:
    problem = refusal(read, tmp_path, content)
    assert what in problem.what
    assert cause in problem.cause


def test_two_files_of_one_image_are_refused(tmp_path: Path) -> None:
    read(tmp_path, file(), "a.json")
    assert "part.png is listed twice" in refusal(read, tmp_path, file(), "b.json").cause


def test_a_file_is_written_as_labelme_does(tmp_path: Path) -> None:
    region = Region(Rle(3, 4, (4, 2, 1, 1, 4)), "hole")
    record = Annotated(image="a/part.png", label="defect", defect_type="hole", width=4, height=3, regions=(region,))
    labelme.write(with_pictures([record], tmp_path / "in"), Target(tmp_path / "out"))
    written = json.loads((tmp_path / "out/a/part.json").read_text())
    assert (written["imagePath"], written["imageWidth"], written["imageData"]) == ("part.png", 4, None)
    (only,) = written["shapes"]
    assert (only["shape_type"], only["points"], only["label"]) == ("mask", [[1, 1], [2, 2]], "hole")
    assert base64.b64decode(only["mask"]).startswith(b"\x89PNG")

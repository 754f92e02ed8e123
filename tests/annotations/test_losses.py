from __future__ import annotations

import msgspec

from anomaly_gui.annotations.formats import FORMATS, losses
from anomaly_gui.annotations.records import Annotated, Box, Circle, Polygon, Region
from anomaly_gui.annotations.rle import Rle

TRIANGLE = Polygon((((0, 0), (3, 0), (0, 3)),))


def image(name: str, *regions: Region, **more: object) -> Annotated:
    plain = Annotated(image=name, label="defect", defect_type="dent", width=9, height=9, regions=regions)
    return msgspec.structs.replace(plain, **more)


def test_every_loss_has_its_sentence() -> None:
    records = [
        image("x/a.png", Region(TRIANGLE, "dent", crowd=True), Region(Box(0, 0, 1.5, 1), "scratch"), split="train"),
        image("b.png", Region(Circle((3, 3), (3, 4)), "scratch")),
        image("c.png", split="test"),
        Annotated(image="d.png", label="good"),
        Annotated(image="e.png", label="unlabelled"),
    ]
    assert losses(records, "voc") == [
        "1 polygon becomes the box around it",
        "1 circle becomes the box around it",
        "1 box is widened to whole pixels",
        "1 region marked as a crowd looks like any other",
        "1 image labelled good is written as one without regions, which does not tell its label",
        "1 image labelled defect is written as one without regions, which does not tell its label",
        "1 image takes its type from its regions",
        "1 image loses the folder it lies in",
        "Which images are for training and which for testing is not held",
    ]
    assert losses(records, "mvtec") == [
        "1 image labelled unlabelled is left out",
        "1 box becomes a mask",
        "1 polygon becomes a mask",
        "1 circle becomes a mask",
        "2 regions are joined with others of their image",
        "1 region marked as a crowd looks like any other",
        "2 images have regions of other types, which are not held",
        "1 defective training image is put among the test images",
        "1 image loses the folder it lies in",
    ]
    assert losses(records, "csv") == ["1 box is left out", "1 polygon is left out", "1 circle is left out"]
    assert losses(records, "labelme") == ["Which images are for training and which for testing is not held"]
    assert "Where regions of two types overlap, the later one is kept" in losses(records, "masks")


def test_names_that_meet_are_said() -> None:
    both = [Annotated(image=name, label="unlabelled") for name in ("a.png", "a.jpg")]
    assert losses(both, "labelme") == ["1 image gets another name, as it would meet one"]
    assert losses(both, "csv") == []


def test_nothing_is_said_where_nothing_is_lost() -> None:
    mask = Region(Rle(1, 1, (0, 1)), "dent")
    for name in FORMATS:
        regions = () if name in ("folders", "csv") else (Region(Box(0, 0, 1, 1), "dent"),)
        regions = (mask,) if name in ("mvtec", "masks") else regions
        assert losses([image("a.png", *regions, width=1, height=1, split="test")], name) == []

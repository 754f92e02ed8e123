"""All formats alike: what one can hold comes back, and nothing but a clear refusal comes of damaged files."""

from __future__ import annotations

import posixpath
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from anomaly_gui.annotations import formats
from anomaly_gui.annotations.formats import FORMATS, losses
from anomaly_gui.annotations.records import Annotated, Box, Polygon, Region
from anomaly_gui.annotations.rle import Rle
from anomaly_gui.annotations.sources import Options
from anomaly_gui.annotations.target import Target
from anomaly_gui.errors import InputError
from tests.annotations.samples import (
    ALL_SHAPES,
    annotated_sets,
    assert_clear,
    folder_type_names,
    picture,
    refusal,
    round_trip,
    with_pictures,
)

FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
HELD = {
    "mvtec": annotated_sets([Rle], types=folder_type_names(), folders=False, most_regions=1, crowds=False),
    "folders": annotated_sets([], types=folder_type_names(), folders=False),
    "labelme": annotated_sets(ALL_SHAPES),
    "coco": annotated_sets([Box, Polygon, Rle], whole=True, labels=["defect"]),
    "voc": annotated_sets([Box], whole=True, folders=False, labels=["defect"], crowds=False),
    "yolo": annotated_sets([Box], labels=["defect"], crowds=False),
    "masks": annotated_sets([Rle], most_regions=1, labels=["defect"], crowds=False),
    "csv": annotated_sets([]),
}


def comparable(records: Sequence[Annotated], name: str) -> list[Annotated]:
    """Without what is about the files and not about the annotations, in one order."""
    found = []
    for record in records:
        image = posixpath.basename(record.image) if not FORMATS[name].held.folders else record.image
        image = posixpath.splitext(image)[0] if name == "masks" else image
        size = (None, None) if name == "csv" else (record.width, record.height)
        split = record.split if FORMATS[name].held.split != "lost" else None
        found.append(
            msgspec.structs.replace(
                record, image=image, path=None, where="", width=size[0], height=size[1], split=split
            )
        )
    return sorted(found, key=lambda record: record.image)


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_not_said_to_be_lost_comes_back(name: str) -> None:
    examples = regions = 0

    @FEW
    @given(HELD[name])
    def check(records: list[Annotated]) -> None:
        nonlocal examples, regions
        if name == "mvtec":  # good images without a split are for training there
            records = [msgspec.structs.replace(r, split=r.split or "train") for r in records]
            records = [msgspec.structs.replace(r, split="test") if r.label == "defect" else r for r in records]
        if FORMATS[name].held.split == "lost":
            records = [msgspec.structs.replace(r, split=None) for r in records]
        assume(not losses(records, name))
        examples += 1
        regions += sum(len(record.regions) for record in records)
        assert comparable(round_trip(records, name).images, name) == comparable(records, name)

    check()
    assert examples
    assert regions or name in ("folders", "csv")


@pytest.mark.parametrize("name", FORMATS)
def test_whatever_is_lost_the_rest_can_be_written_and_read(name: str) -> None:
    @FEW
    @given(annotated_sets(types=folder_type_names()))
    def check(records: list[Annotated]) -> None:
        left_out = FORMATS[name].held.left_out
        kept = [record for record in records if record.label not in left_out]
        assume(kept)
        assert len(round_trip(records, name).images) == len(kept)

    check()


@pytest.mark.parametrize("name", ["coco", "voc", "yolo", "masks"])
def test_good_images_come_back_where_the_reader_is_told_that_empty_means_good(name: str) -> None:
    good = Annotated(image="a.png", label="good", width=3, height=2)
    assert losses([good], name)
    assert round_trip([good], name).images[0].label == "unlabelled"
    assert round_trip([good], name, empty="good").images[0].label == "good"


@pytest.mark.parametrize("name", FORMATS)
def test_the_format_of_what_was_written_is_found(name: str, tmp_path: Path) -> None:
    dent = Region(Box(1, 1, 3, 3), "dent")
    records = [
        Annotated(image="a.png", label="defect", defect_type="dent", width=4, height=4, split="test", regions=(dent,)),
        Annotated(image="b.png", label="good", width=4, height=4, split="test"),
    ]
    (tmp_path / "out").mkdir()
    formats.write(with_pictures(records, tmp_path / "images"), name, Target(tmp_path / "out"))
    assert formats.detect(tmp_path / "out") == name
    assert formats.read(tmp_path / "out")[0] == name


def test_a_folder_of_pictures_alone_is_not_guessed_at(tmp_path: Path) -> None:
    picture(tmp_path / "1.png", 3, 3)
    assert "Say which it is: mvtec" in refusal(formats.read, tmp_path).next_step
    assert "no such file" in refusal(formats.read, tmp_path / "none").cause
    assert "Choose one of: mvtec" in refusal(formats.read, tmp_path, "xml").next_step


# Damage


def mutated(data: bytes, draw: st.DrawFn) -> bytes:
    """*data* with a few bytes or stretches changed."""
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.sampled_from([0, 1, 1, 4, 40]))
        new = draw(
            st.sampled_from([b"", b"-", b"9", b"1e999", b"nan", b'"', b"[", b"}", b"<", b"\xff", b"\0", b"../", b"\n"])
        )
        data = data[:place] + new + data[place + length :]
    return data


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_set_is_refused_or_read_and_never_anything_else(name: str) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def check(data: st.DataObject) -> None:
        records = data.draw(annotated_sets(types=folder_type_names()))
        assume(any(record.label not in FORMATS[name].held.left_out for record in records))
        with tempfile.TemporaryDirectory() as place:
            out = Path(place) / "out"
            out.mkdir()
            formats.write(with_pictures(records, Path(place) / "images"), name, Target(out))
            texts = [
                p for p in sorted(out.rglob("*")) if p.is_file() and (p.suffix != ".png" or name in ("masks", "mvtec"))
            ]
            if texts:
                chosen = data.draw(st.sampled_from(texts))
                chosen.write_bytes(data.draw(st.composite(lambda draw: mutated(chosen.read_bytes(), draw))()))
            try:
                formats.read(out, name, Options(size_of=lambda _name: (5, 5)))
            except InputError as problem:
                assert_clear(problem)

    check()

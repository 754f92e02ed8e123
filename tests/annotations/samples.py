"""Sets of annotations for tests: drawn at random within what a format holds, written and read back."""

from __future__ import annotations

import posixpath
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from hypothesis import strategies as st

from anomaly_gui.annotations import formats
from anomaly_gui.annotations.class_names import label_of, label_of_regions, printable_text
from anomaly_gui.annotations.records import Annotated, Box, Circle, Line, Points, Polygon, Reading, Region
from anomaly_gui.annotations.rle import Rle, encode
from anomaly_gui.annotations.sources import Options
from anomaly_gui.annotations.target import Target
from anomaly_gui.errors import InputError

ALL_SHAPES = (Box, Polygon, Circle, Line, Points, Rle)


def picture(path: Path, width: int, height: int, level: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", np.full((height, width), level, np.uint8))[1].tobytes())
    return path


def type_names() -> st.SearchStrategy[str]:
    """Names of any script that the program takes for defect types."""
    awkward = [
        "Kratzer, tief",
        "a: b",
        "# 1",
        "it's",
        '"quoted"',
        "[x]",
        "- dash",
        "0",
        "<b>&amp;",
        "傷",
        "ü",
        "a\\b",
        "a;b",
    ]
    written = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"]), min_size=1, max_size=8)
    free = written.map(str.strip).filter(lambda t: t and printable_text(t) and label_of(t) == ("defect", t))
    return st.sampled_from(awkward) | free


def folder_type_names() -> st.SearchStrategy[str]:
    return st.sampled_from(["scratch", "Kratzer, tief", "傷", "a b", "dent-2"])


def coordinates(limit: int, *, whole: bool) -> st.SearchStrategy[float]:
    if whole:
        return st.integers(0, limit).map(float)
    return st.floats(0, limit, allow_nan=False).map(lambda v: round(v, 3))


@st.composite
def shapes(draw: st.DrawFn, kinds: Sequence[type], width: int, height: int, *, whole: bool) -> object:
    kind = draw(st.sampled_from(list(kinds)))
    point = st.tuples(coordinates(width, whole=whole), coordinates(height, whole=whole))
    if kind is Rle:
        bits = draw(st.integers(1, 2 ** (width * height) - 1))
        flat = [bits >> place & 1 == 1 for place in range(width * height)]
        return encode(np.array(flat).reshape(height, width))
    if kind is Box:
        x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
        right, bottom = draw(st.integers(x + 1, width)), draw(st.integers(y + 1, height))
        shift = 0.0 if whole else draw(st.sampled_from([0.0, 0.25]))
        return Box(float(x), float(y), float(right) - shift, float(bottom))
    if kind is Polygon:
        part = st.lists(point, min_size=3, max_size=6).map(tuple)
        return Polygon(tuple(draw(st.lists(part, min_size=1, max_size=3))))
    if kind is Circle:
        return Circle(draw(point), draw(point))
    points = tuple(draw(st.lists(point, min_size=2 if kind is Line else 1, max_size=4)))
    return Line(points) if kind is Line else Points(points)


@st.composite
def annotated_sets(
    draw: st.DrawFn,
    kinds: Sequence[type] = ALL_SHAPES,
    *,
    types: st.SearchStrategy[str] | None = None,
    folders: bool = True,
    whole: bool = False,
    most_regions: int = 3,
    crowds: bool = True,
    labels: Sequence[str] = ("good", "defect", "unlabelled"),
) -> list[Annotated]:
    """One to three images of different names, of any label, with regions of *kinds*."""
    stems = st.from_regex(r"[a-zäé][a-z0-9 _]{0,5}[a-z0-9]" + (r"(/[a-z0-9]{1,3})?" if folders else ""), fullmatch=True)
    names = draw(st.lists(stems, min_size=1, max_size=3, unique_by=str.casefold))
    named = (type_names() if types is None else types) | st.none()
    records = []
    for name in names:
        width, height = draw(st.integers(1, 9)), draw(st.integers(1, 9))
        label = draw(st.sampled_from(list(labels)))
        regions: tuple[Region, ...] = ()
        if label == "defect" and kinds:
            made = st.builds(
                Region, shapes(kinds, width, height, whole=whole), named, st.booleans() if crowds else st.just(False)
            )
            regions = tuple(draw(st.lists(made, min_size=len(labels) == 1, max_size=most_regions)))
        own = label_of_regions(regions, "defect")[1]
        if draw(st.booleans()):
            own = draw(named) or own
        records.append(
            Annotated(
                image=f"{name}.png",
                label=label,
                defect_type=own if label == "defect" else None,
                width=width,
                height=height,
                split=draw(st.sampled_from(["train", "test", None])),
                regions=regions,
            )
        )
    return records


def with_pictures(records: Sequence[Annotated], folder: Path) -> list[Annotated]:
    """The records with an image on disk for each."""
    return [
        msgspec.structs.replace(record, path=str(picture(folder / record.image, record.width or 1, record.height or 1)))
        for record in records
    ]


def round_trip(records: Sequence[Annotated], name: str, empty: str = "unlabelled") -> Reading:
    """Write *records* and read them again, in folders that are gone afterwards."""
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "out"
        out.mkdir()
        formats.write(with_pictures(records, Path(place) / "images"), name, Target(out))
        sizes = {posixpath.splitext(r.image)[0]: (r.width or 0, r.height or 0) for r in records}
        options = Options(empty=empty, size_of=lambda image: sizes.get(image))  # type: ignore[arg-type]
        return formats.read(out, name, options)[1]


def refusal(read: Callable[..., object], *argv: object) -> InputError:
    """The InputError that a call must end with."""
    with pytest.raises(InputError) as caught:
        read(*argv)
    assert_clear(caught.value)
    return caught.value


def assert_clear(problem: InputError) -> None:
    """Place, cause and next step are all given."""
    assert problem.what
    assert problem.cause
    assert problem.next_step

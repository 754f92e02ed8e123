"""Columns say what the records say, however they came about."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.imaging.scan import natural_key
from anomaly_gui.project.image_filter import FACETS, ImageFilter
from anomaly_gui.project.image_table import STATES, ImageTable, sort_text
from anomaly_gui.project.records import Image, Label, Verdict
from tests.project.samples import image

LABELS = [Label("good"), Label("defect"), Label("defect", "scratch"), Label("defect", "dent 10"), Label("unsure")]
folders, names = st.sampled_from(["a", "b/c", "B10"]), st.sampled_from(["p2", "p10", "Q"])
VERDICTS = [None, Verdict("confirmed"), Verdict("unsure")]


@st.composite
def records(draw: st.DrawFn) -> list[Image]:
    return [
        image(
            3 * number,
            path=f"/{draw(folders)}/{draw(names)}_{number}.png",
            label=draw(st.sampled_from(LABELS)),
            split=draw(st.sampled_from(["train", "test"])),
            verdict=draw(st.sampled_from(VERDICTS)),
            excluded=draw(st.booleans()),
            locked=draw(st.booleans()),
            mask_path=draw(st.sampled_from([None, "/m.png"])),
            comment=draw(st.sampled_from(["", "Dark edge"])),
            width=draw(st.sampled_from([10, 20])),
            modified_ns=draw(st.sampled_from([None, 5, 7])),
        )
        for number in range(1, draw(st.integers(0, 12)) + 1)
    ]


def subsets(values: list[str]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=2)


filters = st.builds(
    ImageFilter,
    label=subsets(["good", "defect", "unsure", "unlabelled"]),
    defect_type=subsets(["", "scratch", "dent 10", "no such"]),
    split=subsets(["train", "test"]),
    verdict=subsets(["", "confirmed"]),
    folder=subsets(["/a", "/b/c"]),
    state=subsets(list(STATES)),
    score=st.sampled_from([None, (0.0, 5.0), (3.0, None), (None, None)]),
    pixels=st.sampled_from([None, (None, 480)]),
    modified_ns=st.sampled_from([None, (0, 5)]),
    text=st.sampled_from(["", "p1", "SCRATCH", "edge q", "/b"]),
    ids=st.sampled_from([None, frozenset({3, 6, 7, 9})]),
)


def values(record: Image) -> dict[str, set[str]]:
    states = (not record.excluded, record.excluded, record.locked, record.mask_path is not None, bool(record.comment))
    return {
        "label": {record.label.kind},
        "defect_type": {record.label.defect_type or ""},
        "split": {record.split},
        "verdict": {record.verdict.kind if record.verdict else ""},
        "folder": {os.path.dirname(record.path)},
        "state": {name for name, holds in zip(STATES, states, strict=True) if holds},
    }


def passes(record: Image, wanted: ImageFilter, scores: dict[int, float], without: str = "") -> bool:
    """The filter's docstrings, one record at a time."""
    own = values(record)
    for facet in FACETS:
        asked = getattr(wanted, facet)
        if facet != without and asked and not asked & own[facet]:
            return False
    ranges: list[tuple[Any, Any]] = [
        (wanted.score, scores.get(record.id)),
        (wanted.pixels, record.width * record.height),
        (wanted.modified_ns, record.modified_ns),
    ]
    for limits, value in ranges:
        if limits is not None:
            low, high = limits
            if value is None or (low is not None and value < low) or (high is not None and value > high):
                return False
    if wanted.ids is not None and record.id not in wanted.ids:
        return False
    folder, name = os.path.split(record.path)
    texts = [folder, name, record.label.defect_type or "", record.comment]
    return all(any(word in text.casefold() for text in texts) for word in wanted.text.casefold().split())


@given(records(), filters, st.data())
def test_filter_counts_and_sorting_are_those_of_the_records(
    found: list[Image], wanted: ImageFilter, data: st.DataObject
) -> None:
    scores = {record.id: float(record.id % 4) * 2 for record in found if record.id % 2}
    table = ImageTable(found)
    table.set_scores(np.array(list(scores), np.int64), np.array(list(scores.values())))
    expected = [record for record in found if passes(record, wanted, scores)]
    assert table.sorted_ids(table.passing(wanted)).tolist() == [record.id for record in expected]
    counts = table.counts(wanted)
    for facet in FACETS:
        others = [record for record in found if passes(record, wanted, scores, without=facet)]
        counted = Counter(value for record in others for value in values(record)[facet])
        assert {name: count for name, count in counts[facet].items() if count} == counted
    descending = data.draw(st.booleans())
    keys: dict[str, Any] = {
        "name": lambda r: natural_key(os.path.basename(r.path))[0],
        "folder": lambda r: natural_key(os.path.dirname(r.path))[0],
        "defect_type": lambda r: natural_key(r.label.defect_type)[0] if r.label.defect_type else None,
        "score": lambda r: scores.get(r.id),
        "modified_ns": lambda r: r.modified_ns,
        "file_bytes": lambda r: r.file_bytes,
    }
    by = data.draw(st.sampled_from(sorted(keys)))
    there = [record for record in expected if keys[by](record) is not None]
    missing = [record for record in expected if keys[by](record) is None]
    ranks = {key: rank for rank, key in enumerate(sorted({keys[by](record) for record in there}))}
    ordered = sorted(there, key=lambda r: ranks[keys[by](r)] * (-1 if descending else 1)) + missing
    assert table.sorted_ids(table.passing(wanted), by, descending=descending).tolist() == [r.id for r in ordered]


@given(records(), records(), filters)
def test_a_table_that_was_followed_up_is_one_made_anew(
    before: list[Image], after: list[Image], any_: ImageFilter
) -> None:
    followed = ImageTable(before)
    followed.sorted_ids(followed.passing(ImageFilter()), "name")
    followed.update(reversed(after))
    fresh = ImageTable(after + before[len(after) :])
    for wanted in (any_, ImageFilter()):
        assert followed.passing(wanted).tolist() == fresh.passing(wanted).tolist()
        there = [{k: n for k, n in c.items() if n} for c in followed.counts(wanted).values()]
        assert there == [{k: n for k, n in c.items() if n} for c in fresh.counts(wanted).values()]
        for by in ("name", "folder", "label"):
            assert (
                followed.sorted_ids(followed.passing(wanted), by).tolist()
                == fresh.sorted_ids(fresh.passing(wanted), by).tolist()
            )


def test_a_score_that_is_not_a_number_is_the_highest_and_scores_of_other_runs_go() -> None:
    table = ImageTable([image(n) for n in (1, 2, 3)])
    table.set_scores(np.array([1, 2, 9]), np.array([1.0, np.nan, 5.0]))
    everything = table.passing(ImageFilter())
    assert table.sorted_ids(everything, "score", descending=True).tolist() == [2, 1, 3]
    table.set_scores(np.array([3]), np.array([1.0]))
    assert table.sorted_ids(everything, "score").tolist() == [3, 1, 2]


def test_an_image_from_before_the_last_one_cannot_be_new() -> None:
    with pytest.raises(ValueError, match="order of their ids"):
        ImageTable([image(5)]).update([image(4)])


@given(st.lists(st.text("aB1290_.é", max_size=6)))
def test_names_sort_naturally(names: list[str]) -> None:
    assert [natural_key(n)[0] for n in sorted(names, key=sort_text)] == sorted(natural_key(n)[0] for n in names)


@given(filters)
def test_a_filter_survives_as_json(wanted: ImageFilter) -> None:
    assert msgspec.json.decode(msgspec.json.encode(wanted), type=ImageFilter) == wanted

"""Every queue holds exactly the images that its sentence speaks of, for any labels and scores."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.project.image_filter import ImageFilter
from anomaly_gui.project.records import Image, Label, LabelKind, Role, Threshold
from anomaly_gui.ui.pages.review_queues import KINDS, ORDERS, Basis, QueueTable, RunColumns, kind_of, type_queue
from tests.project.samples import image

LINE = Threshold(2.0, recheck=1.0)
LABELS = (
    *(Label("good"), Label("defect"), Label("defect", "crack"), Label("defect", "dent")),
    *(Label("unlabelled"), Label("unsure")),
)
ROLES: tuple[Role | None, ...] = ("train", "validation", "test", "test", "test", None)
SCORES = (0.5, 1.0, 1.5, 2.0, 2.5, math.nan, math.inf, None)

Part = tuple[Label, Role | None, float | None, bool, bool]
parts = st.lists(
    st.tuples(st.sampled_from(LABELS), st.sampled_from(ROLES), st.sampled_from(SCORES), st.booleans(), st.booleans()),
    max_size=30,
)


ONLY_DEFECTS = ImageFilter(label=frozenset({"defect"}))
ONLY_CRACKS = ImageFilter(defect_type=frozenset({"crack"}))


class Made:
    """Images from drawn parts, with a table of them."""

    def __init__(self, drawn: list[Part]) -> None:
        self.images: dict[int, Image] = {}
        self.scores: dict[int, float] = {}
        self.roles: dict[int, Role] = {}
        for number, (label, role, score, excluded, locked) in enumerate(drawn, start=3):
            self.images[number] = image(number, label=label, excluded=excluded, locked=locked and role == "test")
            if score is not None:
                self.scores[number] = score
            if role is not None:
                self.roles[number] = role
        self.table = QueueTable(self.images, RunColumns(self.scores, self.roles))

    def those(self, passes: Callable[[Image, float | None, Role | None], bool]) -> set[int]:
        usable = [i for i in self.images.values() if not (i.excluded or i.locked)]
        return {i.id for i in usable if passes(i, self.scores.get(i.id), self.roles.get(i.id))}


def called(score: float) -> bool:
    return not math.isfinite(score) or score >= LINE.value


def judged(kind: LabelKind, defective: bool) -> Callable[[Image, float | None, Role | None], bool]:
    return lambda i, score, role: (
        role == "test" and score is not None and i.label.kind == kind and called(score) == defective
    )


@settings(max_examples=200, deadline=None)
@given(drawn=parts)
def test_a_queue_holds_what_a_search_image_by_image_finds(drawn: list[Part]) -> None:
    made, basis = Made(drawn), Basis(LINE, filter=ONLY_DEFECTS, saved={"cracks": ONLY_CRACKS})
    expected = {
        "missed": made.those(judged("defect", False)),
        "alarms": made.those(judged("good", True)),
        "unlabelled": made.those(lambda i, _score, _role: not i.label.is_decided),
        "type:crack": made.those(lambda i, _score, _role: i.label.defect_type == "crack"),
        "filter": made.those(lambda i, _score, _role: i.label.kind == "defect"),
        "saved:cracks": made.those(lambda i, _score, _role: i.label.defect_type == "crack"),
        "recheck": made.those(
            lambda i, score, role: role == "test" and i.label.is_decided and score is not None and 1.0 <= score < 2.0
        ),
        "closest": made.those(
            lambda i, score, role: role == "test" and i.label.is_decided and score is not None and math.isfinite(score)
        ),
        "suspicious": made.those(
            # Also what was learnt, where it was scored.
            lambda i, score, role: i.label.kind == "good" and role is not None and score is not None
        ),
    }
    counts = made.table.counts(basis, "saved:cracks")
    assert made.table.counts(basis)["saved:cracks"] is None, "a saved filter is counted once it is chosen"
    for name, ids in expected.items():
        built = made.table.build(name, basis, "worst")
        assert set(built) == ids, name
        assert len(built) == len(ids)
        if name in counts:
            assert counts[name] == len(ids)


@given(drawn=parts, order=st.sampled_from(sorted(ORDERS)))
@settings(max_examples=50, deadline=None)
def test_another_order_is_of_the_same_images(drawn: list[Part], order: str) -> None:
    made, basis = Made(drawn), Basis(LINE)
    ids = made.table.build("closest", basis, "worst")
    assert made.table.arrange(ids, LINE.value, order) == made.table.build("closest", basis, order)
    assert made.table.arrange([*ids, 999], LINE.value, order) == made.table.arrange(ids, LINE.value, order)


def ordered(name: str, order: str) -> list[int]:
    scores = {1: 0.9, 2: 0.1, 3: 0.5, 10: 2.3, 11: 5.0, 12: math.inf}
    labels = {1: "dent", 2: "dent", 3: "crack"}
    images = {n: image(n, label=Label("defect", labels[n]) if n in labels else Label("good")) for n in scores}
    roles: dict[int, Role] = dict.fromkeys(scores, "test")
    return QueueTable(images, RunColumns(scores, roles)).build(name, Basis(LINE), order)


@pytest.mark.parametrize(
    ("name", "order", "ids"),
    [
        ("missed", "worst", [2, 3, 1]),
        ("missed", "closest", [1, 3, 2]),
        ("missed", "type", [3, 2, 1]),
        ("missed", "name", [1, 2, 3]),
        ("alarms", "worst", [12, 11, 10]),
        ("alarms", "closest", [10, 11, 12]),
    ],
)
def test_worst_is_what_lies_furthest_on_the_wrong_side(name: str, order: str, ids: list[int]) -> None:
    assert ordered(name, order) == ids


def test_only_the_nearest_and_the_highest_are_taken_where_there_are_many() -> None:
    count = 300
    images = {n: image(n) for n in range(count)}
    scores = {n: n / 100 for n in range(count)}
    table = QueueTable(images, RunColumns(scores, dict.fromkeys(images, "test")))
    basis = Basis(Threshold(1.5))
    assert set(table.build("closest", basis, "closest")) <= set(range(99, 202))
    assert len(table.build("closest", basis, "closest")) == 100
    assert table.build("suspicious", basis, "worst") == list(range(299, 249, -1))


def test_an_image_that_its_neighbours_doubt_is_suspicious_whatever_its_score() -> None:
    made = Made([(Label("defect"), "test", 0.5, False, False), (Label("good"), "train", None, False, False)])
    assert made.table.build("suspicious", Basis(LINE, doubts={3, 4}), "worst") == [3, 4]


def test_queues_that_make_no_sense_are_not_offered() -> None:
    table = Made([(Label("defect", "crack"), "test", 1.0, False, False)]).table
    assert "recheck" not in table.names(Basis(Threshold(2.0)))
    assert "filter" not in table.names(Basis(LINE))
    assert table.names(Basis(LINE, filter=ImageFilter(text="a")))[-1] == type_queue("crack")


def test_every_queue_says_what_it_is() -> None:
    for name in [*KINDS, "type:crack"]:
        kind = kind_of(name)
        assert kind.title
        assert kind.sentence
        assert kind.confirm
        assert kind.order in ORDERS

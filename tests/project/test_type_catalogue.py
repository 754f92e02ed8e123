"""Defect types: made by labelling and importing, and changed in one step each."""

from __future__ import annotations

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project.defect_types import PALETTE
from anomaly_gui.project.records import DefectType, Label, Threshold
from anomaly_gui.project.store import Project
from tests.project.samples import SCRATCH, new_image, stored_state

DENT = Label("defect", "dent")


@pytest.fixture
def typed(project: Project) -> Project:
    project.set_label([1, 2], SCRATCH)
    project.set_label([3], DENT)
    return project


def names(project: Project) -> list[str]:
    return [each.name for each in project.types.all()]


def test_labelling_and_importing_make_types_with_a_colour_and_a_key_of_their_own(typed: Project) -> None:
    typed.add_images([new_image(7, label=Label("defect", "crack")), new_image(8, label=SCRATCH)])
    assert typed.types.all() == [
        DefectType(name="scratch", colour=PALETTE[0], key=1, position=0),
        DefectType(name="dent", colour=PALETTE[1], key=2, position=1),
        DefectType(name="crack", colour=PALETTE[2], key=3, position=2),
    ]


def test_the_tenth_type_has_no_key_and_a_colour_again(project: Project) -> None:
    for number in range(10):
        project.types.add(f"type {number}")
    assert [each.key for each in project.types.all()] == [*range(1, 10), None]
    assert [each.colour for each in project.types.all()] == [*PALETTE, PALETTE[0]]


def test_renaming_takes_images_and_rules_along_and_one_undo_takes_all_back(typed: Project) -> None:
    typed.set_threshold(1, Threshold(0.5, "recall-of-type", 0.9, defect_type="scratch"))
    before = stored_state(typed)
    changed = typed.types.rename("scratch", " Kratzer ")
    assert (changed.images, changed.runs) == ({1, 2}, {1})
    assert names(typed) == ["Kratzer", "dent"]
    assert typed.image(1).label == Label("defect", "Kratzer")
    limit = typed.threshold(1)
    assert limit is not None
    assert limit.defect_type == "Kratzer"
    typed.undo()
    assert stored_state(typed) == before


def test_merging_leaves_one_type_and_one_undo_brings_the_others_back(typed: Project) -> None:
    before = stored_state(typed)
    typed.types.merge(["dent", "scratch"], "scratch")
    assert names(typed) == ["scratch"]
    assert typed.image(3).label == SCRATCH
    typed.undo()
    assert stored_state(typed) == before


def test_images_of_a_deleted_type_stay_defective(typed: Project) -> None:
    typed.types.delete("scratch")
    assert names(typed) == ["dent"]
    assert typed.image(1).label == Label("defect")


def test_a_key_belongs_to_one_type_and_the_order_is_the_users(typed: Project) -> None:
    typed.types.set_key("dent", 1)
    assert [(each.name, each.key) for each in typed.types.all()] == [("scratch", None), ("dent", 1)]
    typed.types.set_order(["dent", "scratch"])
    typed.types.set_colour("dent", "#ABCDEF")
    assert typed.types.all()[0] == DefectType(name="dent", colour="#abcdef", key=1, position=0)
    typed.types.add("crack", "#000000", 1)
    assert [(each.name, each.key) for each in typed.types.all()] == [("dent", None), ("scratch", None), ("crack", 1)]


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        (lambda types: types.add("dent"), "of this name already"),
        (lambda types: types.add("  "), "it has no name"),
        (lambda types: types.rename("dent", "scratch"), "of this name already"),
        (lambda types: types.rename("crack", "x"), "no such type"),
        (lambda types: types.merge(["dent"], "crack"), "no such type"),
        (lambda types: types.delete("crack"), "no such type"),
        (lambda types: types.set_key("dent", 0), "keys 1 to 9"),
        (lambda types: types.set_colour("dent", "red"), "#rrggbb"),
        (lambda types: types.set_order(["dent"]), "others than there are"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(typed: Project, wrong: object, cause: str) -> None:
    before = stored_state(typed)
    with pytest.raises(InputError, match=cause):
        wrong(typed.types)  # type: ignore[operator]
    assert stored_state(typed) == before

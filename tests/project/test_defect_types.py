"""Defect types: made by labelling, changed in one step each, and never in the way of undo."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project.defect_types import PALETTE
from anomaly_gui.project.journal import fold
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


def sound(project: Project) -> bool:
    used = {image.label.defect_type for image in project.images()} - {None}
    return fold(project.events()) == stored_state(project) and used <= set(names(project))


def test_a_type_stays_for_images_that_came_after_the_label_that_is_undone(project: Project) -> None:
    project.set_label([1], SCRATCH)
    project.add_images([new_image(7, label=SCRATCH)])
    project.undo()
    assert names(project) == ["scratch"]
    assert sound(project)
    project.redo()
    assert sound(project)


def test_undo_of_a_deletion_goes_over_a_type_that_an_import_made_again(typed: Project) -> None:
    typed.types.set_colour("scratch", "#123456")
    typed.types.delete("scratch")
    typed.add_images([new_image(7, label=SCRATCH)])
    typed.undo()
    assert typed.types.all()[0].colour == "#123456"
    assert sound(typed)


def test_undo_of_a_renaming_leaves_both_where_an_import_needs_both(typed: Project) -> None:
    typed.types.rename("scratch", "Kratzer")
    typed.add_images([new_image(7, label=Label("defect", "Kratzer")), new_image(8, label=SCRATCH)])
    typed.undo()
    assert {"scratch", "Kratzer"} <= set(names(typed))
    assert sound(typed)
    typed.redo()
    assert sound(typed)


def test_a_type_that_comes_back_keeps_off_a_key_that_an_import_has_given_away(project: Project) -> None:
    project.types.add("dent")
    project.undo()
    project.add_images([new_image(7, label=SCRATCH)])
    project.redo()
    assert {each.name: each.key for each in project.types.all()} == {"scratch": 1, "dent": None}
    assert sound(project)


DEUTERANOPIA = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
PROTANOPIA = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
"""For linear RGB, from Machado, Oliveira and Fernandes (2009), severity 1."""


@pytest.mark.parametrize("seen", [np.eye(3), DEUTERANOPIA, PROTANOPIA])
def test_the_colours_of_the_palette_are_apart_for_every_eye(seen: list[list[float]]) -> None:
    rgb = np.array([[int(each[n : n + 2], 16) / 255 for n in (1, 3, 5)] for each in PALETTE])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen_linear = np.clip(linear @ np.array(seen).T, 0, 1)
    back = np.where(seen_linear <= 0.0031308, seen_linear * 12.92, 1.055 * seen_linear ** (1 / 2.4) - 0.055)
    lab = cv2.cvtColor(back[None].astype(np.float32), cv2.COLOR_RGB2LAB)[0]
    assert min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(lab, 2)) > 12

"""Defect types that an import brings are never in the way of undo, and their colours are apart."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest

from anomaly_gui.project.defect_types import PALETTE
from anomaly_gui.project.journal import fold
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from tests.project.samples import SCRATCH, new_image, stored_state


@pytest.fixture
def typed(project: Project) -> Project:
    project.set_label([1, 2], SCRATCH)
    project.set_label([3], Label("defect", "dent"))
    return project


def names(project: Project) -> list[str]:
    return [each.name for each in project.types.all()]


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

"""Changes reach the tables in any order that an operation gives them."""

from __future__ import annotations

import os

import pytest

from anomaly_gui.project import table_changes
from anomaly_gui.project.journal import Change
from anomaly_gui.project.store import Project


def test_paths_go_round_in_a_circle_and_other_fields_in_between(project: Project) -> None:
    paths = [project.image(number).path for number in (1, 2, 3)]
    turned = paths[1:] + paths[:1]
    changes = [Change("path", new, old, image) for image, old, new in zip((1, 2, 3), paths, turned, strict=True)]
    with project._writer.writing() as connection:
        table_changes.write(connection, [Change("comment", "a", "", 1), *changes, Change("comment", "b", "a", 1)])
    assert [project.image(number).path for number in (1, 2, 3)] == turned
    assert project.image(1).comment == "b"


def test_a_path_that_is_not_utf_8_is_kept_byte_by_byte(project: Project) -> None:
    path = os.fsdecode(b"/parts/\xff\xfe.png")
    with project._writer.writing() as connection:
        table_changes.write(connection, [Change("path", path, project.image(1).path, 1)])
    assert project.image(1).path == path


def test_a_field_that_no_table_has_is_a_bug(project: Project) -> None:
    with pytest.raises(KeyError), project._writer.writing() as connection:
        table_changes.write(connection, [Change("nothing", 1)])

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.verify import verify
from anomaly_gui.project.store import Project


def test_a_sound_project_and_its_bundle_have_no_problems(demo_project: Path) -> None:
    project = verify(demo_project)
    bundle = verify(demo_project / "exports" / "demo.anomaly")
    assert (project.kind, project.problems) == ("project", ())
    assert (bundle.kind, bundle.problems) == ("bundle", ())


def test_a_project_can_be_checked_while_it_is_open(demo_project: Path) -> None:
    with Project.open(demo_project):
        assert verify(demo_project / "project.db").problems == ()


def test_an_edit_from_outside_is_found(demo_project: Path) -> None:
    with closing(sqlite3.connect(demo_project / "project.db")) as connection, connection:
        connection.execute("UPDATE image SET comment = 'not by the program' WHERE id = 1")
    assert verify(demo_project).problems


def test_a_changed_byte_in_a_bundle_is_found_and_the_file_named(demo_project: Path) -> None:
    bundle = demo_project / "exports" / "demo.anomaly"
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    (problem,) = verify(bundle).problems
    assert "demo.anomaly" in problem


def test_a_missing_weights_file_is_found(demo_project: Path) -> None:
    next(demo_project.glob("runs/*/weights.safetensors")).unlink()
    assert any("weights" in problem for problem in verify(demo_project).problems)


@pytest.mark.parametrize("name", ["nothing", "folder"])
def test_what_is_neither_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=name):
        verify(tmp_path / name)

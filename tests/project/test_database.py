"""A file that is no project of ours is refused in words and left alone."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project.store import Project


@pytest.mark.parametrize("content", [b"", b"hello, I am a text file of some length\n", b"SQLite format 2\0" * 50])
def test_a_file_that_is_no_project_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "project.db").write_bytes(content)
    with pytest.raises(InputError, match="not a project file") as refused:
        Project.open(tmp_path)
    assert "project.db" in refused.value.what
    assert (tmp_path / "project.db").read_bytes() == content


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "project.db")
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(InputError, match="not a project of this program"):
        Project.open(tmp_path)
    with pytest.raises(InputError, match="not a project of this program"):
        Project.open(tmp_path)  # The first refusal let go of the lock.


def test_a_damaged_database_is_refused(project: Project) -> None:
    project.close()
    database = project.folder / "project.db"
    raw = bytearray(database.read_bytes())
    raw[100:4096] = os.urandom(3996)
    database.write_bytes(raw)
    with pytest.raises(InputError, match=r"damaged") as refused, Project.open(project.folder) as opened:
        opened.images()
    assert "anomaly-gui repair" in refused.value.next_step


def test_a_newer_project_is_refused_and_left_alone(project: Project) -> None:
    project.close()
    connection = sqlite3.connect(project.folder / "project.db")
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = (project.folder / "project.db").read_bytes()
    with pytest.raises(InputError, match="newer version of this program") as refused:
        Project.open(project.folder)
    assert refused.value.next_step == "Update the program"
    assert (project.folder / "project.db").read_bytes() == before


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no project in this folder"):
        Project.open(tmp_path)
    with pytest.raises(InputError, match="no project in this folder"):
        Project.open(tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []
